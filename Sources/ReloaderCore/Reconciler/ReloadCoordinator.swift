import ControllerKit
import KubeClient
import Logging
import Synchronization

/// Turns changes of configs into keys of workloads, and remembers why each is due.
///
/// Observers call it from the transport's thread; it holds its lock for table look-ups only.
final class ReloadCoordinator: Sendable {
    struct State: Sendable {
        var pending: PendingReloads
        var recent = RecentConfigChanges()
        /// Changes in namespaces that are not selected, as far as is known.
        var unselected = RecentConfigChanges()
        /// Changes that came before the workloads were known; nil from then on.
        var early: [ObservedChange]? = []
        var listed = ListedWorkloads()
        /// How many lists are being looked through: what they found must stay until then.
        var listsInHand = 0
        /// Workloads in which a leader's write leaves no trace.
        var untraced = StandbyNotes<WorkloadKey>()
        /// Changes for which kinds that are not watched have yet to be listed.
        var listings: [NamespaceListing.Key: [ConfigKey: ObservedChange]] = [:]
        /// What was asked for in vain.
        var refusedListings = RefusedListings()
        /// Those for which they are being listed.
        var listingsInHand: [NamespaceListing.Key: Set<ConfigKey>] = [:]
        /// Under which values workloads of such kinds would be found, as of the last list.
        var listedUses: Set<ConfigIndexKey> = []
        /// The kinds of which that list was complete.
        var listedKinds: Set<WorkloadKind> = []
        /// The lists that were granted; of a kind that was granted everywhere, ``grantedKinds`` tells.
        var grantedListings: Set<NamespaceListing.Key> = []
        var grantedKinds: Set<WorkloadKind> = []
        var departed = DepartedConfigs()
    }

    let options: ReloaderOptions
    let policy: ReloadPolicy
    let caches: ClusterCaches
    let metrics: ReloadMetrics
    let book = LedgerBook()
    private let isStandingBy: @Sendable () -> Bool
    /// Whether nobody else has led since this process did, so that it has itself to blame for what is due.
    private let followsItself: @Sendable () -> Bool
    private let timeline: Timeline
    let logger: Logger
    let state: Mutex<State>

    init(
        options: ReloaderOptions, policy: ReloadPolicy, caches: ClusterCaches, metrics: ReloadMetrics,
        isStandingBy: @escaping @Sendable () -> Bool = { false },
        followsItself: @escaping @Sendable () -> Bool = { false }, timeline: Timeline, logger: Logger
    ) {
        self.options = options
        self.policy = policy
        self.caches = caches
        self.metrics = metrics
        self.isStandingBy = isStandingBy
        self.followsItself = followsItself
        self.timeline = timeline
        self.logger = logger
        state = Mutex(
            State(
                pending: PendingReloads(quietPeriod: options.reloadDelay, longestDelay: options.reloadMaxDelay)))
    }

    /// The queues that changes end up in.
    struct Feeds: Sendable {
        var workloads: WorkQueue<WorkloadKey>
        var listings: WorkQueue<NamespaceListing.Key>
    }

    /// Has every informer feed the queues; before they run.
    func observe(feeding feeds: Feeds) {
        for cache in caches.configs { cache.observe { [self] in configChanged($0, feeds) } }
        caches.observeNamespaces(metrics, logger) { [self] in namespaceSelected($0, since: $1, feeds) }
        for cache in caches.workloads {
            cache.observe { [self] key, old, new in workloadChanged(key, old, new, feeds.workloads) }
        }
    }

    /// Waits until workloads and namespaces are known, then looks up what changed before.
    func catchUp(feeding feeds: Feeds) async throws {
        try await caches.waitUntilSynced()
        logger.info("Environment: \(caches.isOpenShift ? "Openshift" : "Kubernetes")")
        for kind in Set(caches.workloads.filter { $0.isRefused() }.map(\.kind.resource.qualifiedName)).sorted() {
            // The informer has warned; this is what it means here.
            logger.info("\(kind) is listed whenever a config changes, if that is allowed; granting watch saves that")
        }
        let early = state.withLock { state in
            defer { state.early = nil }
            return state.early ?? []
        }
        for change in early { judge(change, feeds) }
    }

    var owners: TemplateOwners<ReloadCoordinator> { TemplateOwners(directory: self, policy: policy) }

    /// The time on the clock of delays.
    var now: Duration { timeline.now }

    // MARK: changes

    private func configChanged(_ change: ObservedChange, _ feeds: Feeds) {
        guard options.ledger?.owns(change.config.key) != true else { return }
        metrics.received(change.notification, of: change.config.key.type)
        // Where creations reload by themselves, nothing has to be made of them.
        let change = options.reloadOnCreate ? change : state.withLock { $0.departed.identify(change) }
        if let reason = change.skipReason(options) {
            guard change.isInitial else { return pass(over: change, because: reason) }
            // Some cannot be read at the start, and come late.
            if book.isKept, concerns(change.config.key) { noteUse(of: change.config.key) }
            return
        }
        let isEarly = state.withLock { state in
            state.early?.append(change)
            return state.early != nil
        }
        if !isEarly { judge(change, feeds) }
    }

