import ControllerKit
import ControllerTestKit
import KubeClient
import ServiceLifecycle
import TestSupport
import Testing
import UnixSignals

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Tells when it starts and stops; stops on graceful shutdown.
private struct Recording: Service {
    let name: String
    let journal: Journal<String>
    var onStart: @Sendable () -> Void = {}
    func run() async throws {
        journal.append("\(name) starts")
        onStart()
        try? await gracefulShutdown()
        journal.append("\(name) stops")
    }
}

@Suite("Controller manager")
struct ControllerManagerTests {
    let journal = Journal<String>()
    let lines = Journal<String>()
    let local = ManagerOptions(probeAddress: "127.0.0.1:0")

    /// The port that the log tells.
    func port() async -> Int? {
        let line = await lines.entries(1).first { $0.hasPrefix("info serving") }
        return line.flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }
    }

    @Test("controllers finish what they have in hand before anything else stops, and the probes answer until then")
    func order() async throws {
        let gate = Gate()
        let reconciler = Reconciling { [journal] key, _ in
            journal.append("reconcile starts")
            await gate.wait()
            journal.append("reconcile ends")
            return .done
        }
        let registry = PrometheusRegistry()
        let controller = Controller("c", reconciler: reconciler, logger: .silent, metrics: registry)
        var manager = ControllerManager(options: local, metrics: registry, logger: .into(lines))
        manager.add(Recording(name: "service", journal: journal))
        manager.add(controller)
        let group = ServiceGroup(configuration: .init(services: [.init(service: manager)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = await port()
            controller.queue.add("a")
            await journal.entries(2)
            await group.triggerGracefulShutdown()
            let metrics = try await LoopbackClient.request("/metrics", port: port)
            #expect(metrics.body.contains("controller_runtime_active_workers{controller=\"c\"} 1\n"))
            let unfinished = "workqueue_unfinished_work_seconds{controller=\"c\",name=\"c\"} "
            let line = metrics.body.split(separator: "\n").first { $0.hasPrefix(unfinished) }
            #expect((line?.dropFirst(unfinished.count)).flatMap { Double($0) } ?? 0 > 0)
            gate.open()
            try await tasks.waitForAll()
        }
        #expect(Set(journal.entries.prefix(2)) == ["service starts", "reconcile starts"])
        #expect(Array(journal.entries.dropFirst(2)) == ["reconcile ends", "service stops"])
    }

    @Test("the program is ready once its informers are synced")
    func readiness() async throws {
        let gate = Gate()
        let informer = Informer.widgets([], after: gate)
        var manager = ControllerManager(options: local, logger: .into(lines))
        manager.add(informer)
        manager.serve("/live") { ProbeResponse("alive") }
        try await withThrowingTaskGroup(of: Void.self) { [manager] tasks in
            tasks.addTask { try? await manager.run() }
            let port = await port()
            let before = try await LoopbackClient.request("/readyz", port: port)
            #expect(before.status == 503)
            #expect(before.body == "[-]informer-widgets failed: widgets not listed yet\ncheck failed\n")
            #expect(try await LoopbackClient.request("/healthz", port: port).body == "ok")
            #expect(try await LoopbackClient.request("/live", port: port).body == "alive")
            #expect(try await LoopbackClient.request("/metrics", port: port).status == 404)
            gate.open()
            try await informer.waitUntilSynced()
            let after = try await LoopbackClient.request("/readyz", port: port)
            #expect(after.status == 200)
            #expect(after.body == "ok")
            tasks.cancelAll()
        }
    }

    @Test("a controller brings the informers that it watches, each once")
    func informersOfControllers() async throws {
        let informer = Informer.widgets([Widget("a"), Widget("b")])
        let reconciler = Reconciling { [journal] key, _ in
            journal.append(key)
            return .done
        }
        let controllers = ["one", "two"].map { Controller($0, reconciler: reconciler, logger: .silent) }
        var manager = ControllerManager(options: ManagerOptions(probeAddress: "off"), logger: .silent)
        manager.add(informer)
        for controller in controllers {
            controller.watch(informer) { [$0.key.name] }
            manager.add(controller)
        }
        #expect(manager.health.readiness().entries.map(\.name) == ["informer-widgets"])
        await withThrowingTaskGroup(of: Void.self) { [manager] tasks in
            tasks.addTask { try? await manager.run() }
            #expect(await journal.entries(4).sorted() == ["a", "a", "b", "b"])
            tasks.cancelAll()
        }
    }

    @Test("a controller may be told what to watch after it was added")
    func lateWatch() async throws {
        let informer = Informer.widgets([Widget("a")])
        let reconciler = Reconciling { [journal] key, _ in
            journal.append(key)
            return .done
        }
        let controller = Controller("test", reconciler: reconciler, logger: .silent)
        var manager = ControllerManager(options: ManagerOptions(probeAddress: "off"), logger: .silent)
        manager.add(controller)
        controller.watch(informer) { [$0.key.name] }
        await withThrowingTaskGroup(of: Void.self) { [manager] tasks in
            tasks.addTask { try? await manager.run() }
            #expect(await journal.entries(1) == ["a"])
            tasks.cancelAll()
        }
        #expect(manager.health.readiness().entries.map(\.name) == ["informer-widgets"])
    }

    @Test("each informer has checks of its own, also those of one resource in several namespaces")
    func checks() {
        let client = TestAPIServer().client(logger: .silent)
        func informer(_ scope: Scope) -> Informer<ObjectMetadata> {
            Informer(client.resource(.configMaps), scope: scope, logger: .silent)
        }
        var manager = ControllerManager(options: local, logger: .silent)
        for scope in [Scope.all, .namespace("a"), .namespace("b"), .all] { manager.add(informer(scope)) }
        let names = ["informer-configmaps", "informer-configmaps-a", "informer-configmaps-b", "informer-configmaps-2"]
        #expect(manager.health.readiness().entries.map(\.name) == names)
        #expect(manager.health.liveness().entries.map(\.name) == names)
        #expect(manager.health.liveness().isHealthy)
    }

    @Test("an address that cannot be used ends the program before anything starts")
    func badAddress() async throws {
        var manager = ControllerManager(options: .init(probeAddress: "nonsense"), logger: .silent)
        manager.add(Recording(name: "service", journal: journal))
        let broken = manager
        await #expect(throws: KubeError.self) { try await broken.run() }
        #expect(journal.entries.isEmpty)
    }

    @Test("what fails ends the program with its error")
    func failure() async throws {
        struct Failure: Error {}
        struct Failing: Service { func run() async throws { throw Failure() } }
        var manager = ControllerManager(options: .init(probeAddress: "off"), logger: .silent)
        manager.add(Recording(name: "service", journal: journal))
        manager.add(Failing())
        let failing = manager
        await #expect(throws: Failure.self) { try await failing.run() }
    }

    @Test("what does not stop in time is cancelled")
    func shutdownLimit() async throws {
        struct Stubborn: Service {
            let journal: Journal<String>
            func run() async throws {
                journal.append("stubborn starts")
                await Gate().wait()
                journal.append("stubborn cancelled")
            }
        }
        var manager = ControllerManager(
            options: .init(probeAddress: "off", gracefulShutdownLimit: .milliseconds(20)), logger: .silent)
        manager.add(Stubborn(journal: journal))
        let group = ServiceGroup(configuration: .init(services: [.init(service: manager)], logger: .silent))
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try? await group.run() }
            await journal.entries(1)
            await group.triggerGracefulShutdown()
        }
        #expect(journal.entries == ["stubborn starts", "stubborn cancelled"])
    }

    @Test("SIGTERM stops a service gracefully")
    func signal() async throws {
        var manager = ControllerManager(options: .init(probeAddress: "off"), logger: .silent)
        // The signal is caught from before the first service starts.
        manager.add(Recording(name: "service", journal: journal, onStart: { kill(getpid(), SIGTERM) }))
        try await manager.runService()
        #expect(journal.entries == ["service starts", "service stops"])
    }

    @Test("a signal that comes before the manager runs stops it, too")
    func earlySignal() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigusr1)
        kill(getpid(), SIGUSR1)
        var manager = ControllerManager(options: local, logger: .into(lines))
        manager.add(Recording(name: "service", journal: journal))
        try await manager.run(stoppingAt: signals)
        #expect(journal.entries == ["service starts", "service stops"])
        #expect(lines.entries.contains { $0.hasPrefix("info stopping") })
    }

    @Test("a group around a manager stops it without a signal")
    func shutdownWithoutSignal() async throws {
        struct Listening: Service {
            let manager: ControllerManager
            let signals: UnixSignalsSequence
            func run() async throws { try await manager.run(stoppingAt: signals) }
        }
        var manager = ControllerManager(options: .init(probeAddress: "off"), logger: .silent)
        manager.add(Recording(name: "service", journal: journal))
        let service = Listening(manager: manager, signals: await UnixSignalsSequence(trapping: .sigusr2))
        let group = ServiceGroup(configuration: .init(services: [.init(service: service)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await journal.entries(1)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(journal.entries == ["service starts", "service stops"])
    }
}
