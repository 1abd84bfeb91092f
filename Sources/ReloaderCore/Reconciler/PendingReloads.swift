import KubeClient

/// What each workload still has to be reloaded for, as a value: changes in, due causes out.
///
/// Causes for one workload are collected until they have been quiet for ``quietPeriod``, at most for ``longestDelay`` since
/// the first, so that several configs changed together give one rollout. A cause remembers what the workload runs with
/// (the baseline) and never which content to write: that is read when the reload is done, so an older content cannot
/// overwrite a newer one. Times are durations since an arbitrary, fixed origin.
struct PendingReloads: Sendable {
    /// Why a workload may need a reload.
    struct Cause: Hashable, Sendable {
        /// What happened to the config last.
        var event: ConfigEvent
        /// The config when that was seen; its annotations still count after a deletion.
        var config: ConfigObject
        /// The content that the workload's pods started with; nil when there was none.
        var baseline: Fingerprint?
        /// Whether ``baseline`` says so; otherwise only the workload's markers can.
        var isBaselineKnown = true
        /// When the first change was seen.
        var since: Duration

        /// The version in which the content became that of `current`; changes of annotations since do not count.
        func version(of current: ConfigObject?) -> ResourceVersion {
            guard let current, current.fingerprint != config.fingerprint else { return config.resourceVersion }
            return current.resourceVersion
        }
    }

    /// What to do for a workload now.
    enum Next: Hashable, Sendable {
        case nothing
        case wait(Duration)
        case reload([ConfigKey: Cause])
    }

    private struct Pending {
        var causes: [ConfigKey: Cause] = [:]
        var first: Duration
        var last: Duration
        /// What each write was to bring of which it is not known whether it came through, oldest first.
        var tried: [[ConfigChange]] = []
    }

    let quietPeriod: Duration
    let longestDelay: Duration
    private var workloads: [WorkloadKey: Pending] = [:]

    init(quietPeriod: Duration, longestDelay: Duration) {
        self.quietPeriod = quietPeriod
        self.longestDelay = longestDelay
    }

    /// How many workloads wait for a reload.
    var count: Int { workloads.count }

    /// The configs that workloads wait for; costs a look at each cause.
    var configs: Set<ConfigKey> { workloads.values.reduce(into: []) { $0.formUnion($1.causes.keys) } }

    /// Whether a reload may be due for a workload.
    func contains(_ workload: WorkloadKey) -> Bool { workloads[workload] != nil }

    /// Notes a change of a config for one workload that uses it; returns after how long to look at the workload.
    mutating func add(_ change: ObservedChange, for workload: WorkloadKey, at now: Duration) -> Duration {
        var pending = workloads[workload] ?? Pending(first: now, last: now)
        pending.last = now
        // The first baseline stays: it is what the pods run with, whatever the content was in between.
        let earlier = pending.causes[change.config.key] ?? change.waiting[workload]
        pending.causes[change.config.key] = Cause(
            event: change.event, config: change.config, baseline: earlier.map(\.baseline) ?? change.old?.fingerprint,
            isBaselineKnown: (earlier?.isBaselineKnown ?? true) && !change.isRecovered, since: earlier?.since ?? now)
        workloads[workload] = pending
        return delay(of: pending, at: now)
    }

    /// All that a workload still has to be reloaded for, due or not.
    func causes(for workload: WorkloadKey) -> [ConfigKey: Cause] { workloads[workload]?.causes ?? [:] }

    /// The workloads that wait for a reload.
    var keys: some Collection<WorkloadKey> { workloads.keys }

    /// Whether a write for a workload failed, which may have come through all the same.
    func hasTried(_ workload: WorkloadKey) -> Bool { workloads[workload]?.tried.isEmpty == false }

    /// Notes that a write failed, which may have come through all the same.
    mutating func tried(_ changes: [ConfigChange], for workload: WorkloadKey) {
        workloads[workload]?.tried.removeAll { $0 == changes }
        workloads[workload]?.tried.append(changes)
    }

    /// Takes what such writes were to bring, once it can be told what came of them; oldest first.
    mutating func takeTried(for workload: WorkloadKey) -> [[ConfigChange]] {
        defer { workloads[workload]?.tried = [] }
        return workloads[workload]?.tried ?? []
    }

    /// Notes that a workload may run with these contents, and nothing tells.
    mutating func doubt(_ changes: [ConfigChange], for workload: WorkloadKey) {
        for change in changes { workloads[workload]?.causes[change.config]?.isBaselineKnown = false }
    }

    /// What to do for a workload now.
    func next(for workload: WorkloadKey, at now: Duration) -> Next {
        guard let pending = workloads[workload], !pending.causes.isEmpty else { return .nothing }
        let delay = delay(of: pending, at: now)
        return delay > .zero ? .wait(delay) : .reload(pending.causes)
    }

    /// Notes that a workload now runs with the content `applied` of a config, or needs nothing for it.
    ///
    /// The cause goes unless the config moved on to `current` meanwhile; then it stays, with `applied` as its baseline.
    mutating func settle(
        _ config: ConfigKey, applied: Fingerprint?, current: Fingerprint?, for workload: WorkloadKey
    ) {
        guard var pending = workloads[workload], pending.causes[config] != nil else { return }
        if applied == current {
            pending.causes[config] = nil
        } else {
            pending.causes[config]?.baseline = applied
            pending.causes[config]?.isBaselineKnown = true
        }
        // What is left belongs to the next reload, with a quiet period of its own.
        pending.first = pending.last
        workloads[workload] = pending.causes.isEmpty ? nil : pending
    }

    /// Notes that a workload's pods start anew in the state of `version`, so with what its configs held before that.
    ///
    /// Versions of one server count up over all kinds; where they cannot be compared nothing is settled. A deletion stays,
    /// because the last known version of a deleted config says nothing about when it was deleted.
    mutating func rolledOut(_ workload: WorkloadKey, at version: ResourceVersion) {
        guard var pending = workloads[workload] else { return }
        pending.causes = pending.causes.filter {
            $0.value.event == .deleted || version.isNewer(than: $0.value.config.resourceVersion) != true
        }
        workloads[workload] = pending.causes.isEmpty ? nil : pending
    }

    /// Forgets a workload that no longer exists.
    mutating func forget(_ workload: WorkloadKey) { workloads[workload] = nil }

    private func delay(of pending: Pending, at now: Duration) -> Duration {
        max(.zero, min(pending.last + quietPeriod, pending.first + longestDelay) - now)
    }
}
