import ControllerKit
import ControllerTestKit
import KubeClient
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

private struct Failure: Error, CustomStringConvertible { var description: String { "it broke" } }

@Suite("Controller")
struct ControllerTests {
    struct Attempt: Hashable, Sendable {
        var key: String
        var number: Int
        var priority = Priority.normal
    }

    let clock = ManualClock()
    let journal = Journal<Attempt>()
    let lines = Journal<String>()
    let registry = PrometheusRegistry(reportsProcess: false)
    var metrics: String { String(decoding: registry.exposition(), as: UTF8.self) }

    func controller(
        _ options: ControllerOptions = .init(),
        _ body: @escaping @Sendable (String, ReconcileContext) async throws -> Outcome
    ) -> Controller<Reconciling> {
        let reconciler = Reconciling { [journal] key, context in
            journal.append(Attempt(key: key, number: context.attempt, priority: context.priority))
            return try await body(key, context)
        }
        return Controller(
            "test", reconciler: reconciler, options: options, logger: .into(lines), metrics: registry, clock: clock)
    }

    /// Runs a controller while `body` runs, then cancels it.
    func running<R: Reconciler>(_ controller: Controller<R>, _ body: () async throws -> Void) async rethrows {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await controller.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test("a failed key is tried again after a growing delay, with its priority, until it succeeds")
    func retries() async throws {
        let controller = controller { _, context in
            if context.attempt < 3 { throw Failure() }
            return .done
        }
        try await running(controller) {
            controller.queue.add("a", priority: .low)
            await journal.entries(1)
            try await clock.waitForSleepers()
            clock.advance(by: .milliseconds(5))
            await journal.entries(2)
            try await clock.waitForSleepers()
            #expect(controller.queue.delayedCount == 1)
            clock.advance(by: .milliseconds(9))
            #expect(controller.queue.delayedCount == 1)
            clock.advance(by: .milliseconds(1))
            let attempts = await journal.entries(3)
            #expect(attempts == (1...3).map { Attempt(key: "a", number: $0, priority: .low) })
        }
        #expect(
            lines.entries.filter { $0.hasPrefix("warning") } == [
                "warning reconcile failed, trying again after=0.005s attempt=1 controller=test error=it broke key=a"
                    + " reconcileID=1",
                "warning reconcile failed, trying again after=0.01s attempt=2 controller=test error=it broke key=a"
                    + " reconcileID=2",
            ])
        #expect(metrics.contains("controller_runtime_reconcile_total{controller=\"test\",result=\"error\"} 2\n"))
        #expect(metrics.contains("controller_runtime_reconcile_errors_total{controller=\"test\"} 2\n"))
        #expect(metrics.contains("workqueue_retries_total{controller=\"test\",name=\"test\"} 2\n"))
    }

    @Test("success forgets past failures")
    func forgets() async throws {
        let controller = controller { _, context in
            if context.id == 1 { throw Failure() }
            return .done
        }
        try await running(controller) {
            controller.queue.add("a")
            try await clock.waitForSleepers()
            clock.advance(by: .milliseconds(5))
            await journal.entries(2)
            controller.queue.add("a")
            let attempts = await journal.entries(3)
            #expect(attempts.map(\.number) == [1, 2, 1])
        }
    }

    @Test("a terminal error rests the key until its next change, and its failures are not forgotten")
    func terminal() async throws {
        let controller = controller { _, context in
            switch context.attempt {
            case 1: throw Failure()
            default: throw TerminalError(Failure())
            }
        }
        try await running(controller) {
            controller.queue.add("a")
            try await clock.waitForSleepers()
            clock.advance(by: .milliseconds(5))
            await journal.entries(2)
            await lines.entries(3)
            controller.queue.add("a")
            let attempts = await journal.entries(3)
            #expect(attempts.map(\.number) == [1, 2, 2])
            await lines.entries(4)
            #expect(controller.queue.delayedCount == 0)
        }
        #expect(lines.entries.filter { $0.hasPrefix("error reconcile failed for good") }.count == 2)
        #expect(metrics.contains("controller_runtime_terminal_reconcile_errors_total{controller=\"test\"} 2\n"))
        #expect(metrics.contains("controller_runtime_reconcile_errors_total{controller=\"test\"} 3\n"))
    }

