public import CoreMetrics
import KubeClient
public import Logging
public import ServiceLifecycle
import Synchronization

/// Turns changes into keys and keys into reconciles.
///
/// Say what to watch, then start ``run()`` next to the informers, or give it to a ``ControllerManager``. Nothing is
/// reconciled before every watched informer is synced. A key is reconciled by one task at a time; a failed key comes
/// back after a back-off, for as long as it takes, and delays no other key.
public final class Controller<R: Reconciler>: Service {
    /// The name in logs and metrics.
    public let name: String
    /// Where keys wait; add keys here that come from elsewhere than ``watch(_:where:mapping:)``.
    public let queue: WorkQueue<R.Key>

    private let reconciler: R
    private let options: ControllerOptions
    private let logger: Logger
    private let metrics: ControllerMetrics
    private let timeline: Timeline
    private let lastID = Atomic<UInt64>(0)
    private let ownWrites: OwnWrites<R.Key>
    let triggers = Mutex(Triggers())

    /// Whether a manager with a leader elector runs it only while leading.
    var needsLeadership: Bool { options.needsLeadership }

    /// Creates a controller.
    ///
    /// - Parameters:
    ///   - name: The name in logs and metrics.
    ///   - reconciler: What is done for each key.
    ///   - options: How many at a time, and for how long.
    ///   - rateLimiter: How long a failed key waits.
    ///   - logger: Where failures are told; each attempt's logger comes from it.
    ///   - metrics: Where the `workqueue_*` and `controller_runtime_*` metrics go.
    ///   - clock: The clock of delays, time-outs and metrics.
    public init(
        _ name: String, reconciler: R, options: ControllerOptions = .init(),
        rateLimiter: any RateLimiter<R.Key> = ExponentialBackoff<R.Key>(), logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory, clock: any Clock<Duration> = ContinuousClock()
    ) {
        var logger = logger
        logger[metadataKey: "controller"] = "\(name)"
        let timeline = Timeline(clock)
        self.name = name
        self.reconciler = reconciler
        self.options = options
        self.logger = logger
        self.timeline = timeline
        ownWrites = OwnWrites(patience: options.ownWritePatience)
        self.metrics = ControllerMetrics(controller: name, concurrency: max(1, options.concurrency), factory: metrics)
        queue = WorkQueue(
            name: name, rateLimiter: rateLimiter, ageing: .init(), metrics: metrics, timeline: timeline)
    }

    /// Reconciles until the task is cancelled or the service group shuts down gracefully.
    ///
    /// On graceful shutdown no more keys are taken and the reconciles in hand are finished: what is still queued is
    /// dropped, because the next start looks at everything anyway. Cancellation is passed on to the reconciles in hand,
    /// and the controller may be run again afterwards.
    public func run() async throws {
        guard try await sourcesAreSynced() else { return }
        let workers = max(1, options.concurrency)
        logger.info("controller started", metadata: ["concurrency": "\(workers)"])
        try await withGracefulShutdownHandler {
            try await work(workers)
        } onGracefulShutdown: {
            // A service group that is cancelled also shuts its services down, from its own cancelled task. The queue must
            // outlive that: a controller that has lost leadership runs again, with the keys that came in between.
            guard !Task.isCancelled else { return }
            self.queue.shutDown(.dropReady)
            self.logger.info("controller stops", metadata: ["inHand": "\(self.queue.inHandCount)"])
        }
        try Task.checkCancellation()
    }

    /// Waits for every watched informer; false when the group shuts down before.
    private func sourcesAreSynced() async throws -> Bool {
        let preconditions = triggers.withLock { $0.preconditions }
        do {
            try await cancelledByShutdown {
                for waitUntilSynced in preconditions { try await waitUntilSynced() }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully && !Task.isCancelled {
            return false
        }
        return true
    }

    /// Runs the workers, and next to them what feeds the queue; returns when the workers are done.
    private func work(_ workers: Int) async throws {
        let feeds = triggers.withLock { $0.feeds }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for feed in feeds {
                group.addTask {
                    try await feed()
                    return false
                }
            }
            group.addTask {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<workers {
                        group.addTask {
                            while let lease = await self.queue.next() { await self.work(on: lease) }
                        }
                    }
                }
                return true
            }
            while try await group.next() == false {}
            group.cancelAll()
        }
    }

    private func work(on lease: consuming WorkQueue<R.Key>.Lease) async {
        let standing = ownWrites.standing(of: lease.key, at: timeline.now)
        if case .wait(let delay) = standing { return lease.postpone(for: delay) }
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        var logger = logger
        logger[metadataKey: "key"] = "\(lease.key)"
        logger[metadataKey: "attempt"] = "\(lease.attempt)"
        logger[metadataKey: "reconcileID"] = "\(id)"
        let key = lease.key
        let context = ReconcileContext(
            logger: logger, attempt: lease.attempt, priority: lease.priority, id: id,
            isCacheBehind: standing == .behind, waitsForWrites: options.ownWritePatience > .zero
        ) {
            [ownWrites, timeline] in ownWrites.note(key, at: timeline.now, isSeen: $0)
        }
        let start = timeline.now
        metrics.began()
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await reconcile(key, context))
        } catch {
            result = .failure(error)
        }
        metrics.ended(after: timeline.now - start)
        switch result {
        case .success(let outcome):
            metrics.count(outcome == .done ? .success : .requeueAfter)
            lease.finish(outcome)
        case .failure(let error as TerminalError):
            metrics.countError(isTerminal: true, isTimeout: false)
            logger.error("reconcile failed for good, waiting for the next change", metadata: ["error": "\(error)"])
            lease.abandon()
        case .failure(let error) where Task.isCancelled:
            // The program ends, not the work: no failure to tell, but the key is due again if there is another run.
            logger.debug("reconcile cancelled", metadata: ["error": "\(error)"])
            lease.fail()
        case .failure(let error):
            metrics.countError(isTerminal: false, isTimeout: error is ReconcileTimeout)
            let delay = lease.fail(atLeast: .asked((error as? KubeError)?.status?.retryAfterSeconds))
            logger.warning(
                "reconcile failed, trying again", metadata: ["error": "\(error)", "after": "\(delay.seconds)s"])
        }
    }

    private func reconcile(_ key: R.Key, _ context: ReconcileContext) async throws -> Outcome {
        guard let timeout = options.reconcileTimeout else { return try await reconciler.reconcile(key, context) }
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await self.reconciler.reconcile(key, context) }
            group.addTask {
                try await self.timeline.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let outcome = try await group.next() ?? nil else { throw ReconcileTimeout(limit: timeout) }
            return outcome
        }
    }
}

/// A reconcile took longer than ``ControllerOptions/reconcileTimeout`` and was cancelled.
struct ReconcileTimeout: Error, CustomStringConvertible {
    var limit: Duration
    var description: String { "took longer than the limit of \(limit.seconds) s" }
}
