import ControllerKit
import KubeClient
import Logging
import Synchronization

/// What the ledger asks: which configs are used, and by whom one is still waited for.
extension ReloadCoordinator {
    /// Whether workloads would be reloaded for a config, now or once they are no longer suspended.
    func isUsed(_ key: ConfigKey) -> Bool {
        guard options.includes(namespace: key.namespace), caches.isSelected(namespace: key.namespace),
            options.ledger?.owns(key) != true
        else { return false }
        let config = caches.config(key) ?? ConfigObject(key, fingerprint: .empty)
        // Those of kinds that are off at present count as they were seen last.
        let users = caches.workloads(concernedBy: key, among: caches.kinds(in: key.namespace))
        let isWatched = users.contains { workload in
            guard let candidate = caches.workload(workload), let workload = owners.target(of: candidate, config) else {
                return false
            }
            let decision = decide(workload, config)
            return decision.isReload || decision.reason == .suspended || decision.reason == .finished
        }
        return isWatched || isListed(key)
    }

    /// Whether everybody is known who may use a config: no kind of workload is off at present that may come back.
    func knowsUsers(of key: ConfigKey) -> Bool {
        let listed = listedKinds
        return caches.areNamespacesKnown
            && caches.kinds(in: key.namespace).allSatisfy { $0.isComplete() || listed.contains($0.kind) }
    }

    /// Notes that others than before use a config, or that it can be read only now.
    func noteUse(of key: ConfigKey) {
        let isKnown = caches.knows(key)
        let config = caches.config(key)
        if isKnown || config != nil { book.saw(key, .init(config), onlyFirst: true) }
    }

    /// Whether a config concerns workloads, as far as that is known without asking the server.
    func concerns(_ key: ConfigKey) -> Bool {
        let (watched, refused) = caches.kindsByAccess(in: key.namespace)
        return !refused.isEmpty || !caches.workloads(concernedBy: key, among: watched).isEmpty
    }

    /// The configs that workloads use; costs a look at each of the workloads.
    func usedConfigs() -> Set<ConfigKey> {
        var (used, patterns) = (Set<ConfigKey>(), Set<ConfigIndexKey>())
        func add(_ value: ConfigIndexKey) {
            switch value {
            case .config(let key): used.insert(key)
            case .patterns: patterns.insert(value)
            }
        }
        for cache in caches.workloads {
            for workload in cache.all() { for value in policy.indexKeys(for: workload) { add(value) } }
        }
        for value in listedUses { add(value) }
        guard !patterns.isEmpty else { return used }
        for cache in caches.configs {
            for config in cache.all()
            where patterns.contains(.patterns(config.key.type, namespace: config.key.namespace)) {
                used.insert(config.key)
            }
        }
        return used
    }

    /// Whether there are kinds that may be listed but not watched.
    var hasRefusedKinds: Bool { caches.workloads.contains { $0.isRefused() } }

    /// Lists the kinds that may not be watched, to learn which configs their workloads use.
    func listUses() async throws {
        let policy = policy
        var uses: Set<ConfigIndexKey> = []
        var (listed, refused) = (Set<WorkloadKind>(), Set<WorkloadKind>())
        for cache in caches.workloads where cache.isRefused() {
            let found = Mutex<Set<ConfigIndexKey>>([])
            do throws(KubeError) {
                _ = try await cache.list(cache.scope) { workload in
                    let values = policy.indexKeys(for: workload)
                    found.withLock { $0.formUnion(values) }
                    return false
                }
                listed.insert(cache.kind)
            } catch {
                // The kind is off altogether.
                guard error.isForbidden || error.isNotFound else { throw error }
                refused.insert(cache.kind)
            }
            uses.formUnion(found.withLock { $0 })
        }
        learned(uses, ofAll: listed.subtracting(refused))
    }

    /// How many markers of opted-in workloads name another content than their config has.
    func staleMarkerCount() -> Int {
        var count = 0
        for cache in caches.workloads where !cache.isRefused() {
            for workload in cache.all() {
                for case .config(let key) in policy.indexKeys(for: workload) {
                    guard let config = caches.config(key) else { continue }
                    let decision = decide(workload, config)
                    if decision.isReload, workload.hasMarker(ofOtherContentThan: config, options.annotationKeys) {
                        count += 1
                    }
                }
            }
        }
        return count
    }

    /// Passes on what changed while no Reloader ran: what the pods run with is not known, so their markers decide.
    func recover(_ event: ConfigEvent, _ key: ConfigKey, _ feeds: Feeds) {
        let config = caches.config(key) ?? ConfigObject(key, fingerprint: .deletion)
        var change = ObservedChange(event: event, config: config)
        change.isRecovered = true
        logger.info(
            "'\(key.name)' of type '\(key.type.tag)' in namespace '\(key.namespace)' changed while it was not watched")
        metrics.recovered()
        dispatch(change, feeds)
    }

    /// Whether a workload's last reload brought a change that is passed on late.
    func isCovered(_ change: ObservedChange, in workload: Workload) -> Bool {
        guard change.isRecovered else { return false }
        let key = options.annotationKeys.lastReloadedFrom
        return [workload.template.annotations[key], workload.annotations[key]].compactMap(\.self)
            .compactMap(LastReload.init(annotation:))
            .contains { book.covers($0, change) { caches.config($0) } }
    }
}

extension Workload {
    /// Whether the marker of a config is there and says that the pods started with another content.
    fileprivate func hasMarker(ofOtherContentThan config: ConfigObject, _ keys: AnnotationKeys) -> Bool {
        let marker = MarkerName.marker(for: config.key)
        let values = template.containers.compactMap { $0.marker(marker)?.value }
        if !values.isEmpty { return !values.contains(config.fingerprint.hex) }
        let last = template.annotations[keys.lastReloadedFrom].flatMap(LastReload.init(annotation:))
        return last.map { $0.config == config.key && $0.fingerprint != config.fingerprint } ?? false
    }
}
