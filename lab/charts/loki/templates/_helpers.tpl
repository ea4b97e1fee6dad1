{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /* Names, and the parts all pods share. A component is passed as (dict "root" $ "component" "write" "values" .Values.write). */ -}}

{{- define "loki.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* <release>-<name>, or just the release's name where that already says it. */ -}}
{{- define "loki.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "loki.namespace" -}}
{{- .Values.namespaceOverride | default .Release.Namespace -}}
{{- end -}}

{{- define "loki.domain" -}}
{{ include "loki.namespace" . }}.svc.{{ .Values.global.clusterDomain }}
{{- end -}}

{{- define "loki.account" -}}
{{- .Values.serviceAccount.name | default (ternary (include "loki.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- /* The single binary bears the release's own name. */ -}}
{{- define "loki.component.name" -}}
{{- $full := include "loki.fullname" .root -}}
{{- ternary $full (printf "%s-%s" $full .component) (eq .component "single-binary") -}}
{{- end -}}

{{- define "loki.selector" -}}
app.kubernetes.io/name: {{ include "loki.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "loki.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{ include "loki.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* metadata of (dict "root" $ "component" … "name" … ["labels" "annotations" "clusterWide"]) */ -}}
{{- define "loki.metadata" -}}
name: {{ .name }}
{{- if not .clusterWide }}
namespace: {{ include "loki.namespace" .root }}
{{- end }}
labels:
  {{- include "loki.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "loki.image" -}}
image: {{ printf "%s/%s:%s" .image.registry .image.repository (.image.tag | default .root.Chart.AppVersion) }}
imagePullPolicy: {{ .image.pullPolicy }}
{{- end -}}

{{- /* Where and as whom a pod runs. */ -}}
{{- define "loki.placement" -}}
serviceAccountName: {{ include "loki.account" .root }}
automountServiceAccountToken: {{ .root.Values.serviceAccount.automountServiceAccountToken }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" }}
{{- with get $.values $key }}
{{ $key }}:
  {{- tpl (toYaml .) $.root | nindent 2 }}
{{- end }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- end -}}

{{- define "loki.pod.metadata" -}}
labels:
  {{- include "loki.selector" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- with merge dict .values.podLabels .root.Values.loki.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := merge dict .values.podAnnotations .root.Values.loki.podAnnotations }}
{{- with .checksum }}{{ $_ := set $annotations "checksum/config" (sha256sum .) }}{{ end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "loki.autoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "loki.metadata" (merge (dict "labels" dict "annotations" dict) .) | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: {{ .kind }}, name: {{ .name }}}
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    {{- range $resource, $key := dict "cpu" "targetCPUUtilizationPercentage" "memory" "targetMemoryUtilizationPercentage" }}
    {{- with get $.values.autoscaling $key }}
    - type: Resource
      resource:
        name: {{ $resource }}
        target: {type: Utilization, averageUtilization: {{ . }}}
    {{- end }}
    {{- end }}
{{- end -}}

{{- define "loki.isSingleBinary" -}}
{{- if hasPrefix "SingleBinary" .Values.deploymentMode }}yes{{ end -}}
{{- end -}}

{{- define "loki.isScalable" -}}
{{- if contains "SimpleScalable" .Values.deploymentMode }}yes{{ end -}}
{{- end -}}

{{- define "loki.isDistributed" -}}
{{- if hasSuffix "Distributed" .Values.deploymentMode }}yes{{ end -}}
{{- end -}}

{{- /* Where writers and readers find Loki, by what runs. */ -}}
{{- define "loki.writeHost" -}}
{{ include "loki.fullname" . }}{{ if include "loki.isSingleBinary" . }}{{ else if include "loki.isScalable" . }}-write{{ else }}-distributor{{ end }}.{{ include "loki.domain" . }}
{{- end -}}

{{- define "loki.readHost" -}}
{{ include "loki.fullname" . }}{{ if include "loki.isSingleBinary" . }}{{ else if include "loki.isScalable" . }}-read{{ else }}-query-frontend{{ end }}.{{ include "loki.domain" . }}
{{- end -}}
