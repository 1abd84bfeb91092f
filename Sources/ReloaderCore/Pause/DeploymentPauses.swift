import ControllerKit
import CoreMetrics
import KubeClient
import Logging
import ServiceLifecycle

/// The pause periods of a Reloader: what pauses before a reload, and what resumes.
///
/// In webhook mode nothing pauses, but what an earlier run has paused is resumed.
struct DeploymentPauses: Sendable {
    private let caches: ClusterCaches
    private let client: KubeClient
    private let keys: AnnotationKeys
    private let reloadMetrics: ReloadMetrics
    private let wallClock: @Sendable () -> Timestamp
    private let logger: Logger
    private let scopes: [Scope]
    private let controller: Controller<PauseReconciler>
    private let searches: Controller<PauseSearch>

    init(
        client: KubeClient, options: ReloaderOptions, caches: ClusterCaches, reloadMetrics: ReloadMetrics,
        metrics: any MetricsFactory, clock: any Clock<Duration>, wallClock: @escaping @Sendable () -> Timestamp,
        logger: Logger
    ) {
        let keys = options.annotationKeys
        (self.caches, self.client, self.keys, scopes) = (caches, client, keys, options.scopes)
        (self.reloadMetrics, self.wallClock, self.logger) = (reloadMetrics, wallClock, logger)
        controller = Controller(
            "deployment-pauses",
            reconciler: PauseReconciler(
                caches: caches, client: client, keys: keys, metrics: reloadMetrics, wallClock: wallClock, logger: logger
            ),
            options: ControllerOptions(concurrency: 4),
            rateLimiter: ExponentialBackoff(base: .milliseconds(250), cap: .seconds(120)), logger: logger,
            metrics: metrics, clock: clock)
        searches = Controller(
            "deployment-pause-searches",
            reconciler: PauseSearch(caches: caches, client: client, keys: keys, pauses: controller.queue),
            rateLimiter: ExponentialBackoff(base: .milliseconds(250), cap: .seconds(120)), logger: logger,
            metrics: metrics, clock: clock)
    }

    /// `base`, preceded by a pause where a Deployment asks for one.
    func pausing(_ base: any WorkloadWriter) -> any WorkloadWriter {
        PausingWrite(
            base, client: client, keys: keys, wallClock: wallClock, pauses: controller.queue, metrics: reloadMetrics,
            logger: logger)
    }

    /// Makes everything part of a manager.
    ///
    /// Call once, before the informers run.
    func install(in manager: inout ControllerManager) {
        for cache in caches.workloads where cache.kind == .deployment {
            cache.observe { [keys, queue = controller.queue] key, old, new in
                guard let new else { return }
                let pause = DeploymentPause(new, keys)
                // A standby collects them as well, so that it can go on where a leader has ended.
                if pause.concerns, old.map({ DeploymentPause($0, keys) }) != pause { queue.add(key.object) }
            }
        }
        manager.add(Search(caches: caches, scopes: scopes, queue: searches.queue), needsLeadership: true)
        manager.add(searches)
        manager.add(controller)
    }

    /// Starts a search whenever this process begins to act.
    private struct Search: Service, CustomStringConvertible {
        let caches: ClusterCaches
        let scopes: [Scope]
        let queue: WorkQueue<Scope>

        var description: String { "search for paused deployments" }

        func run() async throws {
            do {
                try await cancelledByShutdown {
                    try await caches.waitUntilSynced()
                    for scope in scopes where caches.listsDeployments(in: scope) { queue.add(scope) }
                    // A service that returns ends the program.
                    try await untilShutdown()
                }
            } catch is CancellationError where !Task.isCancelled {
                // Shut down before the workloads were known.
            }
        }
    }
}
