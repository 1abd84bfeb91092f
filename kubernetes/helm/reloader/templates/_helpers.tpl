{{/* Names and labels are those of Stakater's chart 2.x, so that an upgrade replaces its objects in place. */}}

{{- define "reloader.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "reloader.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (default .Chart.Name .Values.nameOverride) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "reloader.namespace" -}}
{{- default .Release.Namespace .Values.namespace -}}
{{- end -}}

{{- define "reloader.matchLabels" -}}
app: {{ include "reloader.fullname" . }}
release: {{ .Release.Name | quote }}
{{- with .Values.reloader.matchLabels }}
{{ tpl (toYaml .) $ }}
{{- end }}
{{- end -}}

{{- define "reloader.labels" -}}
{{ include "reloader.matchLabels" . }}
app.kubernetes.io/name: {{ include "reloader.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: "{{ .Chart.Name }}-{{ .Chart.Version }}"
chart: "{{ .Chart.Name }}-{{ .Chart.Version }}"
heritage: {{ .Release.Service | quote }}
{{- end -}}

{{/* Labels of several sources, of which the first wins. The context is a list: the root, then YAML texts or maps. */}}
{{- define "reloader.mergedLabels" -}}
{{- $labels := fromYaml (include "reloader.labels" (first .)) -}}
{{- range rest . -}}
{{- $labels = merge $labels (default dict .) -}}
{{- end -}}
{{- toYaml $labels -}}
{{- end -}}

{{- define "reloader.serviceAccountName" -}}
{{- if .Values.reloader.serviceAccount.create -}}
{{- default (include "reloader.fullname" .) .Values.reloader.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.reloader.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "reloader.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag | toString -}}
{{- if .Values.global.imageRegistry -}}
{{- printf "%s/%s:%s" .Values.global.imageRegistry .Values.image.name $tag -}}
{{- else if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- end -}}
{{- end -}}

{{- define "reloader.imagePullSecrets" -}}
{{- with .Values.global.imagePullSecrets -}}
imagePullSecrets:
{{- range . }}
  - name: {{ if kindIs "string" . }}{{ . }}{{ else }}{{ .name }}{{ end }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* How many replicas: one, unless the values say a number. */}}
{{- define "reloader.replicas" -}}
{{- $replicas := .Values.reloader.deployment.replicas -}}
{{- if kindIs "invalid" $replicas -}}1{{- else -}}{{- int $replicas -}}{{- end -}}
{{- end -}}

{{/* "true" when replicas must elect a leader: asked for, or more than one of them. */}}
{{- define "reloader.isHA" -}}
{{- if or .Values.reloader.enableHA (gt (int (include "reloader.replicas" .)) 1) -}}true{{- end -}}
{{- end -}}

{{/* The namespaces of --namespaces, comma separated and sorted, the release's own among them; empty when there is no list. */}}
{{- define "reloader.namespaces" -}}
{{- $listed := .Values.reloader.namespaces -}}
{{- if kindIs "string" $listed -}}{{- $listed = splitList "," $listed -}}{{- end -}}
{{- $names := list -}}
{{- range $listed -}}
{{- with trim (toString .) -}}{{- $names = append $names . -}}{{- end -}}
{{- end -}}
{{- if and $names .Values.reloader.watchGlobally -}}
{{- fail "reloader.namespaces has no meaning with reloader.watchGlobally: set watchGlobally to false" -}}
{{- end -}}
{{- if $names -}}
{{- append $names (include "reloader.namespace" .) | uniq | sortAlpha | join "," -}}
{{- end -}}
{{- end -}}

{{- define "reloader.checks" -}}
{{- if and .Values.reloader.ignoreSecrets .Values.reloader.ignoreConfigMaps -}}
{{- fail "reloader.ignoreSecrets and reloader.ignoreConfigMaps are both true: nothing would be left to watch" -}}
{{- end -}}
{{- end -}}

{{/* The rules for one namespace or, with isCluster, for all. The context has root and isCluster. */}}
{{- define "reloader.rules" -}}
{{- $values := .root.Values.reloader -}}
# What is watched for changes.
- apiGroups: [""]
  resources:
    {{- if not $values.ignoreConfigMaps }}
    - configmaps
    {{- end }}
    {{- if not $values.ignoreSecrets }}
    - secrets
    {{- end }}
  verbs: [list, get, watch]
{{- if and .isCluster $values.namespaceSelector }}
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get, list, watch]
{{- end }}
{{- if $values.enableCSIIntegration }}
- apiGroups: [secrets-store.csi.x-k8s.io]
  resources: [secretproviderclasspodstatuses, secretproviderclasses]
  verbs: [list, get, watch]
{{- end }}
# What is reloaded. With watch, a change costs one patch and one Event for each workload; without it, the namespace is listed
# first.
- apiGroups: [apps]
  resources: [deployments, daemonsets, statefulsets]
  verbs: [list, get, watch, update, patch]
{{- if not $values.ignoreCronJobs }}
- apiGroups: [batch]
  resources: [cronjobs]
  verbs: [list, get, watch, patch]
{{- end }}
{{- if not (and $values.ignoreJobs $values.ignoreCronJobs) }}
# Jobs are deleted and created again, and a CronJob's are started.
- apiGroups: [batch]
  resources: [jobs]
  verbs: [create, delete, list, get, watch]
{{- end }}
{{- if $values.isArgoRollouts }}
- apiGroups: [argoproj.io]
  resources: [rollouts]
  verbs: [list, get, watch, update, patch]
{{- end }}
{{- if $values.isOpenshift }}
- apiGroups: [apps.openshift.io]
  resources: [deploymentconfigs]
  verbs: [list, get, watch, update, patch]
{{- end }}
# How it tells what it did.
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* What PodMonitor and ServiceMonitor have in common. The context has root and monitor, its values. */}}
{{- define "reloader.endpoint" -}}
- port: http
  path: /metrics
  honorLabels: {{ .monitor.honorLabels }}
  {{- with .monitor.interval }}
  interval: {{ . }}
  {{- end }}
  {{- with .monitor.timeout }}
  scrapeTimeout: {{ . }}
  {{- end }}
  {{- with .monitor.scheme }}
  scheme: {{ . }}
  {{- end }}
  {{- with .monitor.tlsConfig }}
  tlsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .monitor.bearerTokenFile }}
  bearerTokenFile: {{ . }}
  {{- end }}
  {{- with .monitor.bearerTokenSecret }}
  bearerTokenSecret:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .monitor.metricRelabelings }}
  metricRelabelings:
    {{- tpl (toYaml .) $.root | nindent 4 }}
  {{- end }}
  {{- with .monitor.relabelings }}
  relabelings:
    {{- tpl (toYaml .) $.root | nindent 4 }}
  {{- end }}
{{- end -}}
