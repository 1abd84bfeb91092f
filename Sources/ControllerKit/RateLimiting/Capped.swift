/// Another limiter, never longer than a cap.
public struct Capped<Base: RateLimiter>: RateLimiter {
    private var base: Base
    private let cap: Duration

    /// Wraps `base`.
    public init(_ base: Base, at cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// The delay of the wrapped limiter or the cap, whichever is shorter.
    public mutating func delay(for key: Base.Key, now: Duration) -> Duration {
        min(base.delay(for: key, now: now), cap)
    }

    /// Forgets the key in the wrapped limiter.
    public mutating func forget(_ key: Base.Key) { base.forget(key) }
}
