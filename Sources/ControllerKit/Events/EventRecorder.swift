import CoreMetrics
public import KubeClient
public import Logging
public import ServiceLifecycle
import Synchronization

/// Writes Kubernetes Events about objects, off the caller's path.
///
/// ``record(_:)`` never blocks and never fails: when more than ``limit`` events wait, further ones are dropped and counted
/// in `event_recorder_dropped_total`. Events are a courtesy: a refused one is logged once for each reason and forgotten.
/// Source: core/v1 Event.
public final class EventRecorder: Service {
    private struct State {
        var waiting: [RecordedEvent] = []
        var isClosed = false
        var consumer: CheckedContinuation<Void, Never>?
        var reportedFailures: Set<Int> = []
    }

    /// How many events may wait to be written.
    public let limit: Int
    private let events: ResourceClient<ObjectMetadata>
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// Creates a recorder; nothing is written before ``run()``.
    public init(
        client: KubeClient, limit: Int = 1000, now: @escaping @Sendable () -> Timestamp = Timestamp.now, logger: Logger
    ) {
        self.events = client.resource(.events)
        self.limit = limit
        self.now = now
        self.logger = logger
    }

    /// Takes an event for writing.
    ///
    /// Safe to call from any thread.
    public func record(_ event: RecordedEvent) {
        var event = event
        event.time = event.time ?? now()
        let (consumer, dropped) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            guard state.waiting.count < limit, !state.isClosed else { return (nil, true) }
            state.waiting.append(event)
            return (state.consumer.take(), false)
        }
        if dropped { Counter(label: "event_recorder_dropped_total").increment() }
        consumer?.resume()
    }

    /// Writes events until cancelled; under graceful shutdown what is waiting is written first.
    public func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            while let event = await next() {
                do throws(KubeError) {
                    try await events.create(event.body, in: event.regarding.key.scope)
                } catch {
                    report(error)
                }
            }
        } onCancelOrGracefulShutdown: {
            let consumer = self.state.withLock { state in
                state.isClosed = true
                return state.consumer.take()
            }
            consumer?.resume()
        }
    }

    private func next() async -> RecordedEvent? {
        while !Task.isCancelled {
            let (event, isClosed) = state.withLock { state in
                (state.waiting.isEmpty ? nil : state.waiting.removeFirst(), state.isClosed)
            }
            if let event { return event }
            if isClosed { return nil }
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Bool in
                    guard state.waiting.isEmpty, !state.isClosed else { return true }
                    state.consumer = continuation
                    return false
                }
                if ready { continuation.resume() }
            }
        }
        return nil
    }

    private func report(_ error: KubeError) {
        guard error.code != .cancelled else { return }
        let isNew = state.withLock { $0.reportedFailures.insert(error.status?.code ?? 0).inserted }
        if isNew { logger.warning("Events cannot be written, which changes nothing else: \(error)") }
    }
}
