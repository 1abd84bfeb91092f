import Synchronization

/// Decides which of many failed attempts to reach one server are worth a line in the log.
///
/// Every watch of a client notices an outage on its own; people need to read of it once in a while.
package final class OutageThrottle: Sendable {
    private static let interval = Duration.seconds(5)
    private let timeline: Timeline
    private let last = Mutex<Duration?>(nil)

    package init(_ timeline: Timeline = Timeline(ContinuousClock())) { self.timeline = timeline }

    /// Whether the last line is long enough ago; if so, this counts as the next.
    package func permitsLine() -> Bool {
        last.withLock { last in
            if let last, timeline.now - last < Self.interval { return false }
            last = timeline.now
            return true
        }
    }
}
