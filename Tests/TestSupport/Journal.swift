import Synchronization

/// What happens, in order, from any task; a test can wait for it.
package final class Journal<Entry: Sendable>: Sendable {
    private struct State {
        var entries: [Entry] = []
        var waiters: [(isDone: @Sendable ([Entry]) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var entries: [Entry] { state.withLock { $0.entries } }

    package func append(_ entry: Entry) {
        let satisfied = state.withLock { state in
            state.entries.append(entry)
            let satisfied = state.waiters.filter { $0.isDone(state.entries) }
            state.waiters.removeAll { $0.isDone(state.entries) }
            return satisfied
        }
        for waiter in satisfied { waiter.continuation.resume() }
    }

    /// Suspends until the entries satisfy a condition.
    package func wait(until isDone: @escaping @Sendable ([Entry]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isSatisfied = state.withLock { state in
                if isDone(state.entries) { return true }
                state.waiters.append((isDone, continuation))
                return false
            }
            if isSatisfied { continuation.resume() }
        }
    }

    /// Suspends until there are `count` entries; returns them all.
    @discardableResult
    package func entries(_ count: Int) async -> [Entry] {
        await wait { $0.count >= count }
        return entries
    }
}
