{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- define "alloy.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* <release>-<name>, or just the release's name where that already says it. */ -}}
{{- define "alloy.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "alloy.account" -}}
{{- .Values.serviceAccount.name | default (ternary (include "alloy.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "alloy.selector" -}}
app.kubernetes.io/name: {{ include "alloy.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* metadata of (dict "root" $ "name" … ["annotations" "namespace" "clusterWide"]) */ -}}
{{- define "alloy.metadata" -}}
name: {{ .name }}
{{- if not .clusterWide }}
namespace: {{ .namespace | default .root.Release.Namespace }}
{{- end }}
labels:
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
  {{- include "alloy.selector" .root | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
