import KubeClient

/// What a Reloader watches and how it reloads; the defaults are those of v1.4.21.
public struct ReloaderOptions: Sendable {
    /// Which namespaces count.
    public enum Namespaces: Hashable, Sendable {
        /// All but these.
        case all(except: Set<String>)
        /// Exactly these.
        case only([String])
    }

    /// The keys of the annotations that steer reloads.
    public var annotationKeys: AnnotationKeys
    /// Whether workloads without an auto annotation are opted in.
    public var autoReloadAll: Bool
    /// How a reload is written.
    public var strategy: ReloadStrategy
    /// Which namespaces count.
    public var namespaces: Namespaces
    /// Label selector that namespaces must match when all are watched, in the API's syntax; checked when a config changes.
    public var namespaceSelector: String?
    /// Which kinds of config are watched.
    public var configTypes: [ConfigType]
    /// Label selector that configs must match, in the API's syntax.
    public var configLabelSelector: String?
    /// Field selector that Secrets must match, in the API's syntax; nil for all.
    ///
    /// A server that refuses it is asked for all.
    public var secretFieldSelector: String?
    /// Whether the creation of a config reloads.
    public var reloadOnCreate: Bool
    /// Whether the deletion of a config reloads.
    public var reloadOnDelete: Bool
    /// Whether configs that exist at start count as created.
    public var syncAfterRestart: Bool
    /// For how long causes for one workload must be quiet before it is reloaded.
    public var reloadDelay: Duration
    /// How long the first cause waits at most.
    public var reloadMaxDelay: Duration
    /// How many workloads are written at the same time.
    public var concurrentWrites: Int
    /// Where each reload is announced; nil for nowhere.
    public var alerts: AlertOptions?
    /// Where changes are told instead of reloading anything; nil for reloading.
    public var webhook: WebhookOptions?
    /// Where the contents that were applied are remembered across restarts; nil for nowhere.
    public var ledger: LedgerOptions?
    /// What is written into the ConfigMap `reloader-meta-info`; nil for no such ConfigMap.
    package var metaInfo: MetaInfo?
    /// What a change does to CronJobs.
    public var cronJobPolicy: CronJobPolicy
    /// What a change does to Jobs.
    public var jobPolicy: JobPolicy
    /// Whether Argo Rollouts are reloaded.
    public var argoRollouts: Bool
    /// Whether reloads are only told: logs, metrics and Events as if, no workload and nothing else is written.
    public var dryRun = false

    /// Creates options with the defaults of v1.4.21; delays, concurrency and the Secrets that are left out are ours.
    public init(
        annotationKeys: AnnotationKeys = .init(), autoReloadAll: Bool = false, strategy: ReloadStrategy = .envVars,
        namespaces: Namespaces = .all(except: []), namespaceSelector: String? = nil,
        configTypes: [ConfigType] = [.configMap, .secret],
        configLabelSelector: String? = nil, secretFieldSelector: String? = ReloaderOptions.noHelmReleases,
        reloadOnCreate: Bool = false, reloadOnDelete: Bool = false,
        syncAfterRestart: Bool = false, reloadDelay: Duration = .milliseconds(300),
        reloadMaxDelay: Duration = .seconds(5), concurrentWrites: Int = 16, cronJobPolicy: CronJobPolicy = .run,
        jobPolicy: JobPolicy = .recreate, argoRollouts: Bool = false
    ) {
        self.annotationKeys = annotationKeys
        self.autoReloadAll = autoReloadAll
        self.strategy = strategy
        self.namespaces = namespaces
        self.namespaceSelector = namespaceSelector
        self.configTypes = configTypes
        self.configLabelSelector = configLabelSelector
        self.secretFieldSelector = secretFieldSelector
        self.reloadOnCreate = reloadOnCreate
        self.reloadOnDelete = reloadOnDelete
        self.syncAfterRestart = syncAfterRestart
        self.reloadDelay = reloadDelay
        self.reloadMaxDelay = reloadMaxDelay
        self.concurrentWrites = concurrentWrites
        self.cronJobPolicy = cronJobPolicy
        self.jobPolicy = jobPolicy
        self.argoRollouts = argoRollouts
    }

    /// Leaves out the Secrets in which Helm keeps its releases: large, many, and used by no workload.
    public static let noHelmReleases = "type!=helm.sh/release.v1"

    /// Which configs of those that are watched are left out, for comparison; nil for the default.
    var configSelection: String? {
        let fields = secretFieldSelector == Self.noHelmReleases ? nil : "fields of Secrets \(secretFieldSelector ?? "")"
        let parts = [configLabelSelector.map { "labels \($0)" }, fields].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The kinds of workloads to watch, each with the way in which it is reloaded.
    var workloadSources: [any WorkloadSource.Type] {
        var sources: [any WorkloadSource.Type] = [
            DeploymentSource.self, DaemonSetSource.self, StatefulSetSource.self, DeploymentConfigSource.self,
        ]
        switch cronJobPolicy {
        case .run: sources.append(CronJobSource.self)
        case .template: sources.append(CronJobTemplateSource.self)
        case .ignore: break
        }
        if jobPolicy == .recreate { sources.append(JobSource.self) }
        if argoRollouts { sources.append(RolloutSource.self) }
        return sources
    }

    /// The kinds of workloads that are reloaded.
    var workloadKinds: [WorkloadKind] { workloadSources.map { $0.workloadKind } }

    /// The policy that the options ask for.
    var policy: ReloadPolicy { ReloadPolicy(keys: annotationKeys, autoReloadAll: autoReloadAll) }

    /// The parts of the cluster to watch: one for each listed namespace, else all at once.
    var scopes: [Scope] {
        switch namespaces {
        case .all: [.all]
        case .only(let names):
            // One that is named twice must not be watched, and acted upon, twice.
            names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { .namespace(names[$0]) }
        }
    }

    /// Whether configs of a namespace count.
    func includes(namespace: String) -> Bool {
        switch namespaces {
        case .all(let ignored): !ignored.contains(namespace)
        case .only(let names): names.contains(namespace)
        }
    }
}
