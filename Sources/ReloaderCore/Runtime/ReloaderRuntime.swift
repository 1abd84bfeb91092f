public import ControllerKit
public import CoreMetrics
public import KubeClient
public import Logging
import ServiceLifecycle

/// A whole Reloader: informers, reverse index, queue, reconciler and Events, ready to be put into a manager.
///
/// One API server, one set of options. Nothing is asked of the server before the manager runs.
public struct ReloaderRuntime: Sendable {
    private let caches: ClusterCaches
    private let coordinator: ReloadCoordinator
    private let controller: Controller<ReloadReconciler>
    private let listings: Controller<NamespaceListing>
    private let pauses: DeploymentPauses
    private let annotations: AnnotationReporter
    private let recorder: EventRecorder
    private let alerts: AlertSender?
    private let webhooks: WebhookMode?
    private let metaInfo: MetaInfoPublisher?
    private let takeover: Takeover
    private let isDryRun: Bool
    private let isStandingBy: @Sendable () -> Bool

    /// Creates a Reloader.
    ///
    /// - Parameters:
    ///   - client: The API server to watch and write.
    ///   - options: What is watched and how it is reloaded.
    ///   - metrics: Where the `reloader_*`, `workqueue_*` and `controller_runtime_*` metrics go.
    ///   - countsByNamespace: Whether reloads are also counted for each namespace.
    ///   - leaderElector: The one that the manager has, so that a standby knows that it is one; nil when there is none.
    ///   - clock: The clock of delays and back-off.
    ///   - wallClock: The time that is written into annotations and Events.
    ///   - logger: Where reloads and failures are told.
    public init(
        client: KubeClient, options: ReloaderOptions = .init(), metrics: any MetricsFactory = MetricsSystem.factory,
        countsByNamespace: Bool = false, leaderElector: LeaderElector? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        wallClock: @escaping @Sendable () -> Timestamp = Timestamp.now, logger: Logger
    ) {
        self.init(
            client: client, options: options, metrics: metrics, countsByNamespace: countsByNamespace,
            leaderElector: leaderElector, clock: clock, informerClock: ContinuousClock(), wallClock: wallClock,
            logger: logger)
    }

