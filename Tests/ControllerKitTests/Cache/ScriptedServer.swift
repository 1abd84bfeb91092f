import ControllerKit
import KubeClient
import Synchronization

/// The other end of an informer's requests: a test takes each request as it comes and answers it step by step.
final class ScriptedServer: Sendable {
    /// One request that waits for its answer.
    struct Call: Sendable {
        enum Request: Sendable {
            case list(ListOptions, @Sendable (Sample) -> Void)
            case watch(WatchOptions, @Sendable (WatchEvent<Sample>) throws(KubeError) -> Void)
        }
        let id: Int
        let request: Request
        fileprivate let server: ScriptedServer

        /// The request as one line.
        var text: String {
            switch request {
            case .list(let options, _):
                let page = options.continueToken.map { " page \($0)" } ?? ""
                return "list \(options.consistency)\(page)\(options.limit.map { " limit \($0)" } ?? "")"
            case .watch(let options, _): return "watch \(options.start)"
            }
        }

        /// Sends list items.
        func send(_ items: Sample...) {
            guard case .list(_, let body) = request else { return }
            for item in items { body(item) }
        }

        /// Sends watch events.
        func send(_ events: WatchEvent<Sample>...) throws {
            guard case .watch(_, let body) = request else { return }
            for event in events { try body(event) }
        }

        /// Ends a list.
        func finish(at version: String, continue token: String? = nil) {
            let metadata = ListMetadata(resourceVersion: ResourceVersion(rawValue: version), continueToken: token)
            server.finish(id, .success(metadata))
        }

        /// Ends a watch cleanly.
        func end() { finish(at: "") }

        /// Ends the request with an error.
        func fail(_ error: KubeError) { server.finish(id, .failure(error)) }
    }

    private struct State {
        var lastID = 0
        var calls: [Call] = []
        var open: [Int: CheckedContinuation<Result<ListMetadata, KubeError>, Never>] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []
        var cancelled = 0
    }

    private let state = Mutex(State())

    /// How many requests ended because their task was cancelled.
    var cancelledCalls: Int { state.withLock { $0.cancelled } }

    var source: ReflectorSource<Sample> {
        ReflectorSource(
            list: { options, body async throws(KubeError) -> ListMetadata in
                try await self.perform(.list(options, body)).get()
            },
            watch: { options, body async throws(KubeError) -> Void in
                _ = try await self.perform(.watch(options, body)).get()
            })
    }

    /// The next request, as soon as it is made.
    func next() async -> Call {
        while true {
            let call = state.withLock { $0.calls.isEmpty ? nil : $0.calls.removeFirst() }
            if let call { return call }
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    if state.calls.isEmpty { state.waiters.append(continuation) }
                    return !state.calls.isEmpty
                }
                if isLate { continuation.resume() }
            }
        }
    }

    private func perform(_ request: Call.Request) async -> Result<ListMetadata, KubeError> {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isCancelled, waiters) = state.withLock { state -> (Bool, [CheckedContinuation<Void, Never>]) in
                    if Task.isCancelled { return (true, []) }
                    state.open[id] = continuation
                    state.calls.append(Call(id: id, request: request, server: self))
                    defer { state.waiters = [] }
                    return (false, state.waiters)
                }
                if isCancelled { continuation.resume(returning: .failure(KubeError(.cancelled, "cancelled"))) }
                for waiter in waiters { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.cancelled += 1 }
            finish(id, .failure(KubeError(.cancelled, "cancelled")))
        }
    }

    private func finish(_ id: Int, _ result: Result<ListMetadata, KubeError>) {
        state.withLock { $0.open.removeValue(forKey: id) }?.resume(returning: result)
    }
}
