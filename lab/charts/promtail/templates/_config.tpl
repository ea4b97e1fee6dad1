{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /* promtail.config: Promtail's configuration file, put together from config.*, unless config.file gives it whole. */ -}}
{{- define "promtail.config" -}}
{{- $values := .Values.config -}}
{{- if $values.file -}}
{{ tpl $values.file . }}
{{- else -}}
{{- $snippets := $values.snippets -}}
{{- $server := dict "log_level" $values.logLevel "log_format" $values.logFormat "http_listen_port" $values.serverPort -}}
{{- with .Values.httpPathPrefix }}{{ $_ := set $server "http_path_prefix" . }}{{ end -}}
{{- $server = mergeOverwrite $server (tpl $snippets.extraServerConfigs . | fromYaml) -}}
{{- $jobs := ternary (tpl $snippets.scrapeConfigs . | fromYamlArray) (list (include "promtail.pods" . | fromYaml)) (ne $snippets.scrapeConfigs "") -}}
{{- $jobs = concat $jobs (tpl $snippets.extraScrapeConfigs . | fromYamlArray) -}}
{{- $config := dict "server" $server "positions" $values.positions "scrape_configs" $jobs "tracing" (dict "enabled" $values.enableTracing) -}}
{{- $_ := set $config "clients" (tpl (toYaml $values.clients) . | fromYamlArray) -}}
{{- with tpl $snippets.extraLimitsConfig . | fromYaml }}{{ $_ := set $config "limits_config" . }}{{ end -}}
{{ toYaml $config }}
{{- end -}}
{{- end -}}

{{- /* One job: the containers of this node, each line labelled by where it came from. */ -}}
{{- define "promtail.pods" -}}
job_name: kubernetes-pods
kubernetes_sd_configs:
  - role: pod
pipeline_stages: {{ toJson .Values.config.snippets.pipelineStages }}
relabel_configs:
  {{- with .Values.config.snippets.common }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- range $label, $source := dict "node_name" "pod_node_name" "namespace" "namespace" "pod" "pod_name" "container" "pod_container_name" }}
  - {source_labels: [__meta_kubernetes_{{ $source }}], target_label: {{ $label }}}
  {{- end }}
  {{- /* The last rule that matches wins: the recommended label over the short one over the pod's name. */}}
  {{- range list "pod_name" "pod_label_app" "pod_label_app_kubernetes_io_name" }}
  - {source_labels: [__meta_kubernetes_{{ . }}], regex: (.+), target_label: app}
  {{- end }}
  - {source_labels: [namespace, app], separator: /, target_label: job}
  - source_labels: [__meta_kubernetes_pod_uid, __meta_kubernetes_pod_container_name]
    separator: /
    replacement: /var/log/pods/*$1/*.log
    target_label: __path__
  {{- with .Values.config.snippets.extraRelabelConfigs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
