{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- define "metrics-server.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* <release>-<name>, or just the release's name where that already says it. */ -}}
{{- define "metrics-server.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "metrics-server.account" -}}
{{- .Values.serviceAccount.name | default (ternary (include "metrics-server.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "metrics-server.selector" -}}
app.kubernetes.io/name: {{ include "metrics-server.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* metadata of (dict "root" $ "name" … ["annotations" "namespace" "clusterWide"]) */ -}}
{{- define "metrics-server.metadata" -}}
name: {{ .name }}
{{- if not .clusterWide }}
namespace: {{ .namespace | default .root.Release.Namespace }}
{{- end }}
labels:
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
  {{- include "metrics-server.selector" .root | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
