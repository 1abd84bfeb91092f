import ControllerKit
import KubeClient
import Logging
import Synchronization

/// Follows the generations of the Deployments: each reload of a template raises one.
final class Rollouts: Sendable {
    private struct Waiter {
        var isDone: @Sendable ([String: Int]) -> Bool
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var generations: [String: Int] = [:]
        var waiters: [Int: Waiter] = [:]
        var count = 0
    }

    private let informer: Informer<ObjectMetadata>
    private let state = Mutex(State())

    init(_ stage: Stage, logger: Logger) {
        informer = Informer(
            stage.client.resource(.deployments), scope: .namespace(stage.namespace), logger: logger)
        informer.observe { [weak self] change in
            if let object = change.new { self?.note(change.key.name, object.generation ?? 0) }
        }
    }

    /// The generation of each Deployment.
    var generations: [String: Int] { state.withLock { $0.generations } }

    /// Follows them while `body` runs.
    func whileFollowing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [informer] in try? await informer.run() }
            try await informer.waitUntilSynced()
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Waits until the generations satisfy a condition; false when the time is over before.
    func wait(atMost limit: Duration, until isDone: @escaping @Sendable ([String: Int]) -> Bool) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.suspend(until: isDone) }
            group.addTask {
                try? await Task.sleep(for: limit)
                return false
            }
            let result = await group.next() ?? false
            group.cancelAll()
            return result
        }
    }

    private func suspend(until isDone: @escaping @Sendable ([String: Int]) -> Bool) async -> Bool {
        let id = state.withLock { state in
            state.count += 1
            return state.count
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let result = state.withLock { state -> Bool? in
                    if isDone(state.generations) { return true }
                    if Task.isCancelled { return false }
                    state.waiters[id] = Waiter(isDone: isDone, continuation: continuation)
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(returning: false)
        }
    }

    private func note(_ name: String, _ generation: Int) {
        let due = state.withLock { state -> [Waiter] in
            state.generations[name] = generation
            let due = state.waiters.filter { $0.value.isDone(state.generations) }
            for id in due.keys { state.waiters[id] = nil }
            return Array(due.values)
        }
        for waiter in due { waiter.continuation.resume(returning: true) }
    }
}
