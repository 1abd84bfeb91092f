public import CoreMetrics
package import KubeClient
import Synchronization

/// A de-duplicating, delaying, prioritised queue of keys that are worked on one at a time.
///
/// * A key is queued at most once. Adding it again merges: the higher priority and the earlier time win.
/// * A key in hand is not handed out again until its ``Lease`` ends; whatever was added meanwhile causes exactly one
///   more run.
/// * The more urgent key comes first; inside a priority the one that became ready first. Of every four keys handed out
///   one may be the key that has been ready longest, whatever its priority, once that is more than five seconds: no
///   key waits for ever.
/// * A failed key comes back after the time that the rate limiter says, with the priority it had.
///
/// Safe to use from any task and any number of consumers. There is no background task: a consumer that waits in
/// ``next()`` watches the time for delayed keys.
public final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    package typealias Machine = WorkQueueStateMachine<Key>

    /// What is left of the queue once it is shut down.
    public struct ShutDownMode: Sendable {
        let machineMode: Machine.ShutDown
        /// Keys that are ready are handed out before ``WorkQueue/next()`` returns nil.
        public static var handOutReady: ShutDownMode { .init(machineMode: .handOutReady) }
        /// Keys that are ready are dropped: right for controllers, which look at every object after a start anyway.
        public static var dropReady: ShutDownMode { .init(machineMode: .dropReady) }
    }

    /// How a lease ended.
    enum Disposition: Sendable {
        case done
        case again(after: Duration)
        case failed(atLeast: Duration)
        case abandoned
        case postponed(Duration)
    }

    private enum Slot {
        case empty
        case woken(Machine.Wake)
        case suspended(CheckedContinuation<Machine.Wake, Never>)
    }

    private struct State {
        var machine: Machine
        var limiter: any RateLimiter<Key>
        var failures: [Key: Int] = [:]
        var slots: [Machine.Waiter: Slot] = [:]
        var countedAdds: UInt64 = 0

        mutating func forget(_ key: Key) {
            limiter.forget(key)
            failures[key] = nil
        }
    }

    /// The name in logs and metrics.
    public let name: String
    private let timeline: Timeline
    private let metrics: WorkQueueMetrics?
    private let state: Mutex<State>

    /// Creates a queue.
    ///
    /// - Parameters:
    ///   - name: The name in metrics.
    ///   - rateLimiter: How long a failed key waits.
    ///   - metrics: Where the `workqueue_*` metrics go; nil for none.
    ///   - clock: The clock of delays.
    public convenience init(
        name: String, rateLimiter: any RateLimiter<Key> = ExponentialBackoff<Key>(),
        metrics: (any MetricsFactory)? = nil, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(name: name, rateLimiter: rateLimiter, ageing: .init(), metrics: metrics, timeline: Timeline(clock))
    }

    package init(
        name: String, rateLimiter: any RateLimiter<Key>, ageing: Machine.Ageing, metrics: (any MetricsFactory)?,
        timeline: Timeline
    ) {
        self.name = name
        self.timeline = timeline
        self.metrics = metrics.map { WorkQueueMetrics(name: name, factory: $0) }
        state = Mutex(State(machine: Machine(ageing: ageing), limiter: rateLimiter))
    }

    /// Queues a key, now or after a delay; ignored once the queue is shut down.
    ///
    /// Does not block; costs O(log n) for a delayed key and O(1) otherwise.
    public func add(_ key: Key, after delay: Duration = .zero, priority: Priority = .normal) {
        update { state, now in ((), state.machine.add(key, after: delay, priority: priority, now: now)) }
    }

    /// Suspends until a key is due and takes it; nil once the queue is shut down or the calling task is cancelled.
    ///
    /// Consumers are served in the order in which they came. When a consumer is cancelled in the moment in which it
    /// got a key, the next consumer gets that key.
    public func next() async -> Lease? {
        guard let (work, attempt) = await nextWork() else { return nil }
        metrics?.taken(waited: work.takenAt - work.readySince)
        return Lease(work: work, attempt: attempt, queue: self)
    }

    /// Ends the queue: adds are ignored, delayed keys are dropped, and ``next()`` returns nil when nothing is left.
    ///
    /// Leases in hand are not affected. A second call ends ``shutDownAndDrain()``.
    public func shutDown(_ mode: ShutDownMode = .handOutReady) {
        update { state, now in ((), state.machine.shutDown(mode.machineMode, now: now)) }
    }

    /// Ends the queue, and suspends until everything that was ready has been worked on, the calling task is cancelled,
    /// or ``shutDown(_:)`` is called.
    public func shutDownAndDrain() async {
        let waiter: Machine.Waiter? = update { state, now in
            let (waiter, actions) = state.machine.drain(now: now)
            if let waiter { state.slots[waiter] = .empty }
            return (waiter, actions)
        }
        guard let waiter else { return }
        _ = await wait(waiter)
    }

    /// How many keys are ready, not counting those in hand and those that wait for their time.
    public var depth: Int { state.withLock { $0.machine.readyCount } }

    /// How many keys wait for their time.
    public var delayedCount: Int { state.withLock { $0.machine.delayedCount } }

    /// How many keys are in hand.
    public var inHandCount: Int { state.withLock { $0.machine.inHandCount } }

    /// Brings the metrics that change by themselves, the age of the work in hand, up to date.
    package func refreshMetrics() {
        guard let metrics else { return }
        let (total, longest) = state.withLock { $0.machine.unfinishedWork(now: timeline.now) }
        metrics.unfinished(total: total, longest: longest)
    }

    /// Ends a lease; the delay is that of a failed key.
    @discardableResult
    func release(_ work: Machine.Work, _ disposition: Disposition) -> Duration {
        var isRetry = false
        let (delay, worked): (Duration, Duration) = update { state, now in
            var again: (delay: Duration, priority: Priority)?
            switch disposition {
            case .done:
                state.forget(work.key)
            case .again(let delay):
                state.forget(work.key)
                again = (delay, work.priority)
            case .failed(let minimum):
                let delay = max(state.limiter.delay(for: work.key, now: now), minimum)
                state.failures[work.key, default: 0] += 1
                again = (delay, work.priority)
                isRetry = true
            case .postponed(let delay):
                again = (delay, work.priority)
            case .abandoned:
                // Not forgotten: it did not succeed, and its next change must not start from the shortest delay.
                break
            }
            let actions = state.machine.release(work.key, again: again, now: now)
            return ((again?.delay ?? .zero, now - work.takenAt), actions)
        }
        metrics?.finished(worked: worked, isRetry: isRetry)
        return delay
    }

    // MARK: waiting

    private func nextWork() async -> (work: Machine.Work, attempt: Int)? {
        guard !Task.isCancelled else { return nil }
        let step: Machine.Step = update { state, now in
            let (step, actions) = state.machine.next(now: now)
            if case .wait(let waiter) = step { state.slots[waiter] = .empty }
            return (step, actions)
        }
        let work: Machine.Work
        switch step {
        case .finished: return nil
        case .work(let ready): work = ready
        case .wait(let waiter):
            guard let assigned = await wait(waiter) else { return nil }
            work = assigned
        }
        if Task.isCancelled {
            update { state, now in ((), state.machine.putBack(work, now: now)) }
            return nil
        }
        return (work, state.withLock { $0.failures[work.key, default: 0] + 1 })
    }

    /// Suspends until the waiter is given work (or nil), watching the time when it is told to.
    private func wait(_ waiter: Machine.Waiter) async -> Machine.Work? {
        let wake = await withTaskCancellationHandler {
            var wake = await suspend(waiter)
            while case .keepTime(let deadline) = wake {
                wake = await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        guard (try? await self.timeline.sleep(until: deadline)) != nil else { return }
                        self.update { state, now in ((), state.machine.timeReached(by: waiter, now: now)) }
                    }
                    let wake = await self.suspend(waiter)
                    group.cancelAll()
                    return wake
                }
            }
            return wake
        } onCancel: {
            update { state, now in ((), state.machine.cancel(waiter, now: now)) }
        }
        state.withLock { state in _ = state.slots.removeValue(forKey: waiter) }
        guard case .work(let work) = wake else { return nil }
        return work
    }

    private func suspend(_ waiter: Machine.Waiter) async -> Machine.Wake {
        await withCheckedContinuation { continuation in
            let wake: Machine.Wake? = state.withLock { state in
                guard case .woken(let wake) = state.slots[waiter] else {
                    state.slots[waiter] = .suspended(continuation)
                    return nil
                }
                state.slots[waiter] = .empty
                return wake
            }
            if let wake { continuation.resume(returning: wake) }
        }
    }

    /// Changes the state under the lock; afterwards reports to metrics, and wakes whom the machine wants woken.
    @discardableResult
    private func update<Result>(
        _ body: (inout State, _ now: Duration) -> (result: Result, actions: [Machine.Action])
    ) -> Result {
        var woken: [(CheckedContinuation<Machine.Wake, Never>, Machine.Wake)] = []
        let (result, adds, depth) = state.withLock { state in
            // Read under the lock, so that the machine never sees time go backwards.
            let (result, actions) = body(&state, timeline.now)
            for action in actions {
                guard let slot = state.slots[action.waiter] else { continue }
                if case .suspended(let continuation) = slot {
                    state.slots[action.waiter] = .empty
                    woken.append((continuation, action.wake))
                } else {
                    // Not suspended yet. Only a `keepTime` can be replaced: after the others the machine no longer
                    // knows the waiter.
                    state.slots[action.waiter] = .woken(action.wake)
                }
            }
            defer { state.countedAdds = state.machine.acceptedAdds }
            return (result, state.machine.acceptedAdds - state.countedAdds, state.machine.readyCount)
        }
        metrics?.changed(adds: adds, depth: depth)
        for (continuation, wake) in woken { continuation.resume(returning: wake) }
        return result
    }
}