    /// The same, with a clock of their own for the pauses of informers.
    package init(
        client: KubeClient, options: ReloaderOptions, metrics: any MetricsFactory, countsByNamespace: Bool = false,
        leaderElector: LeaderElector?, clock: any Clock<Duration>, informerClock: any Clock<Duration>,
        wallClock: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        var options = options
        // Nothing is applied in a dry run, so there is nothing to remember.
        if options.dryRun { options.ledger = nil }
        let policy = options.policy
        caches = ClusterCaches(
            client: client, options: options, policy: policy, clock: informerClock, logger: logger)
        let reloadMetrics = ReloadMetrics(factory: metrics, countsByNamespace: countsByNamespace)
        let isStandingBy: @Sendable () -> Bool = { leaderElector.map { !$0.isLeader } ?? false }
        self.isStandingBy = isStandingBy
        let followsItself: @Sendable () -> Bool = { leaderElector?.followsItself ?? false }
        coordinator = ReloadCoordinator(
            options: options, policy: policy, caches: caches, metrics: reloadMetrics,
            isStandingBy: isStandingBy, followsItself: followsItself, timeline: Timeline(clock), logger: logger)
        isDryRun = options.dryRun
        // An alert would tell people, and the ConfigMap tools, of what was not done; the installation that does it may run beside.
        alerts = (isDryRun ? nil : options.alerts).map {
            AlertSender($0, metrics: reloadMetrics, timeline: Timeline(clock), logger: logger)
        }
        webhooks = WebhookMode(
            options: options, caches: caches, reloadMetrics: reloadMetrics, metrics: metrics,
            isStandingBy: isStandingBy, followsItself: followsItself, clock: clock, logger: logger)
        metaInfo = (isDryRun ? nil : options.metaInfo).map {
            MetaInfoPublisher(info: $0, client: client, logger: logger)
        }
        pauses = DeploymentPauses(
            client: client, options: options, caches: caches, reloadMetrics: reloadMetrics,
            metrics: metrics, clock: clock, wallClock: wallClock, logger: logger)
        recorder = EventRecorder(client: client, now: wallClock, logger: logger)
        annotations = AnnotationReporter(policy: policy, recorder: recorder, logger: logger)
        let writers = WorkloadWriters(
            client: client, keys: options.annotationKeys, pauses: pauses, isDryRun: isDryRun, wallClock: wallClock)
        controller = Controller(
            "reloader",
            reconciler: ReloadReconciler(
                coordinator: coordinator, writers: writers, recorder: recorder, annotations: annotations,
                alerts: alerts, wallClock: wallClock, logger: logger),
            options: ControllerOptions(concurrency: options.concurrentWrites),
            // A server that is down for minutes must not be asked a hundred times a second, and a reload must not wait
            // a quarter of an hour once it is back.
            rateLimiter: ExponentialBackoff(base: .milliseconds(250), cap: .seconds(120)), logger: logger,
            metrics: metrics, clock: clock)
        listings = Controller(
            "workload-lists",
            reconciler: NamespaceListing(coordinator: coordinator, client: client, workloads: controller.queue),
            options: ControllerOptions(concurrency: 4),
            rateLimiter: ExponentialBackoff(base: .milliseconds(250), cap: .seconds(120)), logger: logger,
            metrics: metrics, clock: clock)
        let keeper: LedgerKeeper? =
            if let ledger = options.ledger {
                LedgerKeeper(
                    store: LedgerStore(
                        client: client, options: ledger, ignoreKey: options.annotationKeys.ignore, logger: logger),
                    coordinator: coordinator, feeds: .init(workloads: controller.queue, listings: listings.queue),
                    timeline: Timeline(clock), logger: logger)
            } else {
                nil
            }
        takeover = Takeover(
            recreation: writers.recreation, keeper: keeper, coordinator: coordinator, workloads: controller.queue,
            timeline: Timeline(clock), logger: logger)
    }

    /// Makes everything part of a manager.
    ///
    /// Call once.
    public func install(in manager: inout ControllerManager) {
        caches.install(in: &manager)
        if let metaInfo { manager.add(metaInfo) }
        if !isDryRun { pauses.install(in: &manager) }
        if let webhooks { return webhooks.install(in: &manager) }
        let feeds = ReloadCoordinator.Feeds(workloads: controller.queue, listings: listings.queue)
        coordinator.observe(feeding: feeds)
        // A standby collects what the leader does: nothing waits for it.
        coordinator.metrics.reportDepth { [isStandingBy, queue = controller.queue] in isStandingBy() ? 0 : queue.depth }
        annotations.observe(caches)
        manager.add(recorder)
        manager.add(annotations, needsLeadership: true)
        if let alerts { manager.add(alerts) }
        manager.add(CatchUp(coordinator: coordinator, feeds: feeds))
        // Before the controllers: what comes first stops last.
        if !isDryRun { manager.add(takeover, needsLeadership: true) }
        manager.add(listings)
        manager.add(controller)
    }

    /// Waits until all that is watched has been listed once, or cannot be had; throws when cancelled.
    public func waitUntilSynced() async throws { try await caches.waitUntilAllSynced() }
}

/// Looks up, once the workloads are known, what changed before that.
private struct CatchUp: Service, CustomStringConvertible {
    let coordinator: ReloadCoordinator
    let feeds: ReloadCoordinator.Feeds

    var description: String { "changes before the start" }

    func run() async throws {
        do {
            try await cancelledByShutdown {
                try await coordinator.catchUp(feeding: feeds)
                // A service that returns ends the program.
                try await untilShutdown()
            }
        } catch is CancellationError where !Task.isCancelled {
            // Shut down before the workloads were known: nothing is lost, nothing was done yet.
        }
    }
}
