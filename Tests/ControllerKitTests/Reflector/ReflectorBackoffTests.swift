import ControllerKit
import ControllerTestKit
import Testing

@Suite struct ReflectorBackoffTests {
    @Test("waits double from 0.8 s and stay at 30 s")
    func doubles() {
        var backoff = ReflectorBackoff()
        var rng = ConstantGenerator()
        let waits = (0..<8).map { _ in backoff.next(using: &rng) }
        #expect(
            waits == [
                .milliseconds(800), .milliseconds(1600), .milliseconds(3200), .milliseconds(6400), .milliseconds(12800),
                .milliseconds(25600), .seconds(30), .seconds(30),
            ])
    }

    @Test("chance adds up to as much again, never more")
    func jitters() {
        var backoff = ReflectorBackoff()
        var most = ConstantGenerator(bits: .max)
        let wait = backoff.next(using: &most)
        #expect(wait > .milliseconds(1599) && wait <= .milliseconds(1600))

        var rng = SeededRandom(seed: 7)
        var capped = ReflectorBackoff()
        for attempt in 0..<200 {
            let wait = capped.next(using: &rng)
            #expect(wait >= min(.milliseconds(800) * (1 << min(attempt, 6)), .seconds(30)))
            #expect(wait <= .seconds(60))
        }
    }

    @Test("the server's Retry-After is a lower bound, not a replacement")
    func honoursRetryAfter() {
        var backoff = ReflectorBackoff()
        var rng = ConstantGenerator()
        #expect(backoff.next(atLeast: 7, using: &rng) == .seconds(7))
        #expect(backoff.next(atLeast: 1, using: &rng) == .milliseconds(1600))
    }

    @Test("a server that asks for more than a minute gets a minute", arguments: [61, 3600, 86_400, Int.max])
    func limitsRetryAfter(_ seconds: Int) {
        var backoff = ReflectorBackoff()
        var rng = ConstantGenerator()
        #expect(backoff.next(atLeast: seconds, using: &rng) == .seconds(60))
    }

    @Test("ten thousand failures do not overflow; only a reset shortens the wait")
    func neverOverflows() {
        var backoff = ReflectorBackoff()
        var rng = ConstantGenerator()
        for _ in 0..<10_000 { _ = backoff.next(using: &rng) }
        #expect(backoff.next(using: &rng) == .seconds(30))
        backoff.reset()
        #expect(backoff.attempts == 0)
        #expect(backoff.next(using: &rng) == .milliseconds(800))
    }
}
