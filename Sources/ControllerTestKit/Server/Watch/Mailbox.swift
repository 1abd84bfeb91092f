import Synchronization

/// Signals for one waiting task: posting never blocks, and what is posted while nobody waits is kept.
final class Mailbox: Sendable {
    struct Signals: OptionSet, Sendable {
        let rawValue: UInt8
        /// The collection was written to, or a request was answered.
        static let changed = Signals(rawValue: 1)
        /// It is time for a bookmark.
        static let bookmark = Signals(rawValue: 2)
        /// The time is up.
        static let timeout = Signals(rawValue: 4)
        /// The server ends the stream.
        static let closed = Signals(rawValue: 8)
        fileprivate static let cancelled = Signals(rawValue: 16)
    }

    private struct State {
        var pending: Signals = []
        var waiter: CheckedContinuation<Signals, Never>?
    }

    private let state = Mutex(State())

    func post(_ signals: Signals) {
        let (waiter, pending) = state.withLock { state -> (CheckedContinuation<Signals, Never>?, Signals) in
            state.pending.formUnion(signals)
            guard let waiter = state.waiter else { return (nil, []) }
            defer { (state.waiter, state.pending) = (nil, []) }
            return (waiter, state.pending)
        }
        waiter?.resume(returning: pending)
    }

    /// What was posted since the last call; waits for something.
    ///
    /// One task at a time.
    func next() async throws(CancellationError) -> Signals {
        let signals = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let pending = state.withLock { state -> Signals in
                    guard !state.pending.isEmpty else {
                        state.waiter = continuation
                        return []
                    }
                    defer { state.pending = [] }
                    return state.pending
                }
                if !pending.isEmpty { continuation.resume(returning: pending) }
            }
        } onCancel: {
            post(.cancelled)
        }
        if signals.contains(.cancelled) { throw CancellationError() }
        return signals
    }
}
