/// A short delay for the first failures of a key, a long one after that.
public struct FastSlow<Key: Hashable & Sendable>: RateLimiter {
    private let fast: Duration
    private let slow: Duration
    private let fastAttempts: Int
    private var failures: [Key: Int] = [:]

    /// Creates a limiter that answers `fast` for the first `fastAttempts` failures and `slow` afterwards.
    public init(fast: Duration, slow: Duration, fastAttempts: Int) {
        self.fast = fast
        self.slow = slow
        self.fastAttempts = fastAttempts
    }

    /// The delay before the next attempt, and one more failure.
    public mutating func delay(for key: Key, now: Duration) -> Duration {
        let count = failures[key, default: 0]
        guard count < fastAttempts else { return slow }
        failures[key] = count + 1
        return fast
    }

    /// Starts again with the short delay.
    public mutating func forget(_ key: Key) { failures[key] = nil }
}
