import ControllerKit
import ControllerTestKit
import KubeClient
import Synchronization
import TestSupport
import Testing

@Suite("Test scheduler", .timeLimit(.minutes(2)))
struct TestSchedulerTests {

    @Test func `an advance wakes who is due, in the order of the deadlines, and takes no time`() async throws {
        let woken = Journal<Int>()
        try await TestScheduler.run { time in
            await withThrowingTaskGroup(of: Void.self) { group in
                for hour in [3, 1, 2] {
                    group.addTask {
                        try await time.sleep(for: .seconds(3600 * hour))
                        woken.append(hour)
                    }
                }
                await time.advance(by: .seconds(2 * 3600))
                #expect(woken.entries == [1, 2])
                await time.advance(by: .seconds(3600) - .nanoseconds(1))
                #expect(woken.entries == [1, 2])
                await time.advance(by: .nanoseconds(1))
                #expect(woken.entries == [1, 2, 3])
                #expect(time.now.offset == .seconds(3 * 3600))
            }
        }
    }

    @Test func `the clock stops at each deadline on the way`() async throws {
        let beats = Journal<Duration>()
        try await TestScheduler.run { time in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        try await time.sleep(for: .seconds(1))
                        beats.append(time.now.offset)
                    }
                }
                await time.advance(by: .seconds(60))
                group.cancelAll()
            }
        }
        #expect(beats.entries == (1...60).map { .seconds($0) })
    }

    @Test func `settling does what is due now and leaves the clock alone`() async throws {
        let done = Journal<Int>()
        try await TestScheduler.run { time in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for step in 1...3 {
                        await Task.yield()
                        done.append(step)
                    }
                    try await time.sleep(for: .seconds(1))
                    done.append(4)
                }
                await time.settle()
                #expect(done.entries == [1, 2, 3])
                #expect(time.now.offset == .zero)
                group.cancelAll()
            }
        }
    }

    private actor Tally {
        private(set) var numbers: [Int] = []
        func add(_ number: Int) { numbers.append(number) }
    }

    @Test func `tasks, actors and streams take their turns in the same order each time`() async throws {
        func trace() async throws -> [Int] {
            try await TestScheduler.run { time in
                let tally = Tally()
                let (numbers, sink) = AsyncStream<Int>.makeStream()
                async let relayed: Void = { for await number in numbers { await tally.add(number) } }()
                await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            for round in 1...5 {
                                await tally.add(number)
                                if (number + round).isMultiple(of: 3) {
                                    try await time.sleep(for: .seconds(number % 4))
                                }
                                sink.yield(100 + number)
                                await Task.yield()
                            }
                        }
                    }
                    await time.advance(by: .seconds(30))
                }
                sink.finish()
                await relayed
                return await tally.numbers
            }
        }
        let first = try await trace()
        #expect(first.count == 200)
        for _ in 0..<10 {
            let again = try await trace()
            #expect(again == first)
        }
    }

    @Test func `errors come through`() async {
        struct Broken: Error {}
        await #expect(throws: Broken.self) { try await TestScheduler.run { _ in throw Broken() } }
    }

    @Test func `a test that waits for what only time brings is told so`() async {
        let error = await #expect(throws: TestScheduler.Failure.self) {
            try await TestScheduler.run { time in try await time.sleep(for: .seconds(7)) }
        }
        #expect(error?.code == .standsStill)
        #expect(error?.description.hasSuffix("1 tasks sleep, the next one for 7 s more") == true)
    }

    @Test func `what comes from another thread fails a test that would pass`() async {
        await #expect(throws: TestScheduler.Failure.self) {
            try await TestScheduler.run { _ in
                let (values, sink) = AsyncStream<Int>.makeStream()
                let stray = Task.detached { _ = sink.yield(1) }
                await stray.value
                for await _ in values { break }
            }
        }
    }

    @Test func `a task that sleeps on the clock from elsewhere does so, too`() async {
        await #expect(throws: TestScheduler.Failure.self) {
            try await TestScheduler.run { time in
                let stray = Task { try await time.sleep(for: .zero) }
                _ = await stray.result
            }
        }
    }

    @Test func `a test that runs in circles can be cancelled`() async {
        let test = Task {
            try await TestScheduler.run { _ in while !Task.isCancelled { await Task.yield() } }
        }
        test.cancel()
        await #expect(throws: CancellationError.self) { try await test.value }
    }

    // MARK: controllers

    // As the guide shows it.
    @Test func `a ConfigMap is looked at every hour`() async throws {
        let looks = Journal<Duration>()
        try await TestScheduler.run { time in
            let server = TestAPIServer(clock: time)
            try server.create(json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}"#)
            let configMaps = server.client(logger: .silent).resource(.configMaps, as: ObjectMetadata.self)
            let informer = Informer(configMaps, logger: .silent, clock: time)
            let hourly = Hourly { looks.append(time.now.offset) }
            let controller = Controller("hourly", reconciler: hourly, logger: .silent, clock: time)
            controller.watch(informer)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await informer.run() }
                group.addTask { try await controller.run() }
                await time.advance(by: .seconds(24 * 3600))
                group.cancelAll()
            }
        }
        #expect(looks.entries == (0...24).map { .seconds(3600 * $0) })
    }

    private struct Hourly: Reconciler {
        var look: @Sendable () -> Void
        func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
            look()
            return .again(after: .seconds(3600))
        }
    }

    /// Every request of five minutes in the life of two candidates with an informer and a controller each, under faults.
    private func requests(seed: UInt64) async throws -> [String] {
        try await TestScheduler.run { time in
            let server = TestAPIServer(clock: time, seed: seed)
            server.authenticate { RequestUser(name: $0) }
            let lease = ObjectKey(namespace: "default", name: "lock")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in ["a", "b"] {
                    let client = server.client(logger: .silent, token: name)
                    let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
                    let informer = Informer(
                        configMaps, logger: .silent, clock: time, rng: SeededRandom(seed: seed))
                    let touch = Touch(configMaps: configMaps, name: name)
                    let controller = Controller(
                        name, reconciler: touch, options: .init(concurrency: 4), logger: .silent, clock: time)
                    controller.watch(informer)
                    let elector = try LeaderElector(
                        client, lease: lease, identity: name, clock: time, rng: SeededRandom(seed: seed + 1),
                        logger: .silent)
                    group.addTask { try await informer.run() }
                    group.addTask { try await elector.withLeadership { try await controller.run() } }
                }
                for round in 0..<5 {
                    for number in 0..<2 {
                        try server.apply(
                            json: """
                                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c\(number)"},
                                "data":{"round":"\(round)"}}
                                """)
                    }
                    if round == 1 { server.compact() }
                    if round == 2 { server.closeWatches() }
                    if round == 3 { server.inject(.init(.reset, times: 3)) }
                    if round == 4 { server.inject(.init(.delay(.seconds(11)), times: 2)) }
                    await time.advance(by: .seconds(60))
                }
                group.cancelAll()
            }
            return server.requests.map { "\($0.attributes.user.name) \($0.method) \($0.target) \($0.status ?? 0)" }
        }
    }

    private struct Touch: Reconciler {
        var configMaps: ResourceClient<ObjectMetadata>
        var name: String
        func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
            _ = try await configMaps.patch(key, .merge(["metadata": ["labels": ["by": .string(name)]]]))
            return .again(after: .seconds(29))
        }
    }

    @Test func `whole controllers send the same requests in the same order each time`() async throws {
        let first = try await requests(seed: 7)
        #expect(first.count > 50)
        let again = try await requests(seed: 7)
        #expect(again == first)
        let other = try await requests(seed: 8)
        #expect(other != first)
    }
}
