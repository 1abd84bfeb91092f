import ControllerKit
import KubeClient
import Synchronization

/// Kinds that are listed, since they cannot be watched.
extension ReloadCoordinator {
    /// What has to be listed, now or when it may be, to learn whom a config of a namespace concerns.
    func listings(in namespace: String, of refused: [ClusterCaches.Workloads]) -> [NamespaceListing.Key] {
        refused.compactMap { cache in
            let key = NamespaceListing.Key(kind: cache.kind, namespace: namespace)
            return pause(before: key) == nil || isExpectedBack(key, cache) ? key : nil
        }
    }

    /// Whether changes wait for a kind that may not be listed: only one that was seen has workloads that wait for them.
    func isExpectedBack(_ key: NamespaceListing.Key, _ kind: ClusterCaches.Workloads) -> Bool {
        kind.hasBeenRead()
            || state.withLock { $0.grantedListings.contains(key) || $0.grantedKinds.contains(key.kind) }
    }

    /// Notes that the account may list a kind in a namespace.
    func listingGranted(_ key: NamespaceListing.Key) {
        state.withLock { _ = $0.grantedListings.insert(key) }
    }

    /// For how long a kind may not be listed, as far as is known; nil when it may be.
    func pause(before key: NamespaceListing.Key) -> Duration? {
        state.withLock { $0.refusedListings.pause(before: key, at: now) }
    }

    /// Notes that the account may not list a kind either, or that the server does not have it.
    func listingRefused(_ key: NamespaceListing.Key) {
        state.withLock { state in
            state.refusedListings.refused(key, at: now)
            state.listedKinds.remove(key.kind)
        }
    }

    /// Passes changes on that waited for a list, now that the kind is watched instead.
    func watchedAgain(
        _ kind: ClusterCaches.Workloads, for changes: [ObservedChange], feeding queue: WorkQueue<WorkloadKey>
    ) {
        for change in changes { _ = enqueue(change, forUsersAmong: [kind], queue) }
    }

    /// Takes the changes for which a namespace has to be listed.
    func changes(toListFor key: NamespaceListing.Key) -> [ObservedChange] {
        state.withLock { state in
            let changes = state.listings.removeValue(forKey: key) ?? [:]
            state.listingsInHand[key] = Set(changes.keys)
            return Array(changes.values)
        }
    }

    /// Notes that the changes that were taken are passed on, or wait for the next try.
    func listingEnded(_ key: NamespaceListing.Key) {
        state.withLock { $0.listingsInHand[key] = nil }
        book.settled()
    }

    /// The configs for which workloads wait, or may be found to.
    func busyConfigs() -> Set<ConfigKey> {
        state.withLock { state in
            var busy = state.pending.configs
            for changes in state.listings.values { busy.formUnion(changes.keys) }
            for keys in state.listingsInHand.values { busy.formUnion(keys) }
            return busy
        }
    }

    /// Under which values workloads of kinds that are not watched would be found.
    var listedUses: Set<ConfigIndexKey> { state.withLock { $0.listedUses } }
    /// The kinds that are not watched of which ``listedUses`` tells all.
    var listedKinds: Set<WorkloadKind> { state.withLock { $0.listedKinds } }

    /// Notes what lists of the kinds that are not watched have told.
    func learned(_ uses: Set<ConfigIndexKey>, ofAll kinds: Set<WorkloadKind>) {
        state.withLock { state in
            (state.listedUses, state.listedKinds) = (uses, kinds)
            state.grantedKinds.formUnion(kinds)
        }
    }

    /// Whether a config may concern workloads of kinds that are not watched.
    func isListed(_ key: ConfigKey) -> Bool {
        state.withLock { state in ConfigIndexKey.lookup(for: key).contains { state.listedUses.contains($0) } }
    }

    /// Notes that a namespace could not be listed, so that the changes count for the next try.
    func listingFailed(_ key: NamespaceListing.Key, _ changes: [ObservedChange]) {
        state.withLock { state in
            let later = state.listings[key] ?? [:]
            state.listings[key] = [:]
            for change in changes + Array(later.values) { state.listings[key]?.note(change) }
        }
    }

    /// Queues the workloads of a list that the changes concern; `owners` are those whose templates they use.
    func listed(
        _ found: [Workload], owners: [Workload], for changes: [ObservedChange], feeding queue: WorkQueue<WorkloadKey>
    ) {
        // Whom a change concerns that uses the template of another one, that one does not say.
        let found = found + found.flatMap { borrowers(of: $0.key) }
        let uses = found.map { Set(policy.indexKeys(for: $0)) }
        state.withLock { state in
            state.listsInHand += 1
            for workload in owners + found { state.listed.keep(workload) }
            for keys in uses { state.listedUses.formUnion(keys) }
        }
        for (workload, keys) in zip(found, uses) {
            for change in changes where !keys.isDisjoint(with: ConfigIndexKey.lookup(for: change.config.key)) {
                enqueue(change, for: workload, queue)
            }
        }
        state.withLock { state in
            state.listsInHand -= 1
            guard state.listsInHand == 0 else { return }
            state.listed.dropAll { state.pending.contains($0) }
        }
    }

    func dropListedIfIdle(_ key: WorkloadKey) {
        state.withLock { state in
            guard state.listsInHand == 0 else { return }
            state.listed.drop(key) { state.pending.contains($0) }
        }
    }
}
