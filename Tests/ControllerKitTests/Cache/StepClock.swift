import Synchronization

/// A clock that a test moves from one sleep to the next.
final class StepClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset = Duration.zero
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct Sleeper {
        var id: Int
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant()
        var lastID = 0
        var sleepers: [Sleeper] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(Sleeper(id: id, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    private func enter(_ sleeper: Sleeper) {
        enum Entry { case sleeps, isDue, isCancelled }
        let (entry, waiters) = state.withLock { state -> (Entry, [CheckedContinuation<Void, Never>]) in
            if Task.isCancelled { return (.isCancelled, []) }
            if sleeper.deadline <= state.now { return (.isDue, []) }
            state.sleepers.append(sleeper)
            defer { state.waiters = [] }
            return (.sleeps, state.waiters)
        }
        switch entry {
        case .sleeps: break
        case .isDue: sleeper.continuation.resume()
        case .isCancelled: sleeper.continuation.resume(throwing: CancellationError())
        }
        for waiter in waiters { waiter.resume() }
    }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            defer { state.sleepers.removeAll { $0.deadline <= now } }
            return state.sleepers.filter { $0.deadline <= now }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits for somebody to sleep and tells for how long; the clock stands still.
    func nextSleep() async -> Duration {
        while true {
            let length = state.withLock { state in
                state.sleepers.map { state.now.duration(to: $0.deadline) }.min()
            }
            if let length { return length }
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    if state.sleepers.isEmpty { state.waiters.append(continuation) }
                    return !state.sleepers.isEmpty
                }
                if isLate { continuation.resume() }
            }
        }
    }

    /// Waits for somebody to sleep, moves the clock to the end of that sleep, and tells how long it was.
    @discardableResult
    func passNextSleep() async -> Duration {
        let length = await nextSleep()
        advance(by: length)
        return length
    }
}