    @Test("a server that asks to wait is not asked again before")
    func retryAfter() async throws {
        let controller = controller { _, context in
            if context.attempt > 1 { return .done }
            let status = Status(code: 429, reason: "TooManyRequests", message: "later", retryAfterSeconds: 7)
            throw KubeError(.status, "patch refused", status: status)
        }
        try await running(controller) {
            controller.queue.add("a")
            try await clock.waitForSleepers()
            clock.advance(by: .milliseconds(6999))
            #expect(controller.queue.delayedCount == 1)
            clock.advance(by: .milliseconds(1))
            #expect(await journal.entries(2).count == 2)
        }
    }

    @Test("a key that asks to be seen again comes back then, as its first attempt")
    func again() async throws {
        let controller = controller { _, _ in .again(after: .seconds(60)) }
        try await running(controller) {
            controller.queue.add("a")
            try await clock.waitForSleepers()
            clock.advance(by: .seconds(59))
            #expect(journal.entries.count == 1)
            clock.advance(by: .seconds(1))
            let attempts = await journal.entries(2)
            #expect(attempts.map(\.number) == [1, 1])
        }
        #expect(metrics.contains("result=\"requeue_after\"} "))
        #expect(!metrics.contains("result=\"requeue_after\"} 0"))
    }

    @Test func `runner_should_respect_max_concurrent_executions`() async {
        let running = Mutex((now: 0, most: 0))
        let gates = (0..<6).map { _ in Gate() }
        let controller = controller(.init(concurrency: 3)) { key, _ in
            running.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
            await gates[Int(key) ?? 0].wait()
            running.withLock { $0.now -= 1 }
            return .done
        }
        await self.running(controller) {
            for index in 0..<6 { controller.queue.add("\(index)") }
            await journal.entries(3)
            // The journal is written before the body runs.
            while running.withLock({ $0.now }) < 3 { await Task.yield() }
            #expect(controller.queue.depth == 3)
            #expect(metrics.contains("controller_runtime_active_workers{controller=\"test\"} 3\n"))
            for gate in gates { gate.open() }
            await journal.entries(6)
        }
        #expect(running.withLock { $0.most } == 3)
    }

    @Test func `runner_should_never_run_two_instances_at_once`() async {
        let gate = Gate()
        let controller = controller(.init(concurrency: 4)) { key, _ in
            if key == "a" { await gate.wait() }
            return .done
        }
        await running(controller) {
            controller.queue.add("a")
            await journal.entries(1)
            controller.queue.add("a")
            controller.queue.add("b")
            await journal.entries(2)
            controller.queue.add("c")
            await journal.entries(3)
            #expect(journal.entries.map(\.key) == ["a", "b", "c"])
            gate.open()
            #expect(await journal.entries(4).map(\.key) == ["a", "b", "c", "a"])
        }
    }

    @Test("a key that keeps failing delays no other key")
    func headOfLine() async {
        let controller = controller { key, _ in
            if key == "bad" { throw Failure() }
            return .done
        }
        await running(controller) {
            controller.queue.add("bad")
            for index in 0..<20 { controller.queue.add("good\(index)") }
            #expect(await journal.entries(21).filter { $0.key == "bad" }.count == 1)
        }
    }

    @Test("a reconcile that takes too long is cancelled and counts as failed")
    func timeout() async throws {
        let controller = controller(.init(reconcileTimeout: .seconds(30))) { _, context in
            if context.attempt > 1 { return .done }
            await Gate().wait()
            return .done
        }
        try await running(controller) {
            controller.queue.add("a")
            await journal.entries(1)
            try await clock.waitForSleepers()
            clock.advance(by: .seconds(30))
            await lines.entries(2)
            try await clock.waitForSleepers()
            clock.advance(by: .seconds(1))
            #expect(await journal.entries(2).map(\.number) == [1, 2])
        }
        #expect(lines.entries.contains { $0.contains("error=took longer than the limit of 30.0 s") })
        #expect(metrics.contains("controller_runtime_reconcile_timeouts_total{controller=\"test\"} 1\n"))
    }

