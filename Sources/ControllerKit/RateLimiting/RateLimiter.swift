/// Decides how long a failing key waits before it is tried again.
///
/// A value: the queue that owns it calls it under its lock, so it must not block. Time is given as the duration since
/// the owner was created.
public protocol RateLimiter<Key>: Sendable {
    /// What is limited.
    associatedtype Key: Hashable & Sendable
    /// Records one failure of `key` and returns how long it should wait.
    mutating func delay(for key: Key, now: Duration) -> Duration
    /// Forgets the failures of `key`; called when it succeeded.
    mutating func forget(_ key: Key)
}