    private func pass(over change: ObservedChange, because reason: SkipReason) {
        skip(reason, change.config.key)
        guard reason == .eventNotEnabled, concerns(change.config.key) else { return }
        if change.event == .deleted { state.withLock { $0.departed.remember(change.config) } }
        book.saw(change.config.key, .init(change))
    }

    private func judge(_ change: ObservedChange, _ feeds: Feeds) {
        guard caches.isSelected(namespace: change.config.key.namespace) else {
            state.withLock { $0.unselected.add(change, at: now) }
            return skip(.ignoredOrNotSelected, change.config.key)
        }
        var change = change
        change.config = caches.annotated(change.config)
        dispatch(change, feeds)
    }

    private func namespaceSelected(_ name: String, since version: ResourceVersion, _ feeds: Feeds) {
        let missed = state.withLock { $0.unselected.happened(in: name, after: version, at: now).map(\.change) }
        for change in missed { judge(change, feeds) }
        book.needsSurvey()
    }

    /// Passes a change on to everything that it concerns.
    func dispatch(_ change: ObservedChange, _ feeds: Feeds) {
        state.withLock { $0.recent.add(change, at: now) }
        let (watched, refused) = caches.kindsByAccess(in: change.config.key.namespace)
        let isUsed = enqueue(change, forUsersAmong: watched, feeds.workloads)
        let listings = listings(in: change.config.key.namespace, of: refused)
        if !isUsed, listings.isEmpty { skip(.noWorkloadConcerned, change.config.key) }
        for key in listings {
            state.withLock { $0.listings[key, default: [:]].note(change) }
            feeds.listings.add(key)
        }
        // Last: what is noted there counts as passed on.
        if isUsed || !listings.isEmpty { book.saw(change.config.key, .init(change, isPassedOn: true)) }
        metrics.processed(change.config.key.type)
    }

    /// Passes a change on to the workloads of some kinds that it concerns; false when there are none.
    func enqueue(
        _ change: ObservedChange, forUsersAmong kinds: [ClusterCaches.Workloads], _ queue: WorkQueue<WorkloadKey>
    ) -> Bool {
        let concerned = caches.workloads(concernedBy: change.config.key, among: kinds)
        for workload in concerned.compactMap(caches.workload) { enqueue(change, for: workload, queue) }
        return !concerned.isEmpty
    }

    func enqueue(_ change: ObservedChange, for candidate: Workload, _ queue: WorkQueue<WorkloadKey>) {
        metrics.scanned(candidate.kind)
        guard let workload = owners.target(of: candidate, change.config) else {
            return skip(.templateElsewhere, change.config.key, for: candidate.key)
        }
        let decision = decide(workload, change.config)
        guard decision.isReload else { return skip(decision, change.config.key, workload.key) }
        guard !isCovered(change, in: workload) else {
            return skip(.strategyNotUpdated, change.config.key, for: workload.key)
        }
        let isStandingBy = isStandingBy()
        let delay = state.withLock { state in
            if change.isRecovered { state.untraced.isDue(workload.key) }
            // Before the change is among them: whoever led has not had time for this one.
            forgetIfLeaderHadTime(for: workload.key, &state)
            return state.pending.add(change, for: workload.key, at: now)
        }
        if isStandingBy {
            if settleApplied(to: workload) { return }
            if !policy.leavesTrace(in: workload) { state.withLock { $0.untraced.collected(workload.key, at: now) } }
        }
        metrics.queued()
        queue.add(workload.key, after: delay)
    }

    private func workloadChanged(
        _ key: WorkloadKey, _ old: Workload?, _ new: Workload?, _ queue: WorkQueue<WorkloadKey>
    ) {
        guard let new else {
            let isStandingBy = isStandingBy()
            state.withLock { state in
                if isStandingBy {
                    // The queue has nobody who would forget it.
                    state.pending.forget(key)
                } else if let old, key.kind.writeMethod != .recreation {
                    // Whoever comes under the name starts with what there is by then. A Job may be gone because it is
                    // being created again.
                    state.pending.rolledOut(key, at: old.resourceVersion)
                }
            }
            book.settled()
            return usesChanged(old.map { Set(policy.indexKeys(for: $0)) } ?? [])
        }
        // Most changes of a workload are of its status, and say nothing new about configs.
        guard
            old?.template != new.template || old?.annotations != new.annotations
                || old?.isOwnedByCronJob != new.isOwnedByCronJob
        else { return }
        if old?.template != new.template, isStandingBy() { leaderRolledOut(new) }
        let indexKeys = Set(policy.indexKeys(for: new))
        let oldIndexKeys = old.map { Set(policy.indexKeys(for: $0)) }
        guard oldIndexKeys != indexKeys else { return }
        usesChanged(indexKeys.symmetricDifference(oldIndexKeys ?? []))
        let missed = state.withLock {
            $0.recent.slept(through: new.resourceVersion, indexKeys: indexKeys, at: now).map(\.change)
        }
        for change in missed { enqueue(change, for: new, queue) }
    }

