{{/* A probe's times; what the values do not say is as it always was. */}}
{{- define "reloader.probeTimes" -}}
timeoutSeconds: {{ default 5 .timeoutSeconds }}
failureThreshold: {{ default 5 .failureThreshold }}
periodSeconds: {{ default 10 .periodSeconds }}
successThreshold: {{ default 1 .successThreshold }}
initialDelaySeconds: {{ .initialDelaySeconds }}
{{- end -}}

{{/* The arguments, as a YAML list. */}}
{{- define "reloader.args" -}}
{{- $values := .Values.reloader -}}
{{- $args := list -}}
{{- range $name, $flag := dict "logFormat" "log-format" "logLevel" "log-level" "webhookUrl" "webhook-url" "resourceLabelSelector" "resource-label-selector" -}}
{{- with index $values $name -}}{{- $args = append $args (printf "--%s=%s" $flag .) -}}{{- end -}}
{{- end -}}
{{- range $name, $flag := dict "autoReloadAll" "auto-reload-all" "isArgoRollouts" "is-Argo-Rollouts" "reloadOnCreate" "reload-on-create" "reloadOnDelete" "reload-on-delete" "syncAfterRestart" "sync-after-restart" "enableCSIIntegration" "enable-csi-integration" -}}
{{- if eq (toString (index $values $name)) "true" -}}{{- $args = append $args (printf "--%s=true" $flag) -}}{{- end -}}
{{- end -}}
{{- if $values.ignoreSecrets -}}{{- $args = append $args "--resources-to-ignore=secrets" -}}{{- end -}}
{{- if $values.ignoreConfigMaps -}}{{- $args = append $args "--resources-to-ignore=configmaps" -}}{{- end -}}
{{- $kinds := list -}}
{{- if $values.ignoreJobs -}}{{- $kinds = append $kinds "jobs" -}}{{- end -}}
{{- if $values.ignoreCronJobs -}}{{- $kinds = append $kinds "cronjobs" -}}{{- end -}}
{{- if $kinds -}}{{- $args = append $args (printf "--ignored-workload-types=%s" (join "," $kinds)) -}}{{- end -}}
{{- if $values.watchGlobally -}}
{{- with $values.ignoreNamespaces -}}{{- $args = append $args (printf "--namespaces-to-ignore=%s" .) -}}{{- end -}}
{{- /* The quotes make one item of it, commas and all. */ -}}
{{- with $values.namespaceSelector -}}{{- $args = append $args (printf "--namespace-selector=\"%s\"" .) -}}{{- end -}}
{{- end -}}
{{- with include "reloader.namespaces" . -}}{{- $args = append $args (printf "--namespaces=%s" .) -}}{{- end -}}
{{- if and $values.reloadStrategy (ne $values.reloadStrategy "default") -}}
{{- $args = append $args (printf "--reload-strategy=%s" $values.reloadStrategy) -}}
{{- end -}}
{{- $keys := dict "configmap" "configmap-annotation" "secret" "secret-annotation" "auto" "auto-annotation" "secret_auto" "secret-auto-annotation" "configmap_auto" "configmap-auto-annotation" "search" "auto-search-annotation" "match" "search-match-annotation" "ignore" "ignore-annotation" "pausePeriod" "pause-deployment-annotation" "pauseTime" "pause-deployment-time-annotation" -}}
{{- range $name, $key := default dict $values.custom_annotations -}}
{{- if and $key (hasKey $keys $name) -}}{{- $args = append $args (printf "--%s=%s" (get $keys $name) $key) -}}{{- end -}}
{{- end -}}
{{- if include "reloader.isHA" . -}}{{- $args = append $args "--enable-ha=true" -}}{{- end -}}
{{- if $values.enablePProf -}}
{{- $args = append $args "--enable-pprof" -}}
{{- with $values.pprofAddr -}}{{- $args = append $args (printf "--pprof-addr=%s" .) -}}{{- end -}}
{{- end -}}
{{- range $values.extraArgs -}}{{- $args = append $args (toString .) -}}{{- end -}}
{{- toYaml $args -}}
{{- end -}}
