import ControllerKit
import KubeClient
import Logging
import Synchronization

/// Turns changes of configs into keys of workloads, and remembers why each is due.
///
/// Observers call it from the transport's thread; it holds its lock for table look-ups only.
final class ReloadCoordinator: Sendable {
    private struct State: Sendable {
        var pending: PendingReloads
        var recent = RecentConfigChanges()
        /// Changes that came before the workloads were known; nil from then on.
        var early: [ObservedChange]? = []
        /// Versions that were written and that the store has not seen yet.
        var written: [WorkloadKey: (version: ResourceVersion, at: Duration)] = [:]
    }

    // A watch that is this far behind will not be waited for: a marker may then be written twice, which changes nothing.
    private static let patience = Duration.seconds(5)
    private static let poll = Duration.milliseconds(20)

    let options: ReloaderOptions
    let policy: ReloadPolicy
    let caches: ClusterCaches
    let metrics: ReloadMetrics
    private let timeline: Timeline
    private let logger: Logger
    private let state: Mutex<State>

    init(
        options: ReloaderOptions, policy: ReloadPolicy, caches: ClusterCaches, metrics: ReloadMetrics,
        timeline: Timeline, logger: Logger
    ) {
        self.options = options
        self.policy = policy
        self.caches = caches
        self.metrics = metrics
        self.timeline = timeline
        self.logger = logger
        state = Mutex(
            State(
                pending: PendingReloads(quietPeriod: options.reloadDelay, longestDelay: options.reloadMaxDelay)))
    }

    /// Has every informer feed `queue`; before they run.
    func observe(feeding queue: WorkQueue<WorkloadKey>) {
        for cache in caches.configs { cache.observe { [self] in configChanged($0, queue) } }
        for cache in caches.workloads {
            cache.observe { [self] key, old, new in workloadChanged(key, old, new, queue) }
        }
    }

    /// Waits until the workloads are known, then looks up what changed before.
    func catchUp(feeding queue: WorkQueue<WorkloadKey>) async throws {
        for cache in caches.workloads { try await cache.waitUntilSynced() }
        let early = state.withLock { state in
            defer { state.early = nil }
            return state.early ?? []
        }
        for change in early { dispatch(change, queue) }
    }

    /// The time on the clock of delays.
    var now: Duration { timeline.now }

    // MARK: changes

    private func configChanged(_ change: ObservedChange, _ queue: WorkQueue<WorkloadKey>) {
        metrics.received(change.event, of: change.config.key.type)
        if let reason = change.skipReason(options) {
            if !change.isInitial { skip(reason, change.config.key) }
            return
        }
        let isEarly = state.withLock { state in
            state.early?.append(change)
            return state.early != nil
        }
        if !isEarly { dispatch(change, queue) }
    }

    private func dispatch(_ change: ObservedChange, _ queue: WorkQueue<WorkloadKey>) {
        state.withLock { $0.recent.add(change, at: now) }
        for key in caches.workloads(concernedBy: change.config.key) {
            guard let workload = caches.workload(key) else { continue }
            enqueue(change, for: workload, queue)
        }
    }

    private func enqueue(_ change: ObservedChange, for workload: Workload, _ queue: WorkQueue<WorkloadKey>) {
        let decision = policy.decide(workload, change.config)
        guard decision.isReload else { return skip(decision, change.config.key, workload.key) }
        let delay = state.withLock { $0.pending.add(change, for: workload.key, at: now) }
        queue.add(workload.key, after: delay)
    }

    private func workloadChanged(
        _ key: WorkloadKey, _ old: Workload?, _ new: Workload?, _ queue: WorkQueue<WorkloadKey>
    ) {
        guard let new else { return state.withLock { $0.written[key] = nil } }
        let indexKeys = Set(policy.indexKeys(for: new))
        let isNewUser = old.map { Set(policy.indexKeys(for: $0)) } != indexKeys
        let missed = state.withLock { state -> [ObservedChange] in
            if let written = state.written[key], new.resourceVersion.isAtLeast(written.version) {
                state.written[key] = nil
            }
            guard isNewUser else { return [] }
            return state.recent.slept(through: new.resourceVersion, indexKeys: indexKeys, at: now).map(\.change)
        }
        for change in missed { enqueue(change, for: new, queue) }
    }

    // MARK: what the reconciler asks and tells

    /// What to do for a workload now.
    func next(for key: WorkloadKey) -> PendingReloads.Next {
        state.withLock { state in
            let next = state.pending.next(for: key, at: now)
            guard case .reload = next, let written = state.written[key] else { return next }
            if written.at + Self.patience > now { return .wait(Self.poll) }
            state.written[key] = nil
            return next
        }
    }

    /// Notes with which contents of its configs a workload now runs, or that these contents need nothing.
    func settle(_ applied: [(ConfigKey, Fingerprint?)], for key: WorkloadKey) {
        let contents = applied.map { (config: $0, applied: $1, current: caches.config($0)?.fingerprint) }
        state.withLock { state in
            for content in contents {
                state.pending.settle(content.config, applied: content.applied, current: content.current, for: key)
            }
        }
    }

    /// Notes the version that a write produced, unless the store has it already.
    func wrote(_ version: ResourceVersion, to key: WorkloadKey) {
        state.withLock { state in
            if let known = caches.workload(key)?.resourceVersion, known.isAtLeast(version) { return }
            state.written[key] = (version, now)
        }
    }

    /// Forgets what is due for a workload that no longer exists; one that came back meanwhile is left alone.
    func forgetIfGone(_ key: WorkloadKey) {
        state.withLock { state in
            guard caches.workload(key) == nil else { return }
            state.pending.forget(key)
            state.written[key] = nil
        }
    }

    // MARK: skips

    func skip(_ reason: SkipReason, _ config: ConfigKey, for workload: WorkloadKey? = nil) {
        metrics.skipped(reason)
        logger.debug(
            "No reload for '\(config.name)' of type '\(config.type.tag)' in namespace '\(config.namespace)'",
            metadata: metadata(reason.rawValue, workload))
    }

    func skip(_ decision: Decision, _ config: ConfigKey, _ workload: WorkloadKey) {
        metrics.skipped(.notSelectedByWorkload)
        // v1.4.21's words, which people search for.
        logger.debug(
            "No changes detected in '\(config.name)' of type '\(config.type.tag)' in namespace '\(config.namespace)'",
            metadata: metadata(decision.reason.code, workload))
    }

    private func metadata(_ reason: String, _ workload: WorkloadKey?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["reason": "\(reason)"]
        if let workload { metadata["workload"] = "\(workload)" }
        return metadata
    }
}

extension ResourceVersion {
    /// Whether this version is `other` or a later one; versions that cannot be ordered count as later.
    fileprivate func isAtLeast(_ other: ResourceVersion) -> Bool { other.isNewer(than: self) != true }
}
