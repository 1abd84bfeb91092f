import Synchronization

/// Lets one task do what many want done, and gives all of them its result.
///
/// The first caller works; those that come meanwhile wait. When the worker is cancelled, one of those that wait takes over.
final class SingleFlight<Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Value, KubeError>?, Never>

    private struct State {
        var isRunning = false
        var lastID = 0
        // In the order of their coming.
        var waiters: [(id: Int, waiter: Waiter)] = []
    }

    private let state = Mutex(State())

    /// The result of `body`, run by this task or by another that began before.
    func run(
        _ body: @Sendable () async -> Result<Value, KubeError>
    ) async throws(KubeError) -> Value {
        while true {
            if Task.isCancelled { throw KubeError(.cancelled, "cancelled while waiting for a credential") }
            if begin() {
                let result = await body()
                end(result)
                return try result.get()
            }
            if let result = await wait() { return try result.get() }
        }
    }

    private func begin() -> Bool {
        state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
    }

    private func end(_ result: Result<Value, KubeError>) {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.isRunning = false
            return state.waiters.map(\.waiter)
        }
        var shared: Result<Value, KubeError>? = result
        // That the worker gave up says nothing to the others.
        if case .failure(let error) = result, error.code == .cancelled { shared = nil }
        for waiter in waiters { waiter.resume(returning: shared) }
    }

    /// The worker's result; nil when it is to be asked for again.
    private func wait() async -> Result<Value, KubeError>? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let isWaiting = state.withLock { state in
                    // The worker may have ended since; the cancellation may have come before the waiter.
                    guard state.isRunning, !Task.isCancelled else { return false }
                    state.waiters.append((id, waiter))
                    return true
                }
                if !isWaiting { waiter.resume(returning: nil) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).waiter }
            }
            waiter?.resume(returning: nil)
        }
    }
}