    /// Notes that other workloads than before are found under these values.
    private func usesChanged(_ values: Set<ConfigIndexKey>) {
        guard book.isKept else { return }
        for value in values {
            switch value {
            case .config(let key): noteUse(of: key)
            case .patterns: book.needsSurvey()
            }
        }
    }

    // MARK: standing by

    /// Forgets what is due for a workload, when nothing shows that another leader did it but the time that it had.
    private func forgetIfLeaderHadTime(for key: WorkloadKey, _ state: inout State) {
        if !followsItself(), state.untraced.leaderHadTime(for: key, at: now) { state.pending.forget(key) }
    }

    /// Notes that from now on others do what is due.
    func termEnded() {
        state.withLock { state in
            for key in state.pending.keys where key.kind.writeMethod == .newRun {
                state.untraced.collected(key, at: now)
            }
        }
    }

    /// A workload's template has changed, so that its pods start anew.
    private func leaderRolledOut(_ workload: Workload) {
        let wasDue = state.withLock { state in
            defer { state.pending.rolledOut(workload.key, at: workload.resourceVersion) }
            return state.pending.contains(workload.key)
        }
        if wasDue, settleApplied(to: workload) { logger.debug("\(workload.key) was reloaded by the leader") }
    }

    /// Forgets what the leader has done for a workload, going by its markers; returns whether nothing is left.
    ///
    /// A standby collects the same causes as the leader, one entry for each workload, so that a takeover misses nothing
    /// that the leader did not get to. What the leader did get to shows in the template.
    private func settleApplied(to workload: Workload) -> Bool {
        let causes = state.withLock { $0.pending.causes(for: workload.key) }
        guard !causes.isEmpty else { return true }
        let current = causes.keys.reduce(into: [ConfigKey: ConfigObject]()) { $0[$1] = caches.config($1) }
        let changes = causes.compactMap { key, cause -> ConfigChange? in
            guard let mode = decide(workload, current[key] ?? cause.config).mode else { return nil }
            return configChange(key, current[key], mode, for: workload)
        }
        let plan = ReloadPlan(
            workload, changes, strategy: options.strategy, observedAt: 0, keys: options.annotationKeys)
        settle(plan.skipped.keys.map { ($0, current[$0]?.fingerprint) }, for: workload.key)
        return state.withLock { !$0.pending.contains(workload.key) }
    }

    // MARK: what the reconciler asks and tells

    /// The workload now, or as it was listed when its kind is not watched, with the template that it uses.
    func workload(_ key: WorkloadKey) -> Workload? { known(key).map(owners.completed) }

    /// A change that brings a config to its current state.
    func configChange(
        _ key: ConfigKey, _ current: ConfigObject?, _ mode: Decision.Mode, for workload: Workload,
        version: ResourceVersion = .init(rawValue: "")
    ) -> ConfigChange {
        var change = ConfigChange(
            key, current.map { .updated($0.fingerprint) } ?? .deleted, mode: mode, version: version)
        let others = SharedMarker.others(of: key, among: policy.pairedConfigs(of: workload), in: workload.template)
        guard !others.isEmpty else { return change }
        let contents = others.compactMap(caches.config) + [current].compactMap(\.self)
        change.sharedMarker = SharedMarker.value(of: contents.map { ($0.key.name, $0.fingerprint) })
        return change
    }

    /// Whether a changed config reloads a workload, and why.
    func decide(_ workload: Workload, _ config: ConfigObject) -> Decision { owners.decide(workload, config) }

    /// What to do for a workload now.
    func next(for key: WorkloadKey) -> PendingReloads.Next {
        state.withLock { state in
            forgetIfLeaderHadTime(for: key, &state)
            return state.pending.next(for: key, at: now)
        }
    }

    /// All that a workload still has to be reloaded for, due or not.
    func causes(for key: WorkloadKey) -> [ConfigKey: PendingReloads.Cause] {
        state.withLock { $0.pending.causes(for: key) }
    }

    /// Whether a write for a workload failed, which may have come through all the same.
    func hasTried(_ key: WorkloadKey) -> Bool { state.withLock { $0.pending.hasTried(key) } }

