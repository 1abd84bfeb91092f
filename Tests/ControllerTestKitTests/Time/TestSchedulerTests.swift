import ControllerKit
import ControllerTestKit
import KubeClient
import Logging
import Synchronization
import Testing

@Suite("Test scheduler", .timeLimit(.minutes(1)))
struct TestSchedulerTests {
    private final class Trace: Sendable {
        private let state = Mutex<[Int]>([])
        var numbers: [Int] { state.withLock { $0 } }
        func note(_ number: Int) { state.withLock { $0.append(number) } }
    }

    @Test("sleeps take no time, and tasks wake in the order of their deadlines")
    func order() async throws {
        let woken = Trace()
        let scheduler = TestScheduler()
        try await scheduler.run { clock in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for hour in [3, 1, 2] {
                    group.addTask {
                        try await clock.sleep(for: .seconds(3600 * hour))
                        woken.note(hour)
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(woken.numbers == [1, 2, 3])
        #expect(scheduler.clock.now.offset == .seconds(3 * 3600))
    }

    @Test("the same code runs in the same order each time")
    func determinism() async throws {
        func trace() async throws -> [Int] {
            let steps = Trace()
            return try await TestScheduler().run { clock in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            for round in 1...5 {
                                steps.note(number)
                                if (number + round).isMultiple(of: 3) {
                                    try await clock.sleep(for: .seconds(number % 4))
                                }
                                await Task.yield()
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                return steps.numbers
            }
        }
        let first = try await trace()
        #expect(first.count == 100)
        for _ in 0..<10 {
            let again = try await trace()
            #expect(again == first)
        }
    }

    @Test("errors come through, and code that waits in vain ends when the time is over")
    func ends() async throws {
        struct Broken: Error {}
        await #expect(throws: Broken.self) { try await TestScheduler().run { _ in throw Broken() } }
        await #expect(throws: TestScheduler.TimeLimitReached.self) {
            try await TestScheduler().run(atMost: .seconds(60)) { clock in
                while true { try await clock.sleep(for: .seconds(7)) }
            }
        }
    }

    @Test("what comes from outside is waited for")
    func outside() async throws {
        let (values, sink) = AsyncStream<Int>.makeStream()
        async let sum = TestScheduler().run { _ in
            var sum = 0
            for await value in values { sum += value }
            return sum
        }
        for value in 1...100 {
            sink.yield(value)
            await Task.yield()
        }
        sink.finish()
        #expect(try await sum == 5050)
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    // As the guide shows it.
    @Test func `a ConfigMap is looked at every hour`() async throws {
        let looks = Trace()
        try await TestScheduler().run { [logger] clock in
            let server = TestAPIServer(clock: clock)
            try server.create(json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#)
            let configMaps = server.client(logger: logger).resource(.configMaps, as: ObjectMetadata.self)
            let informer = Informer(configMaps, logger: logger, clock: clock)
            let hourly = Hourly { looks.note(1) }
            let controller = Controller("hourly", reconciler: hourly, logger: logger, clock: clock)
            controller.watch(informer)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await informer.run() }
                group.addTask { try await controller.run() }
                try await clock.sleep(for: .seconds(24 * 3600 + 1800))
                group.cancelAll()
            }
        }
        #expect(looks.numbers.count == 25)
    }

    private struct Hourly: Reconciler {
        var look: @Sendable () -> Void
        func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
            look()
            return .again(after: .seconds(3600))
        }
    }
}
