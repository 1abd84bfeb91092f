import ControllerKit
import KubeClient
import Logging
import Synchronization

/// The informers that a Reloader needs, freed of their Swift types: configs by key, workloads by key and by config.
struct ClusterCaches: Sendable {
    /// One informer of configs.
    struct Configs: Sendable {
        var type: ConfigType
        var scope: Scope
        /// Makes the informer one of the manager's.
        var install: @Sendable (inout ControllerManager) -> Void
        var waitUntilSynced: @Sendable () async throws -> Void
        /// Whether it was read and may still be watched.
        var isSynced: @Sendable () -> Bool
        var config: @Sendable (ConfigKey) -> ConfigObject?
        var all: @Sendable () -> [ConfigObject]
        var observe: @Sendable (@escaping @Sendable (ObservedChange) -> Void) -> Void
    }

    /// One informer of workloads.
    struct Workloads: Sendable {
        var kind: WorkloadKind
        var scope: Scope
        /// Makes the informer one of the manager's.
        var install: @Sendable (inout ControllerManager) -> Void
        var waitUntilSynced: @Sendable () async throws -> Void
        /// How far the informer has come.
        var state: @Sendable () -> InformerState
        /// Whether its workloads were known at some time, whatever may be watched now.
        var hasBeenRead: @Sendable () -> Bool
        /// Reads a part of the cluster, keeping the workloads that `isWanted` picks.
        var list:
            @Sendable (_ scope: Scope, _ isWanted: @escaping @Sendable (Workload) -> Bool)
                async throws(KubeError) -> [Workload]
        var workload: @Sendable (ObjectKey) -> Workload?
        var all: @Sendable () -> [Workload]
        var keys: @Sendable (ConfigIndexKey) -> [ObjectKey]
        /// The workloads that use the template of this Deployment instead of one of their own.
        var borrowers: @Sendable (ObjectKey) -> [Workload]
        var observe: @Sendable (@escaping @Sendable (WorkloadKey, _ old: Workload?, _ new: Workload?) -> Void) -> Void

        /// Whether the account may not watch the kind, but perhaps list it.
        func isRefused() -> Bool { if case .unavailable(let error) = state() { error.isForbidden } else { false } }
        /// Whether it has all workloads that there are.
        func isComplete() -> Bool {
            switch state() {
            case .starting: false
            case .synced: true
            case .unavailable(let error): error.isNotFound && kind.mayBeMissing
            }
        }
        /// Whether the server has the kind, as far as is known.
        func isServed() -> Bool { if case .unavailable(let error) = state() { !error.isNotFound } else { true } }
    }

    let configs: [Configs]
    /// The classes of the Secrets Store CSI driver, one cache for each scope; they are among ``configs``, too.
    let providerClasses: [ProviderClassCache]
    private let announcement: ProviderClassAnnouncement?
    let workloads: [Workloads]
    /// The selected namespaces; nil when there is no selector.
    let namespaces: Informer<ObjectMetadata>?

    init(
        client: KubeClient, options: ReloaderOptions, policy: ReloadPolicy, clock: any Clock<Duration>, logger: Logger
    ) {
        let providerClasses =
            options.configTypes.contains(.secretProviderClass)
            ? options.scopes.map { ProviderClassCache(client: client, scope: $0, clock: clock, logger: logger) } : []
        self.providerClasses = providerClasses
        announcement =
            providerClasses.isEmpty ? nil : ProviderClassAnnouncement(caches: providerClasses, logger: logger)
        configs =
            options.scopes.flatMap { scope in
                options.configTypes.compactMap { type -> Configs? in
                    switch type {
                    case .configMap: Self.configs(ConfigMapSource.self, client, scope, options, clock, logger)
                    case .secret: Self.configs(SecretSource.self, client, scope, options, clock, logger)
                    case .secretProviderClass: nil
                    }
                }
            } + providerClasses.map(Self.configs)
        namespaces =
            if case .all = options.namespaces, let selector = options.namespaceSelector {
                Informer(
                    client.resource(.namespaces), options: InformerOptions(labelSelector: selector, isOptional: true),
                    logger: logger, clock: clock)
            } else {
                nil
            }
        // A webhook is told of configs, whoever uses them.
        let workloadScopes = options.webhook == nil ? options.scopes : []
        workloads = workloadScopes.flatMap { scope in
            options.workloadSources.map { Self.workloads($0, client, scope, policy, clock, logger) }
        }
    }

