#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Which seeds a test with random operations runs, and for how long.
///
/// A few fixed seeds and a fresh one in an ordinary run; `CHAOS_SEED` repeats one run, `CHAOS_SECONDS` goes on with fresh
/// seeds for that long (`make chaos SECONDS=600`). A test names its seed in each expectation, so that a failure says how
/// to have it again.
package struct ChaosPlan: Sendable {
    /// The seeds to begin with.
    package let seeds: [UInt64]
    /// For how long to go on with fresh ones; zero for an ordinary run.
    package let duration: Duration

    /// The plan of the environment, with so many seeds in an ordinary run.
    package static func ordinary(_ count: UInt64) -> ChaosPlan {
        let seconds = variable("CHAOS_SECONDS").flatMap { Double($0) } ?? 0
        let fresh = UInt64.random(in: 1_000_000...UInt64.max)
        let seeds = variable("CHAOS_SEED").flatMap { UInt64($0) }.map { [$0] } ?? Array(1..<max(2, count)) + [fresh]
        return ChaosPlan(seeds: seeds, duration: .seconds(seconds))
    }

    /// Calls `body` with each seed, then with fresh ones until the time is over.
    package func run(_ body: (UInt64) async throws -> Void) async rethrows {
        let end = ContinuousClock.now + duration
        for seed in seeds { try await body(seed) }
        var count = seeds.count
        while ContinuousClock.now < end {
            let seed = UInt64.random(in: 1_000_000...UInt64.max)
            try await body(seed)
            count += 1
        }
        if duration > .zero { print("chaos: \(count) seeds passed or were reported") }
    }

    /// The seeds for tests that take one as an argument: so many a second in a long run.
    package func seeds(perSecond rate: Int) -> [UInt64] {
        seeds + (0..<rate * Int(duration.components.seconds)).map { _ in .random(in: 1_000_000 ... .max) }
    }

    /// How many minutes a run may take before it counts as stuck.
    package static var timeLimit: Int { 2 + 2 * Int(ordinary(1).duration.components.seconds) / 60 }

    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
