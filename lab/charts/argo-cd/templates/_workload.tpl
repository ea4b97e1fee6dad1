{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /*
argo-cd.workload: one component's Deployment or StatefulSet.
  root, values   as everywhere
  kind           Deployment (default) or StatefulSet
  command        what the container runs
  ports          (dict <port name> <number>)
  probe          (dict "path" … "port" …), none for redis
*/ -}}
{{- define "argo-cd.workload" -}}
apiVersion: apps/v1
kind: {{ .kind | default "Deployment" }}
metadata:
  name: {{ include "argo-cd.component.name" . }}
  namespace: {{ include "argo-cd.namespace" .root }}
  labels:
    {{- include "argo-cd.component.labels" . | nindent 4 }}
spec:
  {{- if not (dig "autoscaling" "enabled" false .values) }}
  replicas: {{ dig "replicas" 1 .values }}
  {{- end }}
  revisionHistoryLimit: {{ .root.Values.global.revisionHistoryLimit }}
  {{- if eq .kind "StatefulSet" }}
  serviceName: {{ include "argo-cd.component.name" . }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "argo-cd.component.selector" . | nindent 6 }}
  template:
    metadata:
      {{- include "argo-cd.pod.metadata" . | nindent 6 }}
    spec:
      {{- include "argo-cd.pod" . | nindent 6 }}
      containers:
        - name: {{ .values.name }}
          {{- include "argo-cd.image" . | nindent 10 }}
          args: {{ toJson (concat .command .values.extraArgs) }}
          env:
            - name: REDIS_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: argocd-redis
                  key: auth
                  optional: {{ not .root.Values.redisSecretInit.enabled }}
            {{- with concat .root.Values.global.env .values.env }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            {{- range $name, $number := .ports }}
            - name: {{ $name }}
              containerPort: {{ $number }}
              protocol: TCP
            {{- end }}
          {{- with .probe }}
          readinessProbe:
            httpGet:
              path: {{ .path }}
              port: {{ .port }}
            initialDelaySeconds: 10
            periodSeconds: 10
          {{- end }}
          resources: {{ toJson .values.resources }}
          securityContext:
            runAsNonRoot: true
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            seccompProfile: {type: RuntimeDefault}
{{- if dig "autoscaling" "enabled" false .values }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "argo-cd.component.name" . }}
  namespace: {{ include "argo-cd.namespace" .root }}
  labels:
    {{- include "argo-cd.component.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "argo-cd.component.name" . }}
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
{{- end }}
{{- end -}}

{{- /* argo-cd.service: (dict … "suffix" "" "type" … "ports" (list (dict "name" … "port" … "targetPort" …)) "annotations" … "labels" …) */ -}}
{{- define "argo-cd.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "argo-cd.component.name" . }}{{ .suffix }}
  namespace: {{ include "argo-cd.namespace" .root }}
  labels:
    {{- include "argo-cd.component.labels" . | nindent 4 }}
    {{- with .labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .type | default "ClusterIP" }}
  {{- with .spec }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  ports:
    {{- toYaml .ports | nindent 4 }}
  selector:
    {{- include "argo-cd.component.selector" . | nindent 4 }}
{{- end -}}

{{- define "argo-cd.metrics" -}}
{{- if .values.metrics.enabled }}
---
{{- $service := .values.metrics.service }}
{{ include "argo-cd.service" (merge (dict "suffix" "-metrics" "annotations" $service.annotations "ports"
     (list (dict "name" $service.portName "port" $service.servicePort "targetPort" "metrics"))) .) }}
{{- end }}
{{- end -}}

{{- /* argo-cd.access: the component's ServiceAccount, and what it may do: rules in its namespace, clusterRules everywhere. */ -}}
{{- define "argo-cd.access" -}}
{{- $name := include "argo-cd.component.name" . -}}
{{- $subject := dict "kind" "ServiceAccount" "name" (include "argo-cd.component.account" .) "namespace" (include "argo-cd.namespace" .root) -}}
{{- $metadata := printf "labels:\n%s" (include "argo-cd.component.labels" . | indent 2) -}}
{{- with .annotations }}{{ $metadata = printf "%s\nannotations:\n%s" $metadata (toYaml . | indent 2) }}{{ end -}}
{{- if .values.serviceAccount.create }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "argo-cd.component.account" . }}
  namespace: {{ include "argo-cd.namespace" .root }}
  labels:
    {{- include "argo-cd.component.labels" . | nindent 4 }}
  {{- with merge dict (.annotations | default dict) .values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- if .rules }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ include "argo-cd.namespace" .root }}
  {{- $metadata | nindent 2 }}
rules:
  {{- toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ include "argo-cd.namespace" .root }}
  {{- $metadata | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }}}
subjects:
  - {{ toJson $subject }}
{{- end }}
{{- if and .clusterRules .root.Values.createClusterRoles }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $name }}
  {{- $metadata | nindent 2 }}
rules:
  {{- toYaml .clusterRules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $name }}
  {{- $metadata | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $name }}}
subjects:
  - {{ toJson $subject }}
{{- end }}
{{- end -}}
