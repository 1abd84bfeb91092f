import Synchronization

/// A clock on which every sleep is over at once, but still gives way to other tasks; it notes how long they were.
package final class NotingClock: Clock {
    private let state = Mutex<(now: TestInstant, sleeps: [Duration])>((TestInstant(), []))

    package init() {}

    package var now: TestInstant { state.withLock { $0.now } }
    package var minimumResolution: Duration { .nanoseconds(1) }
    package var sleeps: [Duration] { state.withLock { $0.sleeps } }

    package func sleep(until deadline: TestInstant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(state.now.duration(to: deadline))
            state.now = max(state.now, deadline)
        }
        await Task.yield()
    }
}
