import ControllerKit
import ControllerTestKit
import CoreMetrics
import Testing

@Suite("Work queue")
struct WorkQueueTests {
    let clock = ManualClock()

    func queue(_ limiter: any RateLimiter<String> = ExponentialBackoff<String>()) -> WorkQueue<String> {
        WorkQueue(name: "test", rateLimiter: limiter, clock: clock)
    }

    struct NoKey: Error {}

    func take(_ queue: WorkQueue<String>) async throws -> WorkQueue<String>.Lease {
        guard let lease = await queue.next() else { throw NoKey() }
        return lease
    }

    /// Takes the next key, which must be there, and finishes it.
    func takeKey(_ queue: WorkQueue<String>) async -> String? {
        guard let lease = await queue.next() else { return nil }
        let key = lease.key
        lease.finish(.done)
        return key
    }

    @Test("a consumer that waits gets the key that is added")
    func handsOver() async {
        let queue = queue()
        async let key = takeKey(queue)
        queue.add("a")
        #expect(await key == "a")
        #expect(queue.depth == 0)
    }

    @Test("a consumer that waits gets a delayed key when its time has come")
    func handsOverDelayed() async throws {
        let queue = queue()
        queue.add("a", after: .seconds(10))
        #expect(queue.delayedCount == 1)
        async let key = takeKey(queue)
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(10))
        #expect(await key == "a")
    }

    @Test("an earlier key shortens the wait of a consumer that watches the time")
    func shortensTheWait() async throws {
        let queue = queue()
        queue.add("late", after: .seconds(100))
        async let key = takeKey(queue)
        try await clock.waitForSleepers()
        queue.add("early", after: .seconds(1))
        queue.add("late", after: .seconds(50))
        // The time may pass before the consumer has gone back to sleep; then it does not sleep at all.
        clock.advance(by: .seconds(2))
        #expect(await key == "early")
    }

    @Test("many consumers share many keys, each key once, none at the same time twice")
    func manyConsumers() async {
        let queue = queue()
        let keys = (0..<500).map { "k\($0)" }
        let taken = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var taken: [String] = []
                    while let key = await takeKey(queue) { taken.append(key) }
                    return taken
                }
            }
            for key in keys { queue.add(key) }
            queue.shutDown()
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.sorted() == keys.sorted())
    }

    @Test("a failed key comes back after the limiter's delay, with its priority and one more attempt")
    func failureComesBack() async throws {
        let queue = queue(ExponentialBackoff(base: .seconds(1), cap: .seconds(60)))
        queue.add("a", priority: .low)
        for attempt in 1...4 {
            let lease = try await take(queue)
            #expect(lease.attempt == attempt)
            #expect(lease.priority == .low)
            let delay = lease.fail()
            #expect(delay == .seconds(1 << (attempt - 1)))
            #expect(queue.delayedCount == 1)
            clock.advance(by: delay)
        }
        let lease = try await take(queue)
        lease.finish(.done)
        queue.add("a")
        let fresh = try await take(queue)
        #expect(fresh.attempt == 1)
        #expect(fresh.fail() == .seconds(1))
    }

    @Test("a server's wish to wait longer is honoured")
    func minimumDelay() async throws {
        let queue = queue()
        queue.add("a")
        let lease = try await take(queue)
        #expect(lease.fail(atLeast: .seconds(30)) == .seconds(30))
    }

    @Test("asking again later forgets past failures and brings the key back after the delay")
    func again() async throws {
        let queue = queue()
        queue.add("a")
        await queue.next()?.fail()
        clock.advance(by: .seconds(1))
        await queue.next()?.finish(.again(after: .seconds(7)))
        #expect(queue.delayedCount == 1)
        clock.advance(by: .seconds(7))
        let lease = try await take(queue)
        #expect(lease.attempt == 1)
        lease.finish(.done)
    }

    @Test("an abandoned key does not come back, but its failures still count")
    func abandon() async throws {
        let queue = queue()
        queue.add("a")
        await queue.next()?.fail()
        clock.advance(by: .seconds(1))
        await queue.next()?.abandon()
        #expect(queue.delayedCount == 0)
        #expect(queue.depth == 0)
        queue.add("a")
        let lease = try await take(queue)
        #expect(lease.attempt == 2)
        #expect(lease.fail() == .milliseconds(10))
    }

    @Test("a lease that is dropped counts as a failure")
    func droppedLease() async throws {
        let queue = queue()
        queue.add("a")
        do {
            let lease = try await take(queue)
            #expect(lease.key == "a")
            #expect(queue.inHandCount == 1)
        }
        #expect(queue.inHandCount == 0)
        #expect(queue.delayedCount == 1)
    }

    @Test("a cancelled consumer gets nothing and takes nothing away")
    func cancellation() async {
        let queue = queue()
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await takeKey(queue) }
            group.cancelAll()
            #expect(await group.next() == .some(nil))
        }
        queue.add("a")
        #expect(await takeKey(queue) == "a")
    }

    @Test("a consumer cancelled while it gets work leaves it to the others", arguments: 0..<50)
    func cancellationRace(round: Int) async {
        let queue = queue()
        let survivor = await withTaskGroup(of: String?.self) { outer in
            outer.addTask {
                await withTaskGroup(of: String?.self) { inner in
                    inner.addTask { await takeKey(queue) }
                    inner.addTask {
                        queue.add("a")
                        return nil
                    }
                    inner.cancelAll()
                    return await inner.reduce(nil) { $0 ?? $1 }
                }
            }
            let first = await outer.next() ?? nil
            if first != nil { return first }
            return await takeKey(queue)
        }
        #expect(survivor == "a")
    }

    @Test("a cancelled consumer that watches the time passes the duty on")
    func timekeeperCancelled() async throws {
        let queue = queue()
        queue.add("a", after: .seconds(5))
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { await takeKey(queue) }
            try await clock.waitForSleepers()
            group.cancelAll()
            #expect(try await group.next() == .some(nil))
        }
        async let key = takeKey(queue)
        try await clock.waitForSleepers()
        clock.advance(by: .seconds(5))
        #expect(await key == "a")
    }

    @Test("shutting down ends consumers that wait, and adds nothing more")
    func shutDown() async {
        let queue = queue()
        async let key = takeKey(queue)
        queue.shutDown()
        #expect(await key == nil)
        queue.add("a")
        #expect(queue.depth == 0)
        #expect(await takeKey(queue) == nil)
    }

    @Test("draining waits for the work in hand")
    func drain() async throws {
        let queue = queue()
        queue.add("a")
        let lease = try await take(queue)
        queue.add("b")
        async let drained: Void = queue.shutDownAndDrain()
        // Adds are ignored from the moment in which the drain began.
        var added = 0
        repeat {
            added += 1
            queue.add("late\(added)")
            await Task.yield()
        } while queue.depth == added + 1
        lease.finish(.done)
        var keys: [String] = []
        while let key = await takeKey(queue) { keys.append(key) }
        await drained
        #expect(keys == ["b"] + (1..<added).map { "late\($0)" })
        #expect(queue.inHandCount == 0)
    }

    @Test("metrics tell adds, depth, retries and times under client-go's names")
    func metrics() async throws {
        let registry = PrometheusRegistry(reportsProcess: false)
        let queue = WorkQueue<String>(name: "q", metrics: registry, clock: clock)
        queue.add("a")
        queue.add("a")
        queue.add("b")
        clock.advance(by: .seconds(2))
        let lease = try await take(queue)
        clock.advance(by: .seconds(3))
        queue.refreshMetrics()
        let during = String(decoding: registry.exposition(), as: UTF8.self)
        let labels = #"{controller="q",name="q"}"#
        #expect(during.contains("workqueue_adds_total\(labels) 2\n"))
        #expect(during.contains("workqueue_depth\(labels) 1\n"))
        #expect(during.contains("workqueue_retries_total\(labels) 0\n"))
        #expect(during.contains("workqueue_queue_duration_seconds_sum\(labels) 2\n"))
        #expect(during.contains("workqueue_unfinished_work_seconds\(labels) 3\n"))
        #expect(during.contains("workqueue_longest_running_processor_seconds\(labels) 3\n"))
        lease.fail()
        queue.refreshMetrics()
        let after = String(decoding: registry.exposition(), as: UTF8.self)
        #expect(after.contains("workqueue_retries_total\(labels) 1\n"))
        #expect(after.contains("workqueue_work_duration_seconds_sum\(labels) 3\n"))
        #expect(after.contains(#"workqueue_work_duration_seconds_bucket{controller="q",name="q",le="10"} 1"#))
        #expect(after.contains("workqueue_unfinished_work_seconds\(labels) 0\n"))
    }
}
