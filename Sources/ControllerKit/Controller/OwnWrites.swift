import KubeClient
import Synchronization

/// The writes of a controller that a cache has not shown yet, by key.
///
/// A reconcile that reads a cache from before its own last write does its work twice, or undoes it. So the key waits
/// until the cache has caught up, for a few milliseconds as a rule, and at most as long as the patience says.
final class OwnWrites<Key: Hashable & Sendable>: Sendable {
    private struct Unseen: Sendable {
        var isSeen: [@Sendable () -> Bool] = []
        var since: Duration
    }

    // Short against any human's patience, long against the cost of a look.
    private static var poll: Duration { .milliseconds(20) }

    private let patience: Duration
    private let unseen = Mutex<[Key: Unseen]>([:])

    init(patience: Duration) { self.patience = patience }

    /// Notes a write; `isSeen` says whether the cache shows it.
    func note(_ key: Key, at now: Duration, isSeen: @escaping @Sendable () -> Bool) {
        // Nothing to wait for, as with a write that changed nothing.
        guard patience > .zero, !isSeen() else { return }
        unseen.withLock { unseen in
            unseen[key, default: Unseen(since: now)].isSeen.append(isSeen)
            unseen[key]?.since = now
        }
    }

    /// How long to wait before looking again; nil when the cache shows what was written, or takes too long.
    func delay(for key: Key, at now: Duration) -> Duration? {
        guard let waiting = unseen.withLock({ $0[key] }) else { return nil }
        if now < waiting.since + patience, !waiting.isSeen.allSatisfy({ $0() }) { return Self.poll }
        unseen.withLock { $0[key] = nil }
        return nil
    }
}