    /// Makes every informer one of the manager's; workloads first, because a changed config is looked up among them.
    func install(in manager: inout ControllerManager) {
        for cache in workloads { cache.install(&manager) }
        for cache in configs { cache.install(&manager) }
        if let namespaces { manager.add(namespaces) }
        if let announcement { manager.add(announcement) }
    }

    /// Waits until what a changed config is judged by is known.
    func waitUntilSynced() async throws {
        for cache in workloads { try await cache.waitUntilSynced() }
        for cache in providerClasses { try await cache.waitUntilAnnotationsAreKnown() }
        try await namespaces?.waitUntilSynced()
    }

    /// Waits until everything that is watched is known.
    func waitUntilAllSynced() async throws {
        try await waitUntilSynced()
        for cache in configs { try await cache.waitUntilSynced() }
    }

    /// Tells and counts which namespaces come to be selected, and hands them on with the version in which they were.
    func observeNamespaces(
        _ metrics: ReloadMetrics, _ logger: Logger, _ selected: @escaping @Sendable (String, ResourceVersion) -> Void
    ) {
        namespaces?.observe { change in
            metrics.received(change.old == nil ? .created : change.new == nil ? .deleted : .updated, of: "namespaces")
            switch (change.old, change.new) {
            case (nil, let new?):
                logger.info("added namespace to be watched: \(new.name)")
                selected(new.name, new.resourceVersion)
            case (let old?, nil): logger.info("removed namespace from watch: \(old.name)")
            default: break
            }
        }
    }

    /// Whether it is known which namespaces are selected.
    var areNamespacesKnown: Bool { namespaces?.state.isSynced ?? true }

    /// Whether the namespace has the labels that were asked for.
    func isSelected(namespace: String) -> Bool {
        namespaces.map { $0.store[ObjectKey(name: namespace)] != nil } ?? true
    }

    /// The config now; nil when it does not exist or is not watched.
    func config(_ key: ConfigKey) -> ConfigObject? {
        configs.first { $0.type == key.type && $0.scope.covers(key.namespace) }?.config(key)
    }

    /// Whether a config that ``config(_:)`` does not find does not exist; otherwise it is not watched, or not read so far.
    ///
    /// Asked before the other: what is read in between is there.
    func knows(_ key: ConfigKey) -> Bool {
        configs.contains { $0.type == key.type && $0.scope.covers(key.namespace) && $0.isSynced() }
    }

    /// The config with the annotations of this moment, where they come from another object than its content.
    func annotated(_ config: ConfigObject) -> ConfigObject {
        guard config.key.type == .secretProviderClass else { return config }
        return providerClasses.first { $0.scope.covers(config.key.namespace) }?.annotated(config) ?? config
    }

    /// The workload now; nil when it does not exist or is not watched.
    func workload(_ key: WorkloadKey) -> Workload? {
        workloads.first { $0.kind == key.kind && $0.scope.covers(key.object.namespace ?? "") }?.workload(key.object)
    }

    /// The workloads that use the template of this one instead of one of their own.
    func borrowers(of owner: WorkloadKey) -> [Workload] {
        guard owner.kind == .deployment else { return [] }
        let namespace = owner.object.namespace ?? ""
        return workloads.lazy.filter { $0.scope.covers(namespace) }.flatMap { $0.borrowers(owner.object) }
    }

    /// Whether the cluster is an OpenShift one, going by its kinds of workloads.
    var isOpenShift: Bool { workloads.contains { $0.kind == .deploymentConfig && $0.isServed() } }

    /// The workload now; nil when it does not exist, or its kind may not be watched any more.
    func watched(_ key: WorkloadKey) -> Workload? {
        let cache = workloads.first { $0.kind == key.kind && $0.scope.covers(key.object.namespace ?? "") }
        return cache.flatMap { $0.isRefused() ? nil : $0.workload(key.object) }
    }

    /// The kinds of workloads in a namespace.
    func kinds(in namespace: String) -> [Workloads] { workloads.filter { $0.scope.covers(namespace) } }

    /// The kinds of workloads in a namespace: those that are watched, and those that have to be listed to learn whether a
    /// config concerns them.
    ///
    /// Each is asked once, so that it is among the ones or the others also while that changes.
    func kindsByAccess(in namespace: String) -> (watched: [Workloads], refused: [Workloads]) {
        kinds(in: namespace).reduce(into: ([], [])) { result, cache in
            if cache.isRefused() { result.refused.append(cache) } else { result.watched.append(cache) }
        }
    }

