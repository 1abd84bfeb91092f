import KubeClient

/// A limit for all keys together: so many per second, with a burst.
///
/// Reserves: each call takes a token, from the future when there is none, and returns how long that token is away.
public struct TokenBucket<Key: Hashable & Sendable>: RateLimiter {
    private let rate: Double
    private let burst: Double
    private var tokens: Double
    private var filledAt: Duration = .zero

    /// Creates a full bucket.
    ///
    /// - Parameters:
    ///   - perSecond: Tokens that come back per second; must be positive, else it counts as the smallest positive rate.
    ///   - burst: Tokens that the bucket holds; at least 1.
    public init(perSecond: Double = 10, burst: Int = 100) {
        // One per three years and no less, so that the longest wait fits a Duration.
        rate = max(perSecond, 1e-8)
        self.burst = Double(max(burst, 1))
        tokens = self.burst
    }

    /// Takes a token and returns how long it is away.
    public mutating func delay(for key: Key, now: Duration) -> Duration {
        // A clock that goes backwards adds nothing.
        let elapsed = max(.zero, now - filledAt)
        filledAt = max(filledAt, now)
        tokens = min(burst, tokens + elapsed.seconds * rate) - 1
        return tokens >= 0 ? .zero : .seconds(-tokens / rate)
    }

    /// Without effect: a token that was used stays used.
    public mutating func forget(_ key: Key) {}
}
