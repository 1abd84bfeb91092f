import Synchronization

/// A clock that stands still until a test moves it.
///
/// Tasks that sleep on it wake in the order of their deadlines when ``advance(by:)`` passes them. A test that moves the
/// clock before the code under test has gone to sleep would miss it: wait for that with ``waitForSleepers(_:)``.
/// Safe to use from any task.
public final class ManualClock: Clock, Sendable {
    /// A point on the clock, counted from its creation.
    public struct Instant: InstantProtocol {
        /// The time since the clock's creation.
        public var offset: Duration

        /// Creates an instant by its distance from the clock's creation.
        public init(offset: Duration = .zero) { self.offset = offset }
        /// The instant that lies `duration` later.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        /// The time from this instant to another.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether `lhs` is earlier.
        public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct Sleeper {
        var id: UInt64
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        var id: UInt64
        var count: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant()
        var nextID: UInt64 = 0
        // In the order of their deadlines, equal ones in the order of arrival.
        var sleepers: [Sleeper] = []
        var watchers: [Watcher] = []
        // Sleeps that were cancelled before they were entered.
        var cancelled: Set<UInt64> = []

        mutating func makeID() -> UInt64 {
            nextID += 1
            return nextID
        }

        mutating func takeSatisfiedWatchers() -> [CheckedContinuation<Void, any Error>] {
            let count = sleepers.count
            let satisfied = watchers.filter { $0.count <= count }.map(\.continuation)
            watchers.removeAll { $0.count <= count }
            return satisfied
        }
    }

    private let state = Mutex(State())

    /// Creates a clock that shows zero.
    public init() {}

    /// What the clock shows.
    public var now: Instant { state.withLock { $0.now } }
    /// One nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }
    /// How many tasks sleep on the clock.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }
    /// How long until the next sleeper is due; nil when nobody sleeps.
    public var timeToNextSleeper: Duration? {
        state.withLock { state in state.sleepers.first.map { state.now.duration(to: $0.deadline) } }
    }

    /// Moves the clock and wakes who is due.
    ///
    /// The woken tasks run later: one that goes to sleep again counts from the new time.
    public func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let end = state.sleepers.firstIndex { $0.deadline > now } ?? state.sleepers.endIndex
            let due = Array(state.sleepers[..<end])
            state.sleepers.removeFirst(end)
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Suspends until the clock passes `deadline`; throws `CancellationError` when the task is cancelled before.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let id = state.withLock { $0.makeID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                enter(Sleeper(id: id, deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Suspends until at least `count` tasks sleep on the clock.
    public func waitForSleepers(_ count: Int = 1) async throws(CancellationError) {
        let id = state.withLock { $0.makeID() }
        do {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                    enter(Watcher(id: id, count: count, continuation: continuation))
                }
            } onCancel: {
                cancel(id)
            }
        } catch {
            throw CancellationError()
        }
    }

    private enum Entry { case stays, isDue, isCancelled }

    private func enter(_ sleeper: Sleeper) {
        let (entry, satisfied) = state.withLock { state -> (Entry, [CheckedContinuation<Void, any Error>]) in
            if state.cancelled.remove(sleeper.id) != nil { return (.isCancelled, []) }
            if sleeper.deadline <= state.now { return (.isDue, []) }
            let position = state.sleepers.firstIndex { $0.deadline > sleeper.deadline } ?? state.sleepers.endIndex
            state.sleepers.insert(sleeper, at: position)
            return (.stays, state.takeSatisfiedWatchers())
        }
        switch entry {
        case .stays: break
        case .isDue: sleeper.continuation.resume()
        case .isCancelled: sleeper.continuation.resume(throwing: CancellationError())
        }
        for continuation in satisfied { continuation.resume() }
    }

    private func enter(_ watcher: Watcher) {
        let entry = state.withLock { state -> Entry in
            if state.cancelled.remove(watcher.id) != nil { return .isCancelled }
            if state.sleepers.count >= watcher.count { return .isDue }
            state.watchers.append(watcher)
            return .stays
        }
        switch entry {
        case .stays: break
        case .isDue: watcher.continuation.resume()
        case .isCancelled: watcher.continuation.resume(throwing: CancellationError())
        }
    }

    private func cancel(_ id: UInt64) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            if let index = state.sleepers.firstIndex(where: { $0.id == id }) {
                return state.sleepers.remove(at: index).continuation
            }
            if let index = state.watchers.firstIndex(where: { $0.id == id }) {
                return state.watchers.remove(at: index).continuation
            }
            state.cancelled.insert(id)
            return nil
        }
        continuation?.resume(throwing: CancellationError())
    }
}
