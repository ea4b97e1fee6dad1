{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- define "grafana.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* <release>-<name>, or just the release's name where that already says it. */ -}}
{{- define "grafana.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "grafana.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{- define "grafana.selector" -}}
app.kubernetes.io/name: {{ include "grafana.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "grafana.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "grafana.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* metadata with a suffix to the name: (dict "root" $ "suffix" "-test" "labels" … "annotations" … "clusterWide" true) */ -}}
{{- define "grafana.metadata" -}}
name: {{ include "grafana.fullname" .root }}{{ .suffix }}
{{- if not .clusterWide }}
namespace: {{ include "grafana.namespace" .root }}
{{- end }}
labels:
  {{- include "grafana.labels" .root | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "grafana.account" -}}
{{- .Values.serviceAccount.name | default (ternary (include "grafana.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "grafana.image" -}}
{{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
{{- $tag := .image.tag | default .root.Chart.AppVersion -}}
image: {{ printf "%s/%s:%s" $registry .image.repository $tag }}{{ with get .image "sha" }}@sha256:{{ . }}{{ end }}
{{- end -}}

{{- define "grafana.isStatefulSet" -}}
{{- if or .Values.useStatefulSet (and .Values.persistence.enabled (has .Values.persistence.type (list "sts" "statefulset"))) }}yes{{ end -}}
{{- end -}}

{{- /* grafana.ini: one [section] for each map, plain keys before them. */ -}}
{{- define "grafana.ini" -}}
{{- $ini := index .Values "grafana.ini" -}}
{{- range $key, $value := $ini }}
{{- if not (kindIs "map" $value) }}
{{ $key }} = {{ tpl (toString $value) $ }}
{{- end }}
{{- end }}
{{- range $section, $keys := $ini }}
{{- if kindIs "map" $keys }}
[{{ $section }}]
{{- range $key, $value := $keys }}
{{ $key }} = {{ if kindIs "slice" $value }}{{ join " " $value }}{{ else }}{{ tpl (toString $value) $ }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* Which dashboards must be fetched when the pod starts. */ -}}
{{- define "grafana.downloads" -}}
{{- range $provider, $dashboards := .Values.dashboards }}
{{- range $name, $dashboard := $dashboards }}
{{- $url := get $dashboard "url" }}
{{- with get $dashboard "gnetId" }}
{{- $url = printf "https://grafana.com/api/dashboards/%v/revisions/%v/download" . (get $dashboard "revision" | default 1) }}
{{- end }}
{{- if $url }}
mkdir -p /var/lib/grafana/dashboards/{{ $provider }}
curl -skf --connect-timeout 60 --max-time 60 {{ $url | quote }} > /var/lib/grafana/dashboards/{{ $provider }}/{{ $name }}.json
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