    /// Notes that a write failed, which may have come through all the same.
    func tried(_ write: ReloadWrite, _ error: KubeError) {
        state.withLock { state in
            guard write.workload.kind.writeMethod == .newRun else {
                // What was refused in so many words is read anew all the same: the next write may not fit either.
                return state.pending.tried(error.isRefusal ? [] : write.changes, for: write.workload)
            }
            // A CronJob does not show what its runs were started with.
            if !error.isRefusal { state.pending.doubt(write.changes, for: write.workload) }
        }
    }

    /// Settles what such writes have brought after all, and returns it, going by a state that was read after them.
    func settleTried(by subject: ReloadSubject) -> [ConfigChange] {
        let key = subject.workload.key
        let tried = state.withLock { $0.pending.takeTried(for: key) }
        if !subject.isRead { state.withLock { $0.pending.doubt(Array(tried.joined()), for: key) } }
        let arrived = ReloadPlan.arrived(
            tried, in: subject.workload, strategy: options.strategy, keys: options.annotationKeys)
        settle(arrived.map { ($0.config, $0.content) }, for: key)
        return arrived
    }

    /// Notes that what such writes have brought does not count any more.
    func forgetTried(_ key: WorkloadKey) { state.withLock { _ = $0.pending.takeTried(for: key) } }

    /// Notes with which contents of its configs a workload now runs, or that these contents need nothing.
    func settle(_ applied: [(ConfigKey, Fingerprint?)], for key: WorkloadKey) {
        state.withLock { state in
            for (config, content) in applied {
                // Read in here, so that a config that comes back finds its cause in one place or the other.
                let current = caches.config(config)?.fingerprint
                // Where neither counts, a deletion leaves the pods with what they have, until the config is back.
                if content == nil, !options.reloadOnDelete, !options.reloadOnCreate {
                    guard current == nil else { continue }
                    if let cause = state.pending.causes(for: key)[config] { state.departed.remember(cause, of: key) }
                }
                state.pending.settle(config, applied: content, current: current, for: key)
            }
        }
        dropListedIfIdle(key)
        book.settled()
    }

    /// Whether the store shows the version that a write produced, or has nothing to show.
    ///
    /// A listed workload is read anew for the next change.
    func shows(_ version: ResourceVersion, of key: WorkloadKey) -> Bool {
        guard state.withLock({ $0.listed[key] == nil }), let known = caches.workload(key) else { return true }
        return known.resourceVersion.isAtLeast(version)
    }

    /// Forgets what is due for a workload that no longer exists; one that came back meanwhile is left alone.
    func forgetIfGone(_ key: WorkloadKey) {
        state.withLock { state in
            guard caches.workload(key) == nil, state.listed[key] == nil else { return }
            state.pending.forget(key)
        }
        book.settled()
    }

    // MARK: skips

    func skip(
        _ reason: SkipReason, _ config: ConfigKey, for workload: WorkloadKey? = nil, because sentence: String? = nil
    ) {
        metrics.skipped(reason.rawValue)
        logger.debug(
            "No reload for '\(config.name)' of type '\(config.type.tag)' in namespace '\(config.namespace)'",
            metadata: metadata(reason.rawValue, workload, sentence ?? reason.sentence))
    }

    func skip(_ decision: Decision, _ config: ConfigKey, _ workload: WorkloadKey) {
        metrics.skipped(decision.reason.metricLabel)
        // v1.4.21's words, which people search for.
        logger.debug(
            "No changes detected in '\(config.name)' of type '\(config.type.tag)' in namespace '\(config.namespace)'",
            metadata: metadata(decision.reason.code, workload, decision.reason.sentence))
    }

    private func metadata(_ reason: String, _ workload: WorkloadKey?, _ sentence: String) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["reason": "\(reason)", "because": "\(sentence)"]
        if let workload { metadata["workload"] = "\(workload)" }
        return metadata
    }
}

extension ReloadCoordinator: WorkloadDirectory {
    func known(_ key: WorkloadKey) -> Workload? { state.withLock { $0.listed[key] } ?? caches.workload(key) }

    func borrowers(of owner: WorkloadKey) -> [Workload] {
        caches.borrowers(of: owner) + state.withLock { $0.listed.borrowers(of: owner) }
    }
}

extension ResourceVersion {
    /// Whether this version is `other` or a later one; versions that cannot be ordered count as later.
    fileprivate func isAtLeast(_ other: ResourceVersion) -> Bool { other.isNewer(than: self) != true }
}

extension [ConfigKey: ObservedChange] {
    /// Adds a change; of several for one config the newest stays, with what was before the first.
    mutating func note(_ change: ObservedChange) {
        var change = change
        if let earlier = self[change.config.key] {
            change.old = earlier.old
            change.waiting.merge(earlier.waiting) { $1 }
            change.isRecovered = change.isRecovered || earlier.isRecovered
        }
        self[change.config.key] = change
    }
}
