import ControllerKit
import Testing

@Suite("Rate limiters")
struct RateLimiterTests {
    @Test func `TestItemExponentialFailureRateLimiter: each failure doubles the delay, per key`() {
        var limiter = ExponentialBackoff<String>(base: .milliseconds(1), cap: .seconds(1))
        let delays = (0..<5).map { _ in limiter.delay(for: "one", now: .zero) }
        #expect(delays == [1, 2, 4, 8, 16].map { .milliseconds($0) })
        #expect(limiter.delay(for: "two", now: .zero) == .milliseconds(1))
        limiter.forget("one")
        #expect(limiter.delay(for: "one", now: .zero) == .milliseconds(1))
        #expect(limiter.delay(for: "two", now: .zero) == .milliseconds(2))
    }

    @Test func `TestItemExponentialFailureRateLimiterOverFlow: any number of failures stays at the cap`() {
        var limiter = ExponentialBackoff<String>(base: .milliseconds(1), cap: .seconds(1000))
        for _ in 0..<5 { _ = limiter.delay(for: "one", now: .zero) }
        #expect(limiter.delay(for: "one", now: .zero) == .milliseconds(32))
        for _ in 0..<5000 { _ = limiter.delay(for: "overflow", now: .zero) }
        #expect(limiter.delay(for: "overflow", now: .zero) == .seconds(1000))

        var minutes = ExponentialBackoff<String>(base: .seconds(60), cap: .seconds(3600))
        for _ in 0..<2 { _ = minutes.delay(for: "two", now: .zero) }
        #expect(minutes.delay(for: "two", now: .zero) == .seconds(240))
        for _ in 0..<1000 { _ = minutes.delay(for: "two", now: .zero) }
        #expect(minutes.delay(for: "two", now: .zero) == .seconds(3600))
    }

    @Test func `the default reaches 1000 seconds with the nineteenth failure`() {
        var limiter = ExponentialBackoff<String>()
        let delays = (0..<20).map { _ in limiter.delay(for: "a", now: .zero) }
        #expect(delays[0] == .milliseconds(5))
        #expect(delays[17] == .milliseconds(655_360))
        #expect(delays[18] == .seconds(1000))
        #expect(delays[19] == .seconds(1000))
    }

    @Test func `a base of zero or less never waits`() {
        var limiter = ExponentialBackoff<String>(base: .seconds(-1), cap: .seconds(10))
        #expect((0..<3).map { _ in limiter.delay(for: "a", now: .zero) } == [.zero, .zero, .zero])
    }

    @Test func `a bucket lets a burst through and then reserves one token after the other`() {
        var bucket = TokenBucket<String>(perSecond: 10, burst: 3)
        let delays = (0..<5).map { _ in bucket.delay(for: "a", now: .zero) }
        #expect(delays == [.zero, .zero, .zero, .milliseconds(100), .milliseconds(200)])
        bucket.forget("a")
        #expect(bucket.delay(for: "a", now: .zero) == .milliseconds(300))
        #expect(bucket.delay(for: "a", now: .seconds(10)) == .zero)
    }

    @Test func `a bucket does not fill above its burst, and ignores a clock that goes back`() {
        var bucket = TokenBucket<String>(perSecond: 1, burst: 1)
        #expect(bucket.delay(for: "a", now: .seconds(100)) == .zero)
        #expect(bucket.delay(for: "a", now: .seconds(50)) == .seconds(1))
        #expect(bucket.delay(for: "a", now: .seconds(100)) == .seconds(2))
    }

    @Test func `a bucket without a rate waits long, not for ever`() {
        var bucket = TokenBucket<String>(perSecond: 0, burst: 0)
        #expect(bucket.delay(for: "a", now: .zero) == .zero)
        #expect(bucket.delay(for: "a", now: .zero) == .seconds(100_000_000))
    }

    @Test func `TestMaxOfRateLimiter: the longest delay counts, and all are charged`() {
        var limiter = MaxOf<String>(
            ExponentialBackoff(base: .milliseconds(100), cap: .seconds(1000)), TokenBucket(perSecond: 1, burst: 2))
        #expect(limiter.delay(for: "a", now: .zero) == .milliseconds(100))
        #expect(limiter.delay(for: "a", now: .zero) == .milliseconds(200))
        #expect(limiter.delay(for: "b", now: .zero) == .seconds(1))
        limiter.forget("a")
        #expect(limiter.delay(for: "a", now: .seconds(100)) == .milliseconds(100))
        var none = MaxOf<String>()
        #expect(none.delay(for: "a", now: .zero) == .zero)
    }

    @Test func `TestItemFastSlowRateLimiter: so many fast attempts, then slow ones`() {
        var limiter = FastSlow<String>(fast: .milliseconds(5), slow: .seconds(10), fastAttempts: 3)
        let delays = (0..<5).map { _ in limiter.delay(for: "one", now: .zero) }
        #expect(delays == [.milliseconds(5), .milliseconds(5), .milliseconds(5), .seconds(10), .seconds(10)])
        #expect(limiter.delay(for: "two", now: .zero) == .milliseconds(5))
        limiter.forget("one")
        #expect(limiter.delay(for: "one", now: .zero) == .milliseconds(5))
    }

    @Test func `TestWithMaxWaitRateLimiter: a cap shortens any limiter`() {
        var limiter = Capped(ExponentialBackoff<String>(base: .seconds(1), cap: .seconds(1000)), at: .seconds(3))
        #expect((0..<4).map { _ in limiter.delay(for: "a", now: .zero) } == [1, 2, 3, 3].map { .seconds($0) })
        limiter.forget("a")
        #expect(limiter.delay(for: "a", now: .zero) == .seconds(1))
    }
}