    @Test("nothing is reconciled before every informer is synced, and the first list waits behind changes")
    func waitsForSync() async throws {
        let (first, second) = (Gate(), Gate())
        let (one, two) = (
            Informer.widgets([Widget("a"), Widget("b")], after: first), Informer.widgets([Widget("c")], after: second)
        )
        let seen = Journal<Attempt>()
        let reconciler = KeyReconciler { key, context in
            seen.append(Attempt(key: key.name, number: context.attempt, priority: context.priority))
        }
        let controller = Controller("sync", reconciler: reconciler, logger: .silent, metrics: registry, clock: clock)
        controller.watch(one)
        controller.watch(two, where: .object { $0.value == 0 }) { [$0.key, ObjectKey(name: "extra")] }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await controller.run() }
            group.addTask { try? await one.run() }
            group.addTask { try? await two.run() }
            first.open()
            try? await one.waitUntilSynced()
            controller.queue.add(ObjectKey(name: "changed"))
            #expect(controller.queue.depth == 3)
            #expect(seen.entries.isEmpty)
            second.open()
            let attempts = await seen.entries(5)
            #expect(attempts.first == Attempt(key: "changed", number: 1))
            #expect(Set(attempts.dropFirst().map(\.key)) == ["a", "b", "c", "extra"])
            #expect(attempts.dropFirst().allSatisfy { $0.priority == .low })
            group.cancelAll()
        }
    }

    @Test("graceful shutdown finishes what is in hand and takes nothing more")
    func gracefulShutdown() async throws {
        let gate = Gate()
        let finished = Mutex(false)
        let controller = controller { _, _ in
            await gate.wait()
            finished.withLock { $0 = !Task.isCancelled }
            return .done
        }
        let group = ServiceGroup(configuration: .init(services: [.init(service: controller)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            controller.queue.add("a")
            controller.queue.add("b")
            await journal.entries(1)
            await group.triggerGracefulShutdown()
            await lines.entries(2)
            gate.open()
            try await tasks.waitForAll()
        }
        #expect(finished.withLock { $0 })
        #expect(journal.entries.map(\.key) == ["a"])
        #expect(lines.entries.last == "info controller stops controller=test inHand=1")
    }

    @Test("graceful shutdown before the first sync ends the controller")
    func gracefulShutdownBeforeSync() async throws {
        let informer = Informer.widgets([], after: Gate())
        let controller = Controller(
            "sync", reconciler: KeyReconciler { _, _ in }, logger: .silent, metrics: registry, clock: clock)
        controller.watch(informer)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: informer), .init(service: controller)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("cancellation reaches the reconcile in hand, is no failure, and the controller can run again")
    func cancellation() async {
        let controller = controller { _, context in
            if context.id > 1 { return .done }
            await Gate().wait()
            throw CancellationError()
        }
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controller.run() }
            controller.queue.add("a")
            await journal.entries(1)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(metrics.contains("controller_runtime_reconcile_total{controller=\"test\",result=\"error\"} 0\n"))
        clock.advance(by: .seconds(1))
        await running(controller) { #expect(await journal.entries(2).last == Attempt(key: "a", number: 2)) }
    }

    @Test("a controller whose service group was cancelled runs again, with the keys that came in between")
    func runsAgain() async throws {
        let controller = controller { _, _ in .done }
        for (number, key) in ["a", "b", "c"].enumerated() {
            controller.queue.add(key)
            let group = ServiceGroup(configuration: .init(services: [.init(service: controller)], logger: .silent))
            await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try? await group.run() }
                await journal.entries(number + 1)
                tasks.cancelAll()
            }
        }
        #expect(journal.entries.map(\.key) == ["a", "b", "c"])
    }

    @Test("all metrics are there before anything happens")
    func metricsFromTheStart() {
        _ = controller(.init(concurrency: 5)) { _, _ in .done }
        for expected in [
            "controller_runtime_reconcile_total{controller=\"test\",result=\"success\"} 0",
            "controller_runtime_reconcile_total{controller=\"test\",result=\"error\"} 0",
            "controller_runtime_reconcile_total{controller=\"test\",result=\"requeue_after\"} 0",
            "controller_runtime_reconcile_errors_total{controller=\"test\"} 0",
            "controller_runtime_terminal_reconcile_errors_total{controller=\"test\"} 0",
            "controller_runtime_reconcile_timeouts_total{controller=\"test\"} 0",
            "controller_runtime_reconcile_time_seconds_count{controller=\"test\"} 0",
            "controller_runtime_max_concurrent_reconciles{controller=\"test\"} 5",
            "controller_runtime_active_workers{controller=\"test\"} 0",
            "workqueue_depth{controller=\"test\",name=\"test\"} 0",
            "workqueue_adds_total{controller=\"test\",name=\"test\"} 0",
        ] { #expect(metrics.contains(expected + "\n"), "\(expected)") }
    }
}

private struct KeyReconciler: Reconciler {
    let body: @Sendable (ObjectKey, ReconcileContext) -> Void
    init(_ body: @escaping @Sendable (ObjectKey, ReconcileContext) -> Void) { self.body = body }
    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        body(key, context)
        return .done
    }
}
