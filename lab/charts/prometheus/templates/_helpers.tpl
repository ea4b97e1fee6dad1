{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /* <release>-<name>, or just the release's name where that already says it. */ -}}
{{- define "prometheus.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "prometheus.server" -}}
{{- .Values.server.fullnameOverride | default (printf "%s-%s" (include "prometheus.fullname" .) .Values.server.name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "prometheus.account" -}}
{{- $account := .Values.serviceAccounts.server -}}
{{- $account.name | default (ternary (include "prometheus.server" .) "default" $account.create) -}}
{{- end -}}

{{- /* of (dict "root" $ "component" …) */ -}}
{{- define "prometheus.selector" -}}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/name: {{ .root.Values.nameOverride | default .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- /* metadata of (dict "root" $ "component" … "name" … ["annotations" "labels" "clusterWide"]) */ -}}
{{- define "prometheus.metadata" -}}
name: {{ .name }}
{{- if not .clusterWide }}
namespace: {{ .root.Release.Namespace }}
{{- end }}
labels:
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
  {{- include "prometheus.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  app.kubernetes.io/part-of: {{ .root.Chart.Name }}
  {{- with merge dict (.labels | default dict) .root.Values.commonMetaLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Where a pod runs. */ -}}
{{- define "prometheus.placement" -}}
{{- range $key := list "priorityClassName" "nodeSelector" "affinity" "tolerations" }}
{{- with get $.values $key }}
{{ $key }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- end -}}
