import ControllerKit
import CoreMetrics
import KubeClient
import Logging

/// What runs instead of reloads when there is a webhook.
struct WebhookMode: Sendable {
    // One endpoint takes it all; it should not be called more often at a time than a small server bears.
    private static let concurrency = 4

    private let coordinator: WebhookCoordinator
    private let controller: Controller<WebhookReconciler>

    /// Creates the mode; nil when the options ask for reloads.
    init?(
        options: ReloaderOptions, caches: ClusterCaches, reloadMetrics: ReloadMetrics, metrics: any MetricsFactory,
        isStandingBy: @escaping @Sendable () -> Bool, followsItself: @escaping @Sendable () -> Bool,
        clock: any Clock<Duration>, logger: Logger
    ) {
        guard let endpoint = options.webhook?.endpoint else { return nil }
        coordinator = WebhookCoordinator(
            options: options, caches: caches, metrics: reloadMetrics, isStandingBy: isStandingBy,
            followsItself: followsItself, timeline: Timeline(clock), logger: logger)
        let poster: any HTTPPoster =
            options.dryRun
            ? DryRunPoster()
            : CurlHTTPClient(endpoint, timeout: WebhookReconciler.timeout, userAgent: ReloaderIdentity.fieldManager)
        controller = Controller(
            "webhook",
            reconciler: WebhookReconciler(
                coordinator: coordinator, endpoint: endpoint, poster: poster, logger: logger),
            options: ControllerOptions(concurrency: Self.concurrency),
            rateLimiter: ExponentialBackoff(base: .milliseconds(500), cap: .seconds(120)), logger: logger,
            metrics: metrics, clock: clock)
    }

    /// Makes it part of a manager that has the caches.
    func install(in manager: inout ControllerManager) {
        coordinator.observe(feeding: controller.queue)
        // Before the controller: what comes first stops last.
        manager.add(EndOfTerm { [coordinator] in coordinator.termEnded() }, needsLeadership: true)
        manager.add(controller)
    }
}