    /// The workloads of some kinds in its namespace that a config may concern.
    ///
    /// Cost: the result.
    func workloads(concernedBy config: ConfigKey, among kinds: [Workloads]) -> Set<WorkloadKey> {
        var result: Set<WorkloadKey> = []
        for cache in kinds {
            for value in ConfigIndexKey.lookup(for: config) {
                for key in cache.keys(value) { result.insert(WorkloadKey(cache.kind, key)) }
            }
        }
        return result
    }

    private static func configs<Source: ConfigSource>(
        _ source: Source.Type, _ client: KubeClient, _ scope: Scope, _ options: ReloaderOptions,
        _ clock: any Clock<Duration>, _ logger: Logger
    ) -> Configs {
        let informer = Informer(
            client.resource(ConfigResource<Source>.self), scope: scope,
            options: InformerOptions(
                labelSelector: options.configLabelSelector,
                fieldSelector: Source.configType == .secret ? options.secretFieldSelector : nil,
                isFieldSelectorOptional: true, isOptional: true), logger: logger, clock: clock)
        return Configs(
            type: Source.configType, scope: scope, install: { $0.add(informer) },
            waitUntilSynced: { try await informer.waitUntilSynced() }, isSynced: { informer.state.isSynced },
            config: { informer.store[$0.objectKey]?.config }, all: { informer.store.snapshot().map(\.config) },
            observe: { body in informer.observe { change in ObservedChange(change).map(body) } })
    }

    private static func configs(_ cache: ProviderClassCache) -> Configs {
        Configs(
            type: .secretProviderClass, scope: cache.scope, install: { cache.install(in: &$0) },
            waitUntilSynced: { try await cache.statuses.waitUntilSynced() },
            isSynced: { cache.statuses.state.isSynced },
            config: { cache.config($0) }, all: { cache.all }, observe: { cache.observe($0) })
    }

    private static func workloads<Source: WorkloadSource>(
        _ source: Source.Type, _ client: KubeClient, _ scope: Scope, _ policy: ReloadPolicy,
        _ clock: any Clock<Duration>, _ logger: Logger
    ) -> Workloads {
        let resource = client.resource(WorkloadResource<Source>.self)
        let informer = Informer(
            resource, scope: scope,
            options: InformerOptions(isOptional: true, mayBeMissing: Source.workloadKind.mayBeMissing), logger: logger,
            clock: clock)
        let index = Index<WorkloadResource<Source>, ConfigIndexKey>("configs") { policy.indexKeys(for: $0.workload) }
        informer.index(index)
        let owners = Index<WorkloadResource<Source>, ObjectKey>("template-owners") { object in
            object.workload.templateOwner.map { [$0.object] } ?? []
        }
        let canBorrow = Source.workloadKind.writeMethod == .rolloutPatch
        if canBorrow { informer.index(owners) }
        return Workloads(
            kind: Source.workloadKind, scope: scope, install: { $0.add(informer) },
            waitUntilSynced: { try await informer.waitUntilSynced() },
            state: { informer.state }, hasBeenRead: { informer.store.resourceVersion != nil },
            list: { (scope, isWanted) async throws(KubeError) -> [Workload] in
                try await resource.list(in: scope, where: isWanted)
            },
            workload: { informer.store[$0]?.workload }, all: { informer.store.snapshot().map(\.workload) },
            keys: { informer.store.keys(index, equalTo: $0) },
            borrowers: { owner in
                guard canBorrow else { return [] }
                return informer.store.keys(owners, equalTo: owner).compactMap { informer.store[$0]?.workload }
            },
            observe: { body in
                informer.observe { change in
                    body(WorkloadKey(Source.workloadKind, change.key), change.old?.workload, change.new?.workload)
                }
            })
    }
}

extension ResourceClient {
    /// The workloads of a part of the cluster that `isWanted` picks, page by page; nothing else is kept.
    func list<Source: WorkloadSource>(
        in scope: Scope, where isWanted: @escaping @Sendable (Workload) -> Bool
    ) async throws(KubeError) -> [Workload] where Object == WorkloadResource<Source> {
        let wanted = Mutex<[Workload]>([])
        var options = ListOptions(limit: 500)
        repeat {
            let page = try await list(in: scope, options) { object in
                if isWanted(object.workload) { wanted.withLock { $0.append(object.workload) } }
            }
            options.continueToken = page.continueToken
        } while options.continueToken != nil
        return wanted.withLock { $0 }
    }
}

extension Scope {
    /// Whether objects of a namespace are in the scope.
    fileprivate func covers(_ namespace: String) -> Bool {
        switch self {
        case .all: true
        case .namespace(let name): name == namespace
        }
    }
}
