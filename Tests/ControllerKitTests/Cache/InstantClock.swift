import Synchronization
import TestSupport

/// A clock whose sleeps are over at once unless it is held, but for those of a guard that nothing should need.
final class InstantClock: Clock, Sendable {
    private struct State {
        var isHeld = false
        var lastID = 0
        var sleepers: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())

    var now: TestInstant { TestInstant() }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// From now on sleeps last until ``letGo()``.
    func hold() { state.withLock { $0.isHeld = true } }

    func letGo() {
        let sleepers = state.withLock { state in
            defer { state.sleepers = [:] }
            state.isHeld = false
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.resume() }
    }

    func sleep(until deadline: TestInstant, tolerance: Duration?) async throws {
        // Ten seconds is the guard of a streaming list.
        guard deadline.offset != .seconds(10) else {
            let forever = AsyncStream<Never> { _ in }
            for await _ in forever {}
            throw CancellationError()
        }
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if !state.isHeld { return .success(()) }
                    state.sleepers[id] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }
}
