import ServiceLifecycle
import Synchronization

/// Runs `operation`, cancelled when the surrounding service group shuts down gracefully.
///
/// As ServiceLifecycle's `cancelWhenGracefulShutdown(_:)`, whose own end goes through a task outside of the caller's: with
/// this one everything stays on the executor of the caller, where a test can put it.
package func cancelledByShutdown<Result: Sendable>(
    _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            await ShutdownSignal().wait()
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
            group.cancelAll()
        }
        // The operation returns or throws before its group is empty.
        throw CancellationError()
    }
}

/// Suspends until the surrounding service group shuts down gracefully; throws when the task is cancelled before.
package func untilShutdown() async throws(CancellationError) {
    await ShutdownSignal().wait()
    if Task.isCancelled { throw CancellationError() }
}

/// One wait for the end, whichever it is.
private final class ShutdownSignal: Sendable {
    private enum State {
        case quiet
        case waiting(CheckedContinuation<Void, Never>)
        case given
    }

    private let state = Mutex(State.quiet)

    func wait() async {
        await withTaskCancellationOrGracefulShutdownHandler {
            await withCheckedContinuation { continuation in
                let isGiven = state.withLock { state in
                    if case .given = state { return true }
                    state = .waiting(continuation)
                    return false
                }
                if isGiven { continuation.resume() }
            }
        } onCancelOrGracefulShutdown: {
            self.give()
        }
    }

    private func give() {
        let old = state.withLock { state in
            defer { state = .given }
            return state
        }
        if case .waiting(let continuation) = old { continuation.resume() }
    }
}
