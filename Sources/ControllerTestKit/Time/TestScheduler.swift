import Synchronization

/// Runs a test and all that it starts on one thread, in the same order each time, under a clock that the test moves.
///
/// ```swift
/// try await TestScheduler.run { time in
///     let server = TestAPIServer(clock: time)
///     // … informers and controllers in a task group, with the same clock …
///     await time.advance(by: .seconds(60))
///     // Whatever was due within that minute has been done.
/// }
/// ```
///
/// Tasks of task groups and `async let` run on it without further ado, and so do actors that have no executor of their
/// own. What runs elsewhere has an order that the machine decides: `Task {}`, detached tasks, the main actor, sockets,
/// real sleeps. The scheduler does not wait for it: a test into which some of it comes back, and one that waits for it, ends
/// with a ``Failure``, so that a test that passes has passed by the same steps as ever. Chance in the code under test
/// takes a ``SeededRandom``, and the order of a `Set` or a `Dictionary` is no order.
public final class TestScheduler: Clock {
    /// A point on the clock, counted from the beginning of the test.
    public typealias Instant = ManualClock.Instant

    /// Why a test could not be run to its end in an order that does not change.
    public struct Failure: Error, Hashable, CustomStringConvertible {
        /// The kinds of failures.
        public struct Code: Hashable, Sendable {
            private let name: String
            /// The test waits, and nothing is left to do before the clock moves.
            public static let standsStill = Code(name: "standsStill")
            /// Something ran on another thread.
            public static let strayed = Code(name: "strayed")
        }

        /// What kind it is.
        public var code: Code
        /// What to look for.
        public var description: String
    }

    private struct Advance {
        var end: Instant
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var advances: [Advance] = []
        var isFinished = false
    }

    private enum Progress { case finished, busy, standsStill }

    // Now and then the thread is given up, so that a time limit can end a test that runs in circles.
    private static let turn = 10_000

    private let clock = ManualClock()
    private let jobs = JobQueue()
    private let state = Mutex(State())

    private init() {}

    // MARK: the test's side

    /// Runs `body` on a scheduler of its own, which it gets, and returns what it returns.
    ///
    /// Throws a ``Failure`` when the order was not in the scheduler's hands or the test waits in vain; its tasks are cancelled
    /// then.
    public static func run<Result: Sendable>(
        _ body: @escaping @Sendable (_ time: TestScheduler) async throws -> Result
    ) async throws -> Result {
        let scheduler = TestScheduler()
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask(executorPreference: scheduler.jobs) {
                defer { scheduler.state.withLock { $0.isFinished = true } }
                return try await body(scheduler)
            }
            let failure = await scheduler.drive { group.cancelAll() }
            let result = await group.nextResult()
            try Task.checkCancellation()
            guard failure == nil, let result else { throw failure ?? scheduler.strayed }
            return try result.get()
        }
    }

    /// Moves the clock, and returns when everything that is due until then has been done.
    ///
    /// The clock stops at each deadline on the way until what woke up has gone to sleep again, so that something that sleeps for
    /// one second again and again runs sixty times in a minute.
    public func advance(by duration: Duration) async {
        jobs.noteCaller()
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if !state.isFinished {
                    let end = clock.now.advanced(by: max(.zero, duration))
                    state.advances.append(Advance(end: end, continuation: continuation))
                }
                return state.isFinished
            }
            if isFinished { continuation.resume() }
        }
    }

    /// Returns when everything that is due now has been done; the clock stands still.
    public func settle() async { await advance(by: .zero) }

    // MARK: the clock

    /// What the clock shows.
    public var now: Instant { clock.now }
    /// One nanosecond.
    public var minimumResolution: Duration { clock.minimumResolution }

    /// Suspends until the clock passes `deadline`; throws `CancellationError` when the task is cancelled before.
    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        jobs.noteCaller()
        try await clock.sleep(until: deadline, tolerance: tolerance)
    }

    // MARK: the driver

    private func drive(cancel: () -> Void) async -> Failure? {
        jobs.watch()
        var failure: Failure?
        while true {
            switch jobs.onThread(work) {
            case .finished: return failure ?? (jobs.hasStrayed ? strayed : nil)
            case .busy: await Task.yield()
            case .standsStill where failure == nil:
                failure = jobs.hasStrayed ? strayed : standsStill
                cancel()
            case .standsStill: await jobs.waitForJob()
            }
        }
    }

    /// Runs what is ready and moves the clock as it is wanted, until nothing is left to do, or for a while.
    private func work() -> Progress {
        for _ in 0..<Self.turn {
            if jobs.runNext() || moveClock() { continue }
            return state.withLock { $0.isFinished } ? .finished : .standsStill
        }
        return .busy
    }

    /// Goes on to the next deadline, or to the end of an advance; false when nobody wants the clock to move.
    private func moveClock() -> Bool {
        guard let end = state.withLock({ $0.advances.map(\.end).min() }) else { return false }
        let rest = clock.now.duration(to: end)
        if let step = clock.timeToNextSleeper, step <= rest {
            clock.advance(by: step)
            return true
        }
        clock.advance(by: rest)
        let advance = state.withLock { state in
            state.advances.firstIndex { $0.end == end }.map { state.advances.remove(at: $0) }
        }
        advance?.continuation.resume()
        return true
    }

    private var standsStill: Failure {
        let next = clock.timeToNextSleeper
        let sleepers =
            next.map { "\(clock.sleeperCount) tasks sleep, the next one for \($0.components.seconds) s more" }
            ?? "no task sleeps"
        return Failure(
            code: .standsStill,
            description: "the test waits for what nothing on its scheduler brings before the clock moves; \(sleepers)")
    }

    private var strayed: Failure {
        Failure(
            code: .strayed,
            description: "something came from another thread, so the order is the machine's: look for Task {}, "
                + "detached tasks, actors with executors, sockets, and sleeps on other clocks")
    }
}
