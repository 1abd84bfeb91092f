import KubeClient
import Synchronization

/// The object that was looked for.
final class Found: Sendable {
    private let state = Mutex<UnstructuredObject?>(nil)
    var object: UnstructuredObject? { state.withLock { $0 } }
    func set(_ object: UnstructuredObject) { state.withLock { $0 = object } }
}

/// The body of an answer, in memory.
final class CollectedAnswer: ResponseReceiver {
    private let state = Mutex<[UInt8]>([])
    var body: [UInt8] { state.withLock { $0 } }

    func receive(_ head: HTTPResponseHead) {}
    func receive(_ bytes: RawSpan) {
        state.withLock { state in unsafe bytes.withUnsafeBytes { unsafe state.append(contentsOf: $0) } }
    }
}

/// Things in the order in which they came, from any thread.
final class Journal<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiters: [(isDone: @Sendable ([Element]) -> Bool, waiter: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    var elements: [Element] { state.withLock { $0.elements } }

    func append(_ element: Element) {
        let due = state.withLock { state in
            state.elements.append(element)
            let due = state.waiters.filter { $0.isDone(state.elements) }
            state.waiters.removeAll { $0.isDone(state.elements) }
            return due
        }
        for entry in due { entry.waiter.resume() }
    }

    /// Returns when the journal satisfies a condition.
    func wait(until isDone: @escaping @Sendable ([Element]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isDue = state.withLock { state in
                if isDone(state.elements) { return true }
                state.waiters.append((isDone, continuation))
                return false
            }
            if isDue { continuation.resume() }
        }
    }

    func wait(forCount count: Int) async { await wait { $0.count >= count } }
}
