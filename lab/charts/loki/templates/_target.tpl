{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /*
loki.target: one Loki target: its StatefulSet or Deployment, its Services and its autoscaler.
  root, component, values   as everywhere
  target                    what -target names
  kind                      StatefulSet or Deployment
*/ -}}
{{- define "loki.target" -}}
{{- $name := include "loki.component.name" . -}}
{{- $loki := .root.Values.loki -}}
{{- $stateful := eq .kind "StatefulSet" -}}
{{- $persistence := get .values "persistence" | default (dict "enabled" false) -}}
{{- $claimed := and $stateful $persistence.enabled -}}
{{- $scaled := dig "autoscaling" "enabled" false .values -}}
{{- $rules := and .root.Values.sidecar.rules.enabled (has .component (list "single-binary" "backend" "ruler")) -}}
apiVersion: apps/v1
kind: {{ .kind }}
metadata:
  {{- include "loki.metadata" (dict "root" .root "component" .component "name" $name "labels" (dict "app.kubernetes.io/part-of" "memberlist") "annotations" (merge dict .values.annotations $loki.annotations)) | nindent 2 }}
spec:
  {{- if not $scaled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: {{ $loki.revisionHistoryLimit }}
  {{- if $stateful }}
  podManagementPolicy: Parallel
  serviceName: {{ $name }}-headless
  {{- end }}
  {{- if and $claimed $persistence.enableStatefulSetAutoDeletePVC }}
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: {{ $persistence.whenDeleted }}
    whenScaled: {{ $persistence.whenScaled }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "loki.selector" . | nindent 6 }}
  template:
    metadata:
      {{- include "loki.pod.metadata" (merge (dict "checksum" (include "loki.config" .root) "labels" (dict "app.kubernetes.io/part-of" "memberlist")) .) | nindent 6 }}
    spec:
      {{- include "loki.placement" . | nindent 6 }}
      securityContext: {{ toJson $loki.podSecurityContext }}
      terminationGracePeriodSeconds: {{ .values.terminationGracePeriodSeconds }}
      {{- with .values.initContainers }}
      initContainers: {{ toJson . }}
      {{- end }}
      containers:
        - name: loki
          {{- include "loki.image" (dict "root" .root "image" $loki.image) | nindent 10 }}
          args: {{ toJson (concat (list "-config.file=/etc/loki/config/config.yaml" (printf "-target=%s" .target)) .root.Values.global.extraArgs .values.extraArgs) }}
          {{- with concat .root.Values.global.extraEnv .values.extraEnv }}
          env: {{ toJson . }}
          {{- end }}
          {{- with .values.extraEnvFrom }}
          envFrom: {{ toJson . }}
          {{- end }}
          ports:
            - {name: http-metrics, containerPort: {{ $loki.server.http_listen_port }}, protocol: TCP}
            - {name: grpc, containerPort: {{ $loki.server.grpc_listen_port }}, protocol: TCP}
            - {name: http-memberlist, containerPort: 7946, protocol: TCP}
          readinessProbe: {{ toJson $loki.readinessProbe }}
          {{- with $loki.livenessProbe }}
          livenessProbe: {{ toJson . }}
          {{- end }}
          securityContext: {{ toJson $loki.containerSecurityContext }}
          resources: {{ toJson .values.resources }}
          volumeMounts:
            - {name: config, mountPath: /etc/loki/config}
            - {name: runtime-config, mountPath: /etc/loki/runtime-config}
            - {name: tmp, mountPath: /tmp}
            - {name: {{ ternary "storage" "data" $claimed }}, mountPath: /var/loki}
            {{- if $rules }}
            - {name: sc-rules-volume, mountPath: {{ .root.Values.sidecar.rules.folder }}}
            {{- end }}
            {{- with .values.extraVolumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
        {{- if $rules }}
        {{- with .root.Values.sidecar }}
        - name: loki-sc-rules
          {{- include "loki.image" (dict "root" $.root "image" .image) | nindent 10 }}
          env:
            - {name: METHOD, value: WATCH}
            - {name: LABEL, value: {{ .rules.label | quote }}}
            - {name: LABEL_VALUE, value: {{ .rules.labelValue | quote }}}
            - {name: FOLDER, value: {{ .rules.folder | quote }}}
            - {name: RESOURCE, value: {{ .rules.resource | quote }}}
            {{- with .rules.searchNamespace }}
            - {name: NAMESPACE, value: {{ . | quote }}}
            {{- end }}
          resources: {{ toJson .resources }}
          volumeMounts:
            - {name: sc-rules-volume, mountPath: {{ .rules.folder }}}
        {{- end }}
        {{- end }}
      volumes:
        - name: config
          {{- if eq $loki.configStorageType "Secret" }}
          secret: {secretName: {{ include "loki.fullname" .root }}}
          {{- else }}
          configMap: {name: {{ include "loki.fullname" .root }}}
          {{- end }}
        - name: runtime-config
          configMap: {name: {{ include "loki.fullname" .root }}-runtime}
        - {name: tmp, emptyDir: {}}
        {{- if not $claimed }}
        - {name: data, emptyDir: {}}
        {{- end }}
        {{- if $rules }}
        - {name: sc-rules-volume, emptyDir: {}}
        {{- end }}
        {{- with .values.extraVolumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  {{- if $claimed }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: storage
        {{- with $persistence.labels }}
        labels: {{ toJson . }}
        {{- end }}
        {{- with $persistence.annotations }}
        annotations: {{ toJson . }}
        {{- end }}
      spec:
        accessModes: {{ toJson $persistence.accessModes }}
        {{- with $persistence.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ $persistence.size | quote }}
  {{- end }}
{{- if $scaled }}
---
{{ include "loki.autoscaler" (merge (dict "name" $name) .) }}
{{- end }}
---
{{ include "loki.service" (merge (dict "name" $name) .) }}
{{- if $stateful }}
---
{{ include "loki.service" (merge (dict "name" (printf "%s-headless" $name) "headless" true) .) }}
{{- end }}
{{- end -}}

{{- define "loki.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "loki.metadata" (dict "root" .root "component" .component "name" .name "labels" (merge (ternary (dict "variant" "headless") dict (hasKey . "headless")) .values.service.labels) "annotations" .values.service.annotations) | nindent 2 }}
spec:
  {{- if hasKey . "headless" }}
  clusterIP: None
  {{- else }}
  type: {{ .values.service.type }}
  {{- end }}
  ports:
    - {name: http-metrics, port: {{ .root.Values.loki.server.http_listen_port }}, targetPort: http-metrics, protocol: TCP}
    - {name: grpc, port: {{ .root.Values.loki.server.grpc_listen_port }}, targetPort: grpc, protocol: TCP}
  selector:
    {{- include "loki.selector" . | nindent 4 }}
{{- end -}}
