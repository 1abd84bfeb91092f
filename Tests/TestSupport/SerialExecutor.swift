import Dispatch
import Synchronization

/// Runs tasks one step at a time, in the order in which they become ready.
///
/// What a test and the code under test do then comes in the same order on fast and slow machines; only what comes from
/// elsewhere comes in between when it will: from sockets, real sleeps, unstructured tasks. `TestScheduler` in
/// ControllerTestKit is for tests into which nothing of the kind comes back, and ends others with an error.
package final class SerialExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "SerialExecutor")
    // Jobs that are ready or running.
    private let count = Atomic(0)

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        count.add(1, ordering: .relaxed)
        queue.async { [self] in
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            count.subtract(1, ordering: .relaxed)
        }
    }

    /// Lets the others go on until nothing is ready to run but the caller, which runs here.
    package func settle() async {
        repeat {
            repeat { await Task.yield() } while count.load(ordering: .relaxed) > 1 && !Task.isCancelled
            // What libraries start as unstructured tasks comes back from there.
            await withTaskExecutorPreference(globalConcurrentExecutor) { await Task.yield() }
        } while count.load(ordering: .relaxed) > 1 && !Task.isCancelled
    }
}
