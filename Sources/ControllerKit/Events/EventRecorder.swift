import CoreMetrics
public import KubeClient
public import Logging
public import ServiceLifecycle
import Synchronization

/// Writes Kubernetes Events about objects, off the caller's path.
///
/// ``record(_:)`` never blocks and never fails: when more than ``limit`` events wait, further ones are dropped and counted
/// in `event_recorder_dropped_total`. Equal events within ten minutes are one Event whose `count` grows. Events are a
/// courtesy: a refused one is logged once for each reason and forgotten. There is no bucket for each object, as client-go's
/// spam filter has (25, then one in five minutes): what a controller has done is not dropped for having been done often, and
/// one request at a time bounds what the server gets. Needs the right `create` on events, and `patch`
/// for counting. Source: core/v1 Event.
public final class EventRecorder: Service {
    private struct State {
        var series: EventSeries
        var isClosed = false
        var consumer: CheckedContinuation<Void, Never>?
        var reportedFailures: Set<Int> = []
    }

    /// How many events may wait to be written.
    public let limit: Int
    private let events: ResourceClient<ObjectMetadata>
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// Creates a recorder; nothing is written before ``run()``.
    public init(
        client: KubeClient, limit: Int = 1000, now: @escaping @Sendable () -> Timestamp = Timestamp.now, logger: Logger
    ) {
        self.events = client.resource(.events)
        self.limit = limit
        self.now = now
        self.logger = logger
        state = Mutex(State(series: EventSeries(limit: limit)))
    }

    /// Takes an event for writing.
    ///
    /// Safe to call from any thread.
    public func record(_ event: RecordedEvent) {
        var event = event
        event.time = event.time ?? now()
        let (consumer, dropped) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            guard !state.isClosed, state.series.add(event) else { return (nil, true) }
            return (state.consumer.take(), false)
        }
        if dropped { Counter(label: "event_recorder_dropped_total").increment() }
        consumer?.resume()
    }

    /// Writes events until cancelled; under graceful shutdown what is waiting is written first.
    ///
    /// May be run again afterwards, and then writes what was recorded in between, too.
    public func run() async throws {
        defer { state.withLock { $0.isClosed = false } }
        await withTaskCancellationOrGracefulShutdownHandler {
            while let write = await next() { await perform(write) }
        } onCancelOrGracefulShutdown: {
            let consumer = self.state.withLock { state in
                state.isClosed = true
                return state.consumer.take()
            }
            consumer?.resume()
        }
    }

    private func perform(_ write: EventSeries.Write) async {
        var write = write
        while true {
            do throws(KubeError) {
                let answer: ObjectMetadata
                if let name = write.name {
                    let namespace = write.event.namespace
                    answer = try await events.patch(
                        ObjectKey(namespace: namespace, name: name), .merge(write.occurrences.patch))
                } else {
                    answer = try await events.create(
                        write.event.body(write.occurrences), in: .namespace(write.event.namespace))
                }
                return state.withLock { $0.series.succeeded(write, name: answer.name) }
            } catch {
                guard let instead = state.withLock({ $0.series.failed(write, error) }) else { return report(error) }
                write = instead
            }
        }
    }

    private func next() async -> EventSeries.Write? {
        while !Task.isCancelled {
            let (write, isClosed) = state.withLock { ($0.series.next(), $0.isClosed) }
            if let write { return write }
            if isClosed { return nil }
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Bool in
                    guard state.series.isEmpty, !state.isClosed else { return true }
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
