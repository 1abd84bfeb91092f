import ControllerKit
import KubeClient
import Logging
import Synchronization

/// Turns changes of configs into keys of configs, and remembers what is still to be told of each.
///
/// Observers call it from the transport's thread; it holds its lock for table look-ups only.
final class WebhookCoordinator: Sendable {
    let metrics: ReloadMetrics
    private let options: ReloaderOptions
    private let caches: ClusterCaches
    private let timeline: Timeline
    private let logger: Logger
    private let isStandingBy: @Sendable () -> Bool
    private let followsItself: @Sendable () -> Bool
    private let departed: Mutex<DepartedConfigs>
    private let pending: Mutex<PendingWebhooks>
    private let collected = Mutex(StandbyNotes<ConfigKey>())

    init(
        options: ReloaderOptions, caches: ClusterCaches, metrics: ReloadMetrics,
        isStandingBy: @escaping @Sendable () -> Bool, followsItself: @escaping @Sendable () -> Bool,
        timeline: Timeline, logger: Logger
    ) {
        self.isStandingBy = isStandingBy
        self.followsItself = followsItself
        self.options = options
        self.caches = caches
        self.metrics = metrics
        self.timeline = timeline
        self.logger = logger
        departed = Mutex(DepartedConfigs())
        pending = Mutex(PendingWebhooks(quietPeriod: options.reloadDelay, longestDelay: options.reloadMaxDelay))
    }

    /// Has every informer of configs feed `queue`; before they run.
    func observe(feeding queue: WorkQueue<ConfigKey>) {
        caches.observeNamespaces(metrics, logger) { _, _ in }
        for cache in caches.configs { cache.observe { [self] in changed($0, queue) } }
    }

    private func changed(_ change: ObservedChange, _ queue: WorkQueue<ConfigKey>) {
        metrics.received(change.notification, of: change.config.key.type)
        let change = identified(change)
        if let reason = change.skipReason(options) ?? mutedReason(caches.annotated(change.config)) {
            if !change.isInitial { skip(reason, change.config.key) }
            return
        }
        // Before the change is in it: whoever led has not had time for this one.
        forgetIfLeaderHadTime(for: change.config.key)
        if isStandingBy() { collected.withLock { $0.collected(change.config.key, at: timeline.now) } }
        queue.add(change.config.key, after: pending.withLock { $0.add(change, at: timeline.now) })
    }

    /// Notes that from now on others do what is still to be told.
    func termEnded() {
        let keys = pending.withLock { Array($0.keys) }
        collected.withLock { collected in for key in keys { collected.collected(key, at: timeline.now) } }
    }

    private func forgetIfLeaderHadTime(for key: ConfigKey) {
        guard !followsItself(), collected.withLock({ $0.leaderHadTime(for: key, at: timeline.now) }) else { return }
        pending.withLock { $0.forget(key) }
    }

    /// A change with what was told before its config was deleted; where creations count, nothing is made of them.
    private func identified(_ change: ObservedChange) -> ObservedChange {
        guard !options.reloadOnCreate else { return change }
        return departed.withLock { departed in
            if change.event == .deleted { departed.remember(told(change.config.key) ?? change.config) }
            return departed.identify(change)
        }
    }

    /// A config with the content that was told last, when it has changed since.
    private func told(_ key: ConfigKey) -> ConfigObject? {
        pending.withLock { $0.told(key) }.map { ConfigObject(key, fingerprint: $0) }
    }

    /// Drops the change of a config that was deleted, which counts for nothing; what was told last is remembered.
    private func drop(_ key: ConfigKey) -> PendingWebhooks.Next {
        departed.withLock { departed in
            // It is back.
            guard caches.config(key) == nil else { return .wait(.zero) }
            if !options.reloadOnCreate, let told = told(key) { departed.remember(told) }
            pending.withLock { $0.forget(key) }
            skip(.eventNotEnabled, key)
            return .nothing
        }
    }

    /// Why nothing is told of a config: its annotation, or because this program writes it itself.
    private func mutedReason(_ config: ConfigObject) -> SkipReason? {
        let isMuted = config.trueAnnotations.contains(options.annotationKeys.ignore)
        return isMuted || config.key == options.metaInfo?.key ? .ignoredOrNotSelected : nil
    }

    /// Waits until it is known which namespaces count; false when the program ends before.
    func waitUntilReady() async -> Bool {
        do {
            try await cancelledByShutdown { try await self.caches.waitUntilSynced() }
            return true
        } catch {
            return false
        }
    }

    /// What to do for a config now, and with which content.
    func next(for key: ConfigKey) -> (next: PendingWebhooks.Next, content: Fingerprint?) {
        let config = caches.config(key)
        let content = config?.fingerprint
        forgetIfLeaderHadTime(for: key)
        let next = pending.withLock { $0.next(for: key, current: content, at: timeline.now) }
        switch next {
        case .restored: skip(.contentRestored, key)
        // Asked again, because when the change came neither may have been known.
        case .send where !caches.isSelected(namespace: key.namespace) || config.flatMap(mutedReason) != nil:
            skip(.ignoredOrNotSelected, key)
            settle(key, told: content)
            return (.nothing, content)
        case .send(.deleted) where !options.reloadOnDelete: return (drop(key), content)
        case .send, .wait, .nothing: break
        }
        return (next, content)
    }

    /// Notes which content needs no further message.
    func settle(_ key: ConfigKey, told content: Fingerprint?) {
        departed.withLock { departed in
            // Read in here, so that a config that goes or comes back finds what was told in one place or the other.
            let current = caches.config(key)?.fingerprint
            pending.withLock { $0.settle(key, told: content, current: current) }
            if current == nil, let content { departed.correct(ConfigObject(key, fingerprint: content)) }
        }
    }

    /// Notes that a message may have been taken though it was not answered.
    func doubt(_ key: ConfigKey) { pending.withLock { $0.doubt(key) } }

    private func skip(_ reason: SkipReason, _ key: ConfigKey) {
        metrics.skipped(reason.rawValue)
        logger.debug(
            "No webhook for '\(key.name)' of type '\(key.type.tag)' in namespace '\(key.namespace)'",
            metadata: ["reason": "\(reason.rawValue)", "because": "\(reason.sentence)"])
    }
}
