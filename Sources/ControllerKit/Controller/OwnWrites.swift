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

    /// How a cache stands to what was written.
    enum Standing: Hashable, Sendable {
        case shown
        /// Look again after this time.
        case wait(Duration)
        /// It takes longer than anybody waits.
        case behind
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
            // Who was waited for in vain is not waited for again.
            if let since = unseen[key]?.since, since + patience <= now { unseen[key] = nil }
            unseen[key, default: Unseen(since: now)].isSeen.append(isSeen)
            unseen[key]?.since = now
        }
    }

    /// How the cache stands to what was written for a key.
    func standing(of key: Key, at now: Duration) -> Standing {
        guard let waiting = unseen.withLock({ $0[key] }) else { return .shown }
        guard waiting.isSeen.allSatisfy({ $0() }) else {
            return now < waiting.since + patience ? .wait(Self.poll) : .behind
        }
        unseen.withLock { $0[key] = nil }
        return .shown
    }
}
