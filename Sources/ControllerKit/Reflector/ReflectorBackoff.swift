/// How long a reflector waits after each failure in a row: 0.8 s, doubling to 30 s, plus up to as much again by chance.
///
/// Only ``reset()`` shortens the wait, and only evidence of health calls it: time that passes during an outage is none.
package struct ReflectorBackoff: Sendable {
    /// The wait after the first failure, without the random part.
    package static let first = Duration.milliseconds(800)
    /// The longest wait, without the random part.
    package static let cap = Duration.seconds(30)

    /// Failures since the last reset.
    package private(set) var attempts = 0

    package init() {}

    /// Counts a failure and says how long to wait; never less than the server asks for, a minute at most.
    package mutating func next(
        atLeast retryAfterSeconds: Int? = nil, using rng: inout some RandomNumberGenerator
    ) -> Duration {
        // 0.8 s doubled six times is beyond the cap; a larger exponent could only overflow.
        let base = min(Self.first * (1 << min(attempts, 6)), Self.cap)
        attempts += 1
        let wait = base * (1 + Double.random(in: 0..<1, using: &rng))
        return max(wait, .asked(retryAfterSeconds))
    }

    /// Forgets the failures.
    package mutating func reset() { attempts = 0 }
}
