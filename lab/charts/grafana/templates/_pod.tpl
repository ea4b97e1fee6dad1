{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /* grafana.pod: the pod template of the Deployment or the StatefulSet. */ -}}
{{- define "grafana.pod" -}}
{{- $full := include "grafana.fullname" . -}}
{{- $secret := .Values.admin.existingSecret | default $full -}}
{{- $downloads := include "grafana.downloads" . -}}
metadata:
  labels:
    {{- include "grafana.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include (print .Template.BasePath "/configmaps.yaml") . | sha256sum }}
    {{- if not .Values.admin.existingSecret }}
    checksum/secret: {{ include (print .Template.BasePath "/secret.yaml") . | sha256sum }}
    {{- end }}
    kubectl.kubernetes.io/default-container: grafana
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "grafana.account" . }}
  automountServiceAccountToken: {{ .Values.automountServiceAccountToken }}
  {{- range $key := list "securityContext" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" "priorityClassName" }}
  {{- with get $.Values $key }}
  {{ $key }}: {{ toJson . }}
  {{- end }}
  {{- end }}
  {{- with concat .Values.global.imagePullSecrets .Values.image.pullSecrets }}
  imagePullSecrets: {{ toJson . }}
  {{- end }}
  initContainers:
    {{- if and .Values.persistence.enabled .Values.initChownData.enabled }}
    - name: init-chown-data
      {{- include "grafana.image" (dict "root" . "image" .Values.initChownData.image) | nindent 6 }}
      command: [chown, -R, "472:472", /var/lib/grafana]
      securityContext:
        runAsNonRoot: false
        runAsUser: 0
        capabilities: {add: [CHOWN, DAC_OVERRIDE], drop: [ALL]}
        seccompProfile: {type: RuntimeDefault}
      resources: {{ toJson .Values.initChownData.resources }}
      volumeMounts:
        - {name: storage, mountPath: /var/lib/grafana}
    {{- end }}
    {{- if $downloads }}
    - name: download-dashboards
      {{- include "grafana.image" (dict "root" . "image" .Values.downloadDashboardsImage) | nindent 6 }}
      imagePullPolicy: {{ .Values.downloadDashboardsImage.pullPolicy }}
      command: [/bin/sh, -c, /bin/sh -x /etc/grafana/download_dashboards.sh]
      volumeMounts:
        - {name: config, mountPath: /etc/grafana/download_dashboards.sh, subPath: download_dashboards.sh}
        - {name: storage, mountPath: /var/lib/grafana}
    {{- end }}
    {{- with .Values.extraInitContainers }}
    {{- tpl (toYaml .) $ | nindent 4 }}
    {{- end }}
  containers:
    {{- range $name, $settings := pick .Values.sidecar "dashboards" "datasources" }}
    {{- if $settings.enabled }}
    - name: grafana-sc-{{ ternary "dashboard" $name (eq $name "dashboards") }}
      {{- include "grafana.image" (dict "root" $ "image" $.Values.sidecar.image) | nindent 6 }}
      imagePullPolicy: {{ $.Values.sidecar.imagePullPolicy }}
      env:
        - {name: METHOD, value: WATCH}
        - {name: LABEL, value: {{ $settings.label | quote }}}
        - {name: LABEL_VALUE, value: {{ $settings.labelValue | quote }}}
        - {name: FOLDER, value: {{ dig "folder" (printf "/etc/grafana/provisioning/%s" $name) $settings | quote }}}
        - {name: RESOURCE, value: {{ $settings.resource | quote }}}
        {{- with $settings.searchNamespace }}
        - {name: NAMESPACE, value: {{ kindIs "slice" . | ternary (. | toStrings | join ",") . | quote }}}
        {{- end }}
      resources: {{ toJson $.Values.sidecar.resources }}
      volumeMounts:
        - {name: sc-{{ $name }}, mountPath: {{ dig "folder" (printf "/etc/grafana/provisioning/%s" $name) $settings | quote }}}
    {{- end }}
    {{- end }}
    - name: grafana
      {{- include "grafana.image" (dict "root" . "image" .Values.image) | nindent 6 }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext: {{ toJson .Values.containerSecurityContext }}
      ports:
        - {name: {{ .Values.podPortName }}, containerPort: {{ .Values.service.targetPort }}, protocol: TCP}
      env:
        {{- range $name, $key := dict "GF_SECURITY_ADMIN_USER" .Values.admin.userKey "GF_SECURITY_ADMIN_PASSWORD" .Values.admin.passwordKey }}
        - name: {{ $name }}
          valueFrom:
            secretKeyRef: {name: {{ tpl $secret $ }}, key: {{ $key }}}
        {{- end }}
        {{- with .Values.plugins }}
        - name: GF_PLUGINS_PREINSTALL
          valueFrom:
            configMapKeyRef: {name: {{ $full }}, key: plugins}
        {{- end }}
        {{- with .Values.smtp }}
        {{- if .existingSecret }}
        {{- range $name, $key := dict "GF_SMTP_USER" .userKey "GF_SMTP_PASSWORD" .passwordKey }}
        - name: {{ $name }}
          valueFrom:
            secretKeyRef: {name: {{ $.Values.smtp.existingSecret }}, key: {{ $key }}}
        {{- end }}
        {{- end }}
        {{- end }}
        {{- range $name, $from := .Values.envValueFrom }}
        - name: {{ $name }}
          valueFrom: {{ toJson $from }}
        {{- end }}
        {{- range $name, $value := .Values.env }}
        - {name: {{ $name }}, value: {{ tpl (toString $value) $ | quote }}}
        {{- end }}
      {{- $from := list }}
      {{- with .Values.envFromSecret }}{{ $from = append $from (dict "secretRef" (dict "name" (tpl . $))) }}{{ end }}
      {{- range .Values.envFromSecrets }}{{ $from = append $from (dict "secretRef" (pick . "name" "optional")) }}{{ end }}
      {{- range .Values.envFromConfigMaps }}{{ $from = append $from (dict "configMapRef" (pick . "name" "optional")) }}{{ end }}
      {{- with $from }}
      envFrom: {{ toJson . }}
      {{- end }}
      readinessProbe: {{ toJson .Values.readinessProbe }}
      livenessProbe: {{ toJson .Values.livenessProbe }}
      resources: {{ toJson .Values.resources }}
      volumeMounts:
        - {name: config, mountPath: /etc/grafana/grafana.ini, subPath: grafana.ini}
        - {name: storage, mountPath: /var/lib/grafana}
        {{- range $kind, $files := dict "datasources" .Values.datasources "alerting" .Values.alerting "dashboards" .Values.dashboardProviders }}
        {{- range $name, $_ := $files }}
        - {name: config, mountPath: {{ printf "/etc/grafana/provisioning/%s/%s" $kind $name | quote }}, subPath: {{ $name | quote }}}
        {{- end }}
        {{- end }}
        {{- range $provider, $dashboards := empty .Values.dashboardProviders | ternary dict .Values.dashboards }}
        {{- range $name, $dashboard := $dashboards }}
        {{- if or (get $dashboard "json") (get $dashboard "file") }}
        - {name: dashboards-{{ $provider }}, mountPath: {{ printf "/var/lib/grafana/dashboards/%s/%s.json" $provider $name | quote }}, subPath: {{ printf "%s.json" $name | quote }}}
        {{- end }}
        {{- end }}
        {{- end }}
        {{- range $provider, $_ := .Values.dashboardsConfigMaps }}
        - {name: dashboards-{{ $provider }}, mountPath: {{ printf "/var/lib/grafana/dashboards/%s" $provider | quote }}}
        {{- end }}
        {{- range $name, $settings := pick .Values.sidecar "dashboards" "datasources" }}
        {{- if $settings.enabled }}
        - {name: sc-{{ $name }}, mountPath: {{ dig "folder" (printf "/etc/grafana/provisioning/%s" $name) $settings | quote }}}
        {{- end }}
        {{- end }}
        {{- range concat .Values.extraSecretMounts .Values.extraConfigmapMounts }}
        - {{ pick . "name" "mountPath" "subPath" "readOnly" | toJson }}
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      configMap: {name: {{ $full }}}
    {{- if not .Values.persistence.enabled }}
    - {name: storage, emptyDir: {}}
    {{- else if not (include "grafana.isStatefulSet" .) }}
    - name: storage
      persistentVolumeClaim: {claimName: {{ tpl (.Values.persistence.existingClaim | default $full) . }}}
    {{- end }}
    {{- range $provider, $dashboards := empty .Values.dashboardProviders | ternary dict .Values.dashboards }}
    - name: dashboards-{{ $provider }}
      configMap: {name: {{ $full }}-dashboards-{{ $provider }}}
    {{- end }}
    {{- range $provider, $name := .Values.dashboardsConfigMaps }}
    - name: dashboards-{{ $provider }}
      configMap: {name: {{ tpl $name $ }}}
    {{- end }}
    {{- range $name, $settings := pick .Values.sidecar "dashboards" "datasources" }}
    {{- if $settings.enabled }}
    - {name: sc-{{ $name }}, emptyDir: {}}
    {{- end }}
    {{- end }}
    {{- range .Values.extraSecretMounts }}
    - name: {{ .name }}
      secret: {secretName: {{ .secretName }}}
    {{- end }}
    {{- range .Values.extraConfigmapMounts }}
    - name: {{ .name }}
      configMap: {name: {{ .configMap }}}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
