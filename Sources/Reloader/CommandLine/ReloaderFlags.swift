package import ReloaderCore

/// What the command line asks for, with the reference's names, types and defaults.
///
/// Plain values: nothing here touches the process. The switches that take a text (`--reload-on-create` and others) keep
/// that text, because the reference acts only on exactly `true` but reports what it was given.
package struct ReloaderFlags: Hashable, Sendable {
    // MARK: Which workloads and configs

    /// `--auto-reload-all`: workloads without auto annotations count as opted in.
    package var autoReloadAll = false
    /// `--configmap-annotation`: the annotation that lists ConfigMaps by name.
    package var configMapAnnotation = "configmap.reloader.stakater.com/reload"
    /// `--secret-annotation`: the annotation that lists Secrets by name.
    package var secretAnnotation = "secret.reloader.stakater.com/reload"
    /// `--auto-annotation`: the general auto switch.
    package var autoAnnotation = "reloader.stakater.com/auto"
    /// `--configmap-auto-annotation`: the auto switch for ConfigMaps only.
    package var configMapAutoAnnotation = "configmap.reloader.stakater.com/auto"
    /// `--secret-auto-annotation`: the auto switch for Secrets only.
    package var secretAutoAnnotation = "secret.reloader.stakater.com/auto"
    /// `--ignore-annotation`: mutes the config object that carries it.
    package var ignoreAnnotation = "reloader.stakater.com/ignore"
    /// `--auto-search-annotation`: turns on search mode for a workload.
    package var searchAnnotation = "reloader.stakater.com/search"
    /// `--search-match-annotation`: makes a config object match search mode.
    package var matchAnnotation = "reloader.stakater.com/match"
    /// `--pause-deployment-annotation`: holds how long a Deployment stays paused after a reload.
    package var pauseAnnotation = "deployment.reloader.stakater.com/pause-period"
    /// `--pause-deployment-time-annotation`: records when the Deployment was paused.
    package var pausedAtAnnotation = "deployment.reloader.stakater.com/paused-at"
    /// `--ignored-workload-types`: any of `jobs` and `cronjobs`.
    package var ignoredWorkloadTypes: [String] = []
    /// `--is-Argo-Rollouts`, also spelled `--is-argo-rollouts`; on when exactly `true`.
    package var isArgoRollouts = "false"
    /// `--enable-csi-integration`: reload when mounted secrets of the CSI driver change.
    package var enableCSIIntegration = false

    // MARK: The cluster

    /// `--kubeconfig`: a file instead of those of `KUBECONFIG`; empty for those.
    package var kubeconfig = ""
    /// `--context`: a context instead of the current one; empty for that.
    package var context = ""

    // MARK: What is watched

    /// `--namespaces`: watch exactly these; empty means all.
    package var namespaces: [String] = []
    /// `--namespaces-to-ignore`: drop what happens in these, when all are watched.
    package var namespacesToIgnore: [String] = []
    /// `--namespace-selector`: items of a label selector for namespaces.
    package var namespaceSelector: [String] = []
    /// `--resource-label-selector`: items of a label selector for the watched configs.
    package var resourceLabelSelector: [String] = []
    /// `--secret-field-selector`: a field selector for Secrets; empty for none.
    package var secretFieldSelector = ReloaderOptions.noHelmReleases
    /// `--resources-to-ignore`: at most one of `configmaps` and `secrets`, in any case.
    package var resourcesToIgnore: [String] = []

    // MARK: How and when a workload is reloaded

    /// `--reload-strategy`: `env-vars` or `annotations`; parsing accepts nothing else.
    package var reloadStrategy = "env-vars"
    /// `--reload-on-create`: on when exactly `true`.
    package var reloadOnCreate = "false"
    /// `--reload-on-delete`: on when exactly `true`.
    package var reloadOnDelete = "false"
    /// `--sync-after-restart`: the objects found at start count as created.
    package var syncAfterRestart = false
    /// `--cronjob-policy`: `run`, `template` or `ignore`; parsing accepts nothing else.
    package var cronJobPolicy = "run"
    /// `--job-policy`: `recreate` or `ignore`; parsing accepts nothing else.
    package var jobPolicy = "recreate"
    /// `--reload-delay`: how long causes for one workload are collected; zero turns that off.
    package var reloadDelay: Duration = .milliseconds(300)
    /// `--reload-max-delay`: the longest that a steady stream of causes can put a reload off; less than ``reloadDelay`` counts
    /// as that.
    package var reloadMaxDelay: Duration = .seconds(5)
    /// `--ledger`: `auto`, `off`, or the name of the ConfigMap that remembers what is applied.
    package var ledger = "auto"
    /// `--dry-run`: tell what would be reloaded, write nothing.
    package var dryRun = false
    /// `--webhook-url`: send a webhook instead of reloading, when not empty.
    package var webhookURL = ""

    // MARK: The process

    /// `--log-format`: empty for text, `json` for JSON.
    package var logFormat = ""
    /// `--log-level`: the name of the least severe level that is written.
    package var logLevel = "info"
    /// `--listen-address`: where probes and metrics are served.
    package var listenAddress = ListenAddress(host: "", port: 9090)
    /// `--enable-ha`: act only while holding the leader election lease.
    package var enableHA = false
    /// `--enable-pprof`: serve profiles.
    package var enablePprof = false
    /// `--pprof-addr`: where profiles are served.
    package var pprofAddress = ":6060"

    /// The environment variables whose values are among these, sorted: what the command line does not show.
    package var environmentVariables: [String] = []

    /// The defaults.
    package init() {}
}

extension ReloaderFlags {
    /// One of the two kinds that can be left out.
    package enum ConfigKind: String, Hashable, Sendable, CaseIterable {
        /// ConfigMaps.
        case configMaps = "configmaps"
        /// Secrets.
        case secrets
    }

    /// How the user gave a flag: `--log-level`, or `RELOADER_LOG_LEVEL`.
    func spelling(of name: String) -> String {
        let variable = Flag.environmentVariable(of: name)
        return environmentVariables.contains(variable) ? variable : "--\(name)"
    }

    /// ``reloadStrategy`` as a value; `env-vars` for a text that parsing would have refused.
    package var strategy: ReloadStrategy { ReloadStrategy(rawValue: reloadStrategy) ?? .envVars }

    /// The kind that ``resourcesToIgnore`` leaves out.
    package var ignoredConfigKind: ConfigKind? {
        resourcesToIgnore.first.flatMap { ConfigKind(rawValue: $0.lowercased()) }
    }

    /// The namespaces that are watched, those of ``namespaces`` or else `KUBERNETES_NAMESPACE`; empty for all.
    func watchedNamespaces(environment: [String: String]) -> [String] {
        let own = environment["KUBERNETES_NAMESPACE", default: ""]
        return namespaces.isEmpty && !own.isEmpty ? [own] : namespaces
    }

    /// Whether Argo Rollouts are processed.
    package var processesArgoRollouts: Bool { isArgoRollouts == "true" }
    /// Whether a created config reloads.
    package var reloadsOnCreate: Bool { reloadOnCreate == "true" }
    /// Whether a deleted config reloads.
    package var reloadsOnDelete: Bool { reloadOnDelete == "true" }
}
