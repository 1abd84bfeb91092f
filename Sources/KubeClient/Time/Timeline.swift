/// Time as a `Duration` since creation, measured with any clock; lets state machines be free of the clock's type.
package struct Timeline: Sendable {
    private let elapsed: @Sendable () -> Duration
    private let sleepUntil: @Sendable (Duration) async throws -> Void

    package init(_ clock: some Clock<Duration>) {
        let origin = clock.now
        elapsed = { origin.duration(to: clock.now) }
        sleepUntil = { try await clock.sleep(until: origin.advanced(by: $0), tolerance: nil) }
    }

    /// The time since creation.
    package var now: Duration { elapsed() }

    /// Suspends until ``now`` has reached `deadline`; throws when the task is cancelled.
    package func sleep(until deadline: Duration) async throws { try await sleepUntil(deadline) }

    /// Suspends for `duration`; throws when the task is cancelled.
    package func sleep(for duration: Duration) async throws { try await sleepUntil(elapsed() + duration) }
}

extension Duration {
    /// The duration in seconds, rounded to what a `Double` holds.
    package var seconds: Double {
        let (whole, atto) = components
        return Double(whole) + Double(atto) * 1e-18
    }
}
