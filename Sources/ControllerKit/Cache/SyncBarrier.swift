/// Who waits for the first complete list, and whether it is there.
///
/// Each method returns the continuations to resume, so that the caller can do it outside its lock; `true` means go on,
/// `false` that the wait is over without a list.
struct SyncBarrier: Sendable {
    typealias Waiter = CheckedContinuation<Bool, Never>

    private(set) var state = InformerState.starting
    private var isStopped = false
    private var waiters: [(id: UInt64, waiter: Waiter)] = []
    private var lastID: UInt64 = 0

    /// A name for one wait, by which it can be cancelled.
    mutating func makeID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// What the wait is over with, if it need not begin.
    var outcome: Bool? {
        switch state {
        case .synced, .unavailable: true
        case .starting: isStopped ? false : nil
        }
    }

    mutating func enqueue(_ id: UInt64, _ waiter: Waiter) { waiters.append((id, waiter)) }

    mutating func cancel(_ id: UInt64) -> Waiter? {
        waiters.firstIndex { $0.id == id }.map { waiters.remove(at: $0).waiter }
    }

    /// A new run begins with what earlier ones reached.
    mutating func start() { isStopped = false }

    mutating func reached(_ state: InformerState) -> [Waiter] {
        self.state = state
        return outcome == nil ? [] : takeAll()
    }

    mutating func stop() -> [Waiter] {
        isStopped = true
        return takeAll()
    }

    private mutating func takeAll() -> [Waiter] {
        defer { waiters = [] }
        return waiters.map(\.waiter)
    }
}
