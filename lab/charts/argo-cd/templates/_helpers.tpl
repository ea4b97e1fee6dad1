{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /* Names and the parts every component shares. A component is passed as (dict "root" $ "values" .Values.server). */ -}}

{{- define "argo-cd.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* <release>-<name>, or just the release's name where that already says it. */ -}}
{{- define "argo-cd.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "argo-cd.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{- define "argo-cd.component.name" -}}
{{- printf "%s-%s" (include "argo-cd.fullname" .root) .values.name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "argo-cd.component.account" -}}
{{- $own := ternary (include "argo-cd.component.name" .) "default" .values.serviceAccount.create -}}
{{- .values.serviceAccount.name | default $own -}}
{{- end -}}

{{- define "argo-cd.component.selector" -}}
app.kubernetes.io/name: {{ include "argo-cd.name" .root }}-{{ .values.name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- /* labels: (dict "root" $ "name" <suffix> "component" <component>) */ -}}
{{- define "argo-cd.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "argo-cd.name" .root }}-{{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: argocd
app.kubernetes.io/version: {{ .root.Values.global.image.tag | default .root.Chart.AppVersion | quote }}
{{- with .root.Values.global.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "argo-cd.component.labels" -}}
{{ include "argo-cd.labels" (dict "root" .root "name" .values.name "component" .values.name) }}
{{- end -}}

{{- define "argo-cd.image" -}}
{{- $tag := .root.Values.global.image.tag | default .root.Chart.AppVersion -}}
image: {{ .values.image.repository | default .root.Values.global.image.repository }}:{{ .values.image.tag | default $tag }}
imagePullPolicy: {{ .values.image.imagePullPolicy | default .root.Values.global.image.imagePullPolicy }}
{{- end -}}

{{- /* Where and as whom a pod runs: a component's own setting wins over the global one. */ -}}
{{- define "argo-cd.pod" -}}
{{- $global := .root.Values.global -}}
serviceAccountName: {{ include "argo-cd.component.account" . }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" }}
{{- with get $.values $key | default (get $global $key) }}
{{ $key }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- with $global.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- with $global.securityContext }}
securityContext: {{ toJson . }}
{{- end }}
{{- end -}}

{{- define "argo-cd.pod.metadata" -}}
labels:
  {{- include "argo-cd.component.labels" . | nindent 2 }}
  {{- with merge dict .values.podLabels .root.Values.global.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/cm: {{ include "argo-cd.cm" .root | sha256sum }}
  checksum/cmd-params: {{ include "argo-cd.params" .root | sha256sum }}
  {{- with merge dict .values.podAnnotations .root.Values.global.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- /* argocd-cm: the user's keys over what the other values imply. */ -}}
{{- define "argo-cd.cm" -}}
{{- $data := dict "url" (printf "https://%s" .Values.global.domain) -}}
{{- range $key, $value := mergeOverwrite $data (omit .Values.configs.cm "create" "annotations") }}
{{- if ne (toString $value) "" }}
{{ $key }}: {{ toString $value | toYaml }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "argo-cd.params" -}}
{{- $full := include "argo-cd.fullname" . -}}
{{- $data := dict "repo.server" (printf "%s-%s:%v" $full .Values.repoServer.name .Values.repoServer.service.port) -}}
{{- $ha := index .Values "redis-ha" -}}
{{- $redis := ternary $ha.haproxy .Values.redis $ha.enabled -}}
{{- $_ := set $data "redis.server" (printf "%s-%s:%v" $full $redis.name $redis.servicePort) -}}
{{- if .Values.dex.enabled -}}
{{- $_ := set $data "server.dex.server" (printf "https://%s-%s:%v" $full .Values.dex.name .Values.dex.servicePortHttp) -}}
{{- end -}}
{{- range list "applicationsetcontroller" "controller" "dexserver" "notificationscontroller" "reposerver" "server" -}}
{{- $_ := set $data (printf "%s.log.format" .) $.Values.global.logging.format -}}
{{- $_ := set $data (printf "%s.log.level" .) $.Values.global.logging.level -}}
{{- end -}}
{{- range $key, $value := mergeOverwrite $data (omit .Values.configs.params "create" "annotations") }}
{{ $key }}: {{ toString $value | toYaml }}
{{- end }}
{{- end -}}
