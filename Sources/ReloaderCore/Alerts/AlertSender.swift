import ControllerKit
import KubeClient
import Logging
import ServiceLifecycle
import Synchronization

/// Sends alerts one after the other, off the path of reloads.
///
/// ``send(_:)`` never waits: when ``limit`` alerts are under way, further ones are dropped and counted. An alert is sent
/// once; a failure is a line in the log, and the reload counts as success.
final class AlertSender: Service {
    /// How many alerts may wait.
    static let limit = 1000
    /// How long one exchange may take.
    static let timeout = Duration.seconds(10)
    // Less than what a shutdown may take in all.
    private static let grace = Duration.seconds(3)

    private let options: AlertOptions
    private let poster: any HTTPPoster
    private let metrics: ReloadMetrics
    private let timeline: Timeline
    private let logger: Logger
    private let waiting: AsyncStream<AlertMessage>
    private let entrance: AsyncStream<AlertMessage>.Continuation
    private let isOverflowing = Atomic(false)

    init(
        _ options: AlertOptions, poster: (any HTTPPoster)? = nil, metrics: ReloadMetrics, timeline: Timeline,
        logger: Logger, limit: Int = AlertSender.limit
    ) {
        self.options = options
        self.poster =
            poster
            ?? CurlHTTPClient(
                options.endpoint, proxyURL: options.proxyURL, timeout: Self.timeout,
                userAgent: ReloaderIdentity.fieldManager)
        self.metrics = metrics
        self.timeline = timeline
        self.logger = logger
        (waiting, entrance) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limit))
    }

    /// Takes an alert for sending.
    ///
    /// Safe to call from any task.
    func send(_ message: AlertMessage) {
        switch entrance.yield(message) {
        case .enqueued(let remaining):
            if remaining > 0 { isOverflowing.store(false, ordering: .relaxed) }
        case .dropped:
            metrics.alerted(.dropped)
            guard !isOverflowing.exchange(true, ordering: .relaxed) else { return }
            logger.warning("Alerts are dropped: \(options.endpoint) does not take them as fast as they come")
        case .terminated: metrics.alerted(.dropped)
        @unknown default: break
        }
    }

    /// Sends until cancelled; under graceful shutdown, what waits is sent for a few seconds more.
    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in for await message in waiting { await deliver(message) } }
            group.addTask { [self] in
                do {
                    try await untilShutdown()
                    entrance.finish()
                    try await timeline.sleep(for: Self.grace)
                } catch {
                    // Cancelled, which ends both.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func deliver(_ message: AlertMessage) async {
        // A stream hands out what it holds even to a task that is cancelled.
        guard !Task.isCancelled else { return metrics.alerted(.dropped) }
        let (contentType, body) = message.body(for: options.sink, additionalInfo: options.additionalInfo)
        do throws(HTTPPostError) {
            let answer = try await poster.post(body, contentType: contentType)
            if let failure = Self.failure(answer.status) { return report(failure) }
            metrics.alerted(.success)
        } catch .cancelled {
            metrics.alerted(.dropped)
        } catch {
            report("\(error)")
        }
    }

    /// Why a status means that the alert was not taken.
    ///
    /// v1.4.21 wants exactly 200 from Teams and Google Chat; but workflows of Teams, which have replaced its connectors,
    /// answer 202, so that every success would be told as a failure.
    private static func failure(_ status: Int) -> String? {
        switch status {
        case 200..<300: nil
        case 300..<400: "incorrect token (redirection)"
        default: "error sending msg. status: \(status)"
        }
    }

    private func report(_ failure: String) {
        metrics.alerted(.error)
        logger.error("Error sending alert: \(failure)", metadata: ["endpoint": "\(options.endpoint)"])
    }
}
