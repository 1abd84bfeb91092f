import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Runs jobs in the order in which they became ready, on the thread that asks for it.
///
/// While it is watched it notes whether anything came from another thread: what does is in an order that the machine
/// decides.
final class JobQueue: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Jobs before this index have been run.
        var next = 0
        var waiter: CheckedContinuation<Void, Never>?
        var thread: UInt?
        var isWatched = false
        var hasStrayed = false

        mutating func pop() -> UnownedJob? {
            guard next < jobs.count else {
                jobs.removeAll(keepingCapacity: true)
                next = 0
                return nil
            }
            defer { next += 1 }
            return jobs[next]
        }

        mutating func noteCaller() {
            if isWatched, thread != JobQueue.currentThread { hasStrayed = true }
        }
    }

    private let state = Mutex(State())

    /// Whether something came from another thread.
    var hasStrayed: Bool { state.withLock { $0.hasStrayed } }

    /// Looks from now on for what comes from other threads than that of ``onThread(_:)``.
    func watch() { state.withLock { $0.isWatched = true } }

    /// Notes from where the caller came.
    func noteCaller() { state.withLock { $0.noteCaller() } }

    /// Has all that `body` resumes, and the jobs that it runs, count as coming from here.
    func onThread<Result>(_ body: () -> Result) -> Result {
        state.withLock { $0.thread = Self.currentThread }
        defer { state.withLock { $0.thread = nil } }
        return body()
    }

    /// Runs the oldest job; false when there is none.
    func runNext() -> Bool {
        guard let job = state.withLock({ $0.pop() }) else { return false }
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }

    /// Suspends until there is a job, for one caller at a time.
    func waitForJob() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.next < state.jobs.count { return true }
                state.waiter = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Takes what has become ready; called by the Swift runtime.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let waiter = state.withLock { state in
            state.noteCaller()
            state.jobs.append(job)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    private static var currentThread: UInt {
        #if canImport(Glibc)
        pthread_self()
        #else
        unsafe UInt(bitPattern: pthread_self())
        #endif
    }
}
