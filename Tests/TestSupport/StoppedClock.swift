import Synchronization

/// A clock that only moves when told to.
package final class StoppedClock: Clock {
    private let offset = Mutex(Duration.zero)

    package init() {}

    package var now: TestInstant { TestInstant(offset: offset.withLock { $0 }) }
    package var minimumResolution: Duration { .nanoseconds(1) }

    package func advance(by duration: Duration) { offset.withLock { $0 += duration } }

    package func sleep(until deadline: TestInstant, tolerance: Duration?) async throws { throw CancellationError() }
}
