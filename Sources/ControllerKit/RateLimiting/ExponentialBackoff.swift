import KubeClient

/// Each failure of a key doubles its delay: `base`, `2·base`, `4·base` … up to `cap`.
///
/// The defaults are client-go's: 5 ms up to 1000 s, reached with the 19th failure. Keeps a few bytes per failing key.
public struct ExponentialBackoff<Key: Hashable & Sendable>: RateLimiter {
    private let base: Duration
    private let cap: Duration
    private var failures: [Key: Int] = [:]

    /// Creates a limiter; a negative `base` counts as zero.
    public init(base: Duration = .milliseconds(5), cap: Duration = .seconds(1000)) {
        self.base = max(.zero, base)
        self.cap = max(.zero, cap)
    }

    /// The delay before the next attempt, and one more failure.
    public mutating func delay(for key: Key, now: Duration) -> Duration {
        let exponent = failures[key, default: 0]
        // The count stops where doubling has long met any cap, so it cannot overflow.
        failures[key] = min(exponent + 1, 2000)
        // Estimated in floating point first: two to the power of anything fits a Double, but not a Duration.
        let estimate = base.seconds * Double(sign: .plus, exponent: min(exponent, 1000), significand: 1)
        guard estimate < cap.seconds else { return cap }
        return exponent < 62 ? min(base * (1 << exponent), cap) : .seconds(estimate)
    }

    /// Starts again from `base`.
    public mutating func forget(_ key: Key) { failures[key] = nil }
}
