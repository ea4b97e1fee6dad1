{{- /* SPDX-License-Identifier: MPL-2.0 */ -}}
{{- /* loki.config: Loki's own configuration file, put together from the values; structuredConfig has the last word. */ -}}
{{- define "loki.config" -}}
{{- $loki := deepCopy .Values.loki -}}
{{- $storage := get $loki.storage $loki.storage.type | default dict -}}
{{- with get $loki.storage.bucketNames "chunks" -}}
{{- $storage = merge (dict (get (dict "gcs" "bucket_name" "azure" "container_name" "swift" "container_name" "alibabacloud" "bucket") $loki.storage.type | default "bucketnames") .) $storage -}}
{{- end -}}
{{- $common := merge $loki.commonConfig (dict "storage" (dict $loki.storage.type $storage)) -}}
{{- if include "loki.isScalable" . -}}
{{- $common = merge $common (dict "compactor_address" (printf "http://%s-backend.%s:%v" (include "loki.fullname" .) (include "loki.domain" .) $loki.server.http_listen_port)) -}}
{{- end -}}
{{- $memberlist := $loki.memberlistConfig | default (dict "join_members" (list (printf "%s-memberlist.%s" (include "loki.fullname" .) (include "loki.domain" .)))) -}}
{{- $config := dict
      "auth_enabled" $loki.auth_enabled
      "server" $loki.server
      "common" $common
      "memberlist" $memberlist
      "schema_config" (ternary $loki.testSchemaConfig $loki.schemaConfig $loki.useTestSchema)
      "runtime_config" (dict "file" "/etc/loki/runtime-config/runtime-config.yaml")
      "query_range" (merge $loki.query_range (dict "align_queries_with_step" true))
      "tracing" $loki.tracing
      "pattern_ingester" $loki.pattern_ingester -}}
{{- range $section := list "limits_config" "compactor" "ingester" "querier" "query_scheduler" "frontend" "frontend_worker" "distributor" "index_gateway" "storage_config" "analytics" -}}
{{- with get $loki $section -}}
{{- $_ := set $config $section . -}}
{{- end -}}
{{- end -}}
{{- with $loki.rulerConfig -}}
{{- $_ := set $config "ruler" . -}}
{{- end -}}
{{- if .Values.resultsCache.enabled -}}
{{- $_ := set $config.query_range "cache_results" true -}}
{{- $_ := set $config.query_range "results_cache" (dict "cache" (include "loki.config.cache" (dict "root" . "cache" .Values.resultsCache "name" "results-cache") | fromYaml)) -}}
{{- end -}}
{{- if .Values.chunksCache.enabled -}}
{{- $cache := include "loki.config.cache" (dict "root" . "cache" .Values.chunksCache "name" "chunks-cache") | fromYaml -}}
{{- $_ := set $cache "memcached" (dict "batch_size" .Values.chunksCache.batchSize "parallelism" .Values.chunksCache.parallelism) -}}
{{- $_ := set $config "chunk_store_config" (dict "chunk_cache_config" $cache) -}}
{{- end -}}
{{- tpl (mergeOverwrite $config $loki.structuredConfig | toYaml) . -}}
{{- end -}}

{{- define "loki.config.cache" -}}
default_validity: {{ .cache.defaultValidity }}
background:
  writeback_goroutines: {{ .cache.writebackParallelism }}
  writeback_buffer: {{ int .cache.writebackBuffer }}
  writeback_size_limit: {{ .cache.writebackSizeLimit }}
memcached_client:
  addresses: dnssrvnoa+_memcached-client._tcp.{{ include "loki.fullname" .root }}-{{ .name }}.{{ include "loki.domain" .root }}
  consistent_hash: true
  timeout: {{ .cache.timeout }}
{{- end -}}
