extension Flag {
    /// Every flag, in the order of the help.
    static let table: [Flag] = [
        // MARK: What is watched
        Flag(
            "namespaces", .list(\.namespaces), .watching, "list",
            "Watch exactly these namespaces. Needs rights in these only.", default: "all namespaces"),
        Flag(
            "namespaces-to-ignore", .list(\.namespacesToIgnore), .watching, "list",
            "When all namespaces are watched: take no notice of these."),
        Flag(
            "namespace-selector", .list(\.namespaceSelector), .watching, "selector",
            "When all namespaces are watched: only those with these labels, such as env=prod or team in (a,b)."),
        Flag(
            "resource-label-selector", .list(\.resourceLabelSelector), .watching, "selector",
            "Watch only ConfigMaps and Secrets with these labels. The API server filters, so this saves memory, too."),
        Flag(
            "secret-field-selector", .string(\.secretFieldSelector), .watching, "selector",
            "Watch only Secrets with these fields. The default leaves the releases of Helm on the server, which are large and "
                + "used by no workload; empty watches all.", default: "type!=helm.sh/release.v1"),
        Flag(
            "resources-to-ignore", .list(\.resourcesToIgnore), .watching, "kind",
            "Do not watch one of the two kinds: configmaps or secrets."),

        // MARK: Which workloads are reloaded
        Flag(
            "auto-reload-all", .bool(\.autoReloadAll), .selecting,
            "Reload every workload that uses a changed config, unless it opts out by annotation."),
        Flag(
            "ignored-workload-types", .list(\.ignoredWorkloadTypes), .selecting, "list",
            "Leave these kinds alone: jobs, cronjobs, or both."),
        Flag(
            "is-Argo-Rollouts", .string(\.isArgoRollouts), .selecting, "true|false",
            "Reload Argo Rollouts as well. Only the word true turns it on.", default: "false"),
        Flag(
            "is-argo-rollouts", .string(\.isArgoRollouts), .selecting, "true|false",
            "The same, spelled in lower case.", default: "false"),
        Flag(
            "enable-csi-integration", .bool(\.enableCSIIntegration), .selecting,
            "Reload when secrets mounted by the Secrets Store CSI driver are rotated. Needs list and watch on "
                + "secretproviderclasspodstatuses and secretproviderclasses."),

        // MARK: How and when
        Flag(
            "reload-strategy", .string(\.reloadStrategy), .reloading, "strategy",
            "What is written into the pod template: env-vars puts a marker variable into a container, annotations "
                + "puts an annotation on the template (kinder to GitOps tools).", default: "env-vars"),
        Flag(
            "cronjob-policy", .string(\.cronJobPolicy), .reloading, "policy",
            "What a change does to CronJobs: run starts one Job (none while suspended), template changes the template of "
                + "the Jobs to come, ignore does nothing.", default: "run"),
        Flag(
            "job-policy", .string(\.jobPolicy), .reloading, "policy",
            "What a change does to Jobs: recreate deletes them and creates them again, ignore does nothing. Jobs of a "
                + "CronJob are never recreated, ended ones only where an annotation of their own asks for it.",
            default: "recreate"),
        Flag(
            "reload-delay", .duration(\.reloadDelay), .reloading, "duration",
            "Collect changes for this long, so that several configs changed together cost one rollout. 0 turns it off.",
            default: "300ms"),
        Flag(
            "reload-max-delay", .duration(\.reloadMaxDelay), .reloading, "duration",
            "The longest that a steady stream of changes can put a reload off; at least --reload-delay.", default: "5s"),
        Flag(
            "reload-on-create", .string(\.reloadOnCreate), .reloading, "true|false",
            "Reload when a ConfigMap or Secret is created. Only the word true turns it on.", default: "false"),
        Flag(
            "reload-on-delete", .string(\.reloadOnDelete), .reloading, "true|false",
            "Reload when a ConfigMap or Secret is deleted. Only the word true turns it on.", default: "false"),
        Flag(
            "sync-after-restart", .bool(\.syncAfterRestart), .reloading,
            "With --reload-on-create=true: what exists when Reloader starts counts as created."),
        Flag(
            "ledger", .string(\.ledger), .reloading, "auto|off|name",
            "Remember in a ConfigMap of Reloader's own namespace which contents are applied, so that what changes while it "
                + "does not run is reloaded afterwards. off turns that off, anything else names the ConfigMap.",
            default: "auto"),
        Flag(
            "dry-run", .bool(\.dryRun), .reloading,
            "Only report what would be reloaded, in the log, in metrics and in Events that say so; change no workload. Takes "
                + "part in no leader election, so it can run beside the installation."),
        Flag(
            "webhook-url", .string(\.webhookURL), .reloading, "url",
            "Send a webhook to this address instead of reloading anything."),

        // MARK: Annotation keys
        Flag(
            "auto-annotation", .string(\.autoAnnotation), .keys, "key",
            "On a workload: true reloads it for every config that it uses.", default: "reloader.stakater.com/auto"),
        Flag(
            "configmap-auto-annotation", .string(\.configMapAutoAnnotation), .keys, "key",
            "On a workload: the same for ConfigMaps only.", default: "configmap.reloader.stakater.com/auto"),
        Flag(
            "secret-auto-annotation", .string(\.secretAutoAnnotation), .keys, "key",
            "On a workload: the same for Secrets only.", default: "secret.reloader.stakater.com/auto"),
        Flag(
            "configmap-annotation", .string(\.configMapAnnotation), .keys, "key",
            "On a workload: the names of the ConfigMaps that reload it.",
            default: "configmap.reloader.stakater.com/reload"),
        Flag(
            "secret-annotation", .string(\.secretAnnotation), .keys, "key",
            "On a workload: the names of the Secrets that reload it.", default: "secret.reloader.stakater.com/reload"),
        Flag(
            "auto-search-annotation", .string(\.searchAnnotation), .keys, "key",
            "On a workload: true reloads it for those of its configs that carry the match annotation.",
            default: "reloader.stakater.com/search"),
        Flag(
            "search-match-annotation", .string(\.matchAnnotation), .keys, "key",
            "On a ConfigMap or Secret: true lets workloads in search mode find it.",
            default: "reloader.stakater.com/match"),
        Flag(
            "ignore-annotation", .string(\.ignoreAnnotation), .keys, "key",
            "On a ConfigMap or Secret: true mutes it.", default: "reloader.stakater.com/ignore"),
        Flag(
            "pause-deployment-annotation", .string(\.pauseAnnotation), .keys, "key",
            "On a Deployment: pause it for this long, such as 5m, from the first change on; this change and all others in "
                + "that time become one rollout at the end.",
            default: "deployment.reloader.stakater.com/pause-period"),
        Flag(
            "pause-deployment-time-annotation", .string(\.pausedAtAnnotation), .keys, "key",
            "Written on a Deployment when it is paused.", default: "deployment.reloader.stakater.com/paused-at"),

        // MARK: Logging
        Flag(
            "log-format", .string(\.logFormat), .logging, "format", "text, or json for one JSON object a line.",
            default: "text"),
        Flag(
            "log-level", .string(\.logLevel), .logging, "level",
            "The least severe level to write: trace, debug, info, warning, error, fatal or panic.", default: "info"),

        // MARK: The cluster
        Flag(
            "kubeconfig", .string(\.kubeconfig), .cluster, "path",
            "The kubeconfig file to use instead of those of KUBECONFIG."),
        Flag(
            "context", .string(\.context), .cluster, "name",
            "The context of the kubeconfig to use instead of the current one."),

        // MARK: Process
        Flag(
            "listen-address", .address(\.listenAddress), .process, "host:port",
            "Where /live, /ready and /metrics are served; port 0 takes a free one.", default: ":9090"),
        Flag(
            "enable-ha", .bool(\.enableHA), .process,
            "Elect a leader, so that several replicas can run. Needs POD_NAME and POD_NAMESPACE in the environment."),
        Flag(
            "enable-pprof", .bool(\.enablePprof), .process,
            "Accepted, so that existing installations start; nothing is served.",
            replacement:
                "profiles in Go's format do not exist here, and nothing is served. CPU, memory, threads and open "
                + "files are in process_* on /metrics; for a profile, run perf record -g -p PID where the process runs"),
        Flag(
            "pprof-addr", .string(\.pprofAddress), .process, "host:port", "Accepted like --enable-pprof; never opened.",
            default: ":6060"),
    ]
}
