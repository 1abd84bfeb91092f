import Synchronization

/// How many requests a client sends at most: a token bucket.
///
/// API servers protect themselves by priority and fairness, so by default there is no limit. Watches and the lease are never held back.
public struct RequestRate: Hashable, Sendable {
    /// How many requests a second in the long run.
    public var perSecond: Double
    /// How many may be sent at once after a pause.
    public var burst: Int

    /// Creates a rate; both are at least what lets one request through.
    public init(perSecond: Double, burst: Int) {
        self.perSecond = max(perSecond, 1e-3)
        self.burst = max(burst, 1)
    }
}

/// Holds requests back until their turn; first come, first served.
final class RequestGate: Sendable {
    private struct State {
        var tokens: Double
        var at = Duration.zero
    }

    private let rate: RequestRate
    private let timeline: Timeline
    private let state: Mutex<State>

    init(_ rate: RequestRate, clock: any Clock<Duration>) {
        self.rate = rate
        timeline = Timeline(clock)
        state = Mutex(State(tokens: Double(rate.burst)))
    }

    /// Suspends until the request may be sent; returns how long that took.
    func pass() async throws(CancellationError) -> Duration {
        let now = timeline.now
        let wait = state.withLock { state in
            state.tokens = min(Double(rate.burst), state.tokens + (now - state.at).seconds * rate.perSecond) - 1
            state.at = now
            return Duration.seconds(max(0, -state.tokens / rate.perSecond))
        }
        guard wait > .zero else { return .zero }
        do {
            try await timeline.sleep(for: wait)
        } catch {
            state.withLock { $0.tokens += 1 }
            throw CancellationError()
        }
        return wait
    }
}
