import Synchronization

/// Runs asynchronous code on one thread, in an order that does not change, and moves a ``ManualClock`` whenever all of it
/// sleeps.
///
/// ```swift
/// try await TestScheduler().run { time in
///     try await time.sleep(for: .seconds(3600))  // takes no time
/// }
/// ```
///
/// Tasks of the code's task groups and `async let`s run on it, too; what they do is interleaved in the order in which it
/// became ready. Time that is measured with another clock, unstructured tasks and what comes from outside, such as
/// sockets, are as they always are: the scheduler waits for them when it has nothing else to do and nobody sleeps.
public final class TestScheduler: TaskExecutor {
    /// Time went on for longer than the limit, and the code had not ended.
    public struct TimeLimitReached: Error, Hashable, CustomStringConvertible {
        /// The limit.
        public var limit: Duration
        /// What to look for.
        public var description: String {
            "\(limit.components.seconds) s passed on the clock and the code did not end: it waits for what never comes"
        }
    }

    private struct State {
        var jobs: [UnownedJob] = []
        /// Jobs before this index have been run.
        var next = 0
        var driver: CheckedContinuation<Void, Never>?
        var isFinished = false

        mutating func pop() -> UnownedJob? {
            guard next < jobs.count else {
                jobs.removeAll(keepingCapacity: true)
                next = 0
                return nil
            }
            next += 1
            return jobs[next - 1]
        }
    }

    /// The clock that the code sleeps on.
    public let clock: ManualClock
    private let state = Mutex(State())

    /// Creates a scheduler; give its clock to the code under test and to its ``TestAPIServer``.
    public init(clock: ManualClock = ManualClock()) { self.clock = clock }

    /// Runs `body`, which gets the clock, and returns what it returns.
    ///
    /// - Parameter limit: How far the clock may move; code that waits for something that never happens ends with
    ///   ``TimeLimitReached`` then, by the cancellation of `body`.
    public func run<Result: Sendable>(
        atMost limit: Duration = .seconds(7 * 24 * 3600),
        _ body: @escaping @Sendable (_ clock: ManualClock) async throws -> Result
    ) async throws -> Result {
        let end = clock.now.advanced(by: limit)
        state.withLock { $0.isFinished = false }
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask(executorPreference: self) { [self] in
                defer { state.withLock { $0.isFinished = true } }
                return try await body(clock)
            }
            let isInTime = await drive(until: end)
            if !isInTime {
                group.cancelAll()
                _ = await drive(until: nil)
            }
            let result = await group.nextResult()
            guard isInTime, let result else { throw TimeLimitReached(limit: limit) }
            return try result.get()
        }
    }

    /// Runs what is ready and moves the clock, until the code has ended; false when the clock would pass `end`.
    ///
    /// Without `end` the clock stands still.
    private func drive(until end: ManualClock.Instant?) async -> Bool {
        while true {
            while let job = state.withLock({ $0.pop() }) {
                unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            }
            if state.withLock({ $0.isFinished }) { return true }
            if let end, let step = clock.timeToNextSleeper {
                guard clock.now.advanced(by: step) <= end else { return false }
                clock.advance(by: step)
            } else {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if state.next < state.jobs.count || state.isFinished { return true }
                        state.driver = continuation
                        return false
                    }
                    if isReady { continuation.resume() }
                }
            }
        }
    }

    /// Takes what has become ready; called by the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let driver = state.withLock { state in
            state.jobs.append(job)
            return state.driver.take()
        }
        driver?.resume()
    }
}
