import ControllerTestKit
import KubeClient
import ServiceLifecycle
import TestSupport
import Testing

@testable import ControllerKit

@Suite("Manager with a leader elector", .timeLimit(.minutes(1)))
struct LedControllersTests {
    let server = TestAPIServer()
    let key = ObjectKey(namespace: "default", name: "lock")
    let journal = Journal<String>()
    let lines = Journal<String>()
    let options = ManagerOptions(probeAddress: "off")

    func elector(_ identity: String, clock: any Clock<Duration> = ManualClock()) throws -> LeaderElector {
        try LeaderElector(
            server.client(logger: .silent), lease: key, identity: identity,
            metrics: PrometheusRegistry(reportsProcess: false), clock: clock, logger: .into(lines))
    }

    func controller(_ name: String, needsLeadership: Bool = true) -> Controller<Reconciling> {
        Controller(
            name,
            reconciler: Reconciling { [journal] key, _ in
                journal.append("\(name) \(key)")
                return .done
            }, options: ControllerOptions(needsLeadership: needsLeadership), logger: .silent,
            metrics: PrometheusRegistry(reportsProcess: false))
    }

    var holder: String? { (try? server.get(.leases, key))?["spec"]?["holderIdentity"]?.string }

    func until(_ isTrue: () -> Bool) async {
        while !isTrue(), !Task.isCancelled { await Task.yield() }
    }

    @Test("nobody contends before its caches are filled")
    func warm() async throws {
        let gate = Gate()
        let informer = Informer.widgets([], after: gate)
        var manager = ControllerManager(options: options, leaderElector: try elector("a"), logger: .silent)
        manager.add(informer)
        await withThrowingTaskGroup(of: Void.self) { [manager] group in
            group.addTask { try? await manager.run() }
            for _ in 0..<1000 { await Task.yield() }
            #expect(server.requests.isEmpty)
            gate.open()
            await until { holder == "a" }
            group.cancelAll()
        }
    }

    @Test(
        "a standby is ready, runs what needs no leadership, and looks at what was queued when it takes over")
    func standby() async throws {
        try server.create(
            json: """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lock","namespace":"default"},\
                "spec":{"holderIdentity":"other","leaseDurationSeconds":15}}
                """)
        let clock = ManualClock()
        let elector = try elector("a", clock: clock)
        var manager = ControllerManager(options: options, leaderElector: elector, logger: .silent)
        let (led, free) = (controller("led"), controller("free", needsLeadership: false))
        manager.add(led)
        manager.add(free)
        try await withThrowingTaskGroup(of: Void.self) { [manager] group in
            group.addTask { try? await manager.run() }
            await until { elector.leader == "other" }
            led.queue.add("1")
            free.queue.add("2")
            await journal.entries(1)
            #expect(manager.health.readiness().isHealthy)
            #expect(journal.entries == ["free 2"])

            try server.patch(.leases, key, merge: #"{"spec":{"holderIdentity":""}}"#)
            try await clock.waitForSleepers()
            clock.advance(by: .seconds(5))
            await journal.entries(2)
            #expect(journal.entries == ["free 2", "led 1"])

            // Lost: the controller is cancelled, and runs again when the lease comes back.
            try server.patch(.leases, key, merge: #"{"spec":{"holderIdentity":"other"}}"#)
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(2))
            // The pause before the next try, and not what is left of the term's: its deadline is 8 s away.
            await until { !elector.isLeader && clock.timeToNextSleeper.map { $0 < .seconds(5) } == true }
            #expect(elector.leader == "other")
            led.queue.add("3")
            try server.patch(.leases, key, merge: #"{"spec":{"holderIdentity":""}}"#)
            clock.advance(by: .seconds(5))
            await journal.entries(3)
            #expect(journal.entries.last == "led 3")
            group.cancelAll()
        }
    }

    @Test("on graceful shutdown the controllers finish, then the lease is given back, then the others stop")
    func shutdown() async throws {
        struct Watching: Service {
            let journal: Journal<String>
            let holder: @Sendable () -> String?
            func run() async throws {
                try? await gracefulShutdown()
                journal.append("service stops, holder '\(holder() ?? "")'")
            }
        }
        let gate = Gate()
        let reconciler = Reconciling { [journal, self] key, _ in
            journal.append("reconcile starts")
            await gate.wait()
            journal.append("reconcile ends, holder '\(holder ?? "")'")
            return .done
        }
        let controller = Controller("c", reconciler: reconciler, logger: .silent)
        var manager = ControllerManager(options: options, leaderElector: try elector("a"), logger: .silent)
        manager.add(Watching(journal: journal, holder: { self.holder }))
        manager.add(controller)
        let group = ServiceGroup(configuration: .init(services: [.init(service: manager)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            controller.queue.add("a")
            await journal.entries(1)
            await group.triggerGracefulShutdown()
            gate.open()
            try await tasks.waitForAll()
        }
        #expect(
            journal.entries == [
                "reconcile starts", "reconcile ends, holder 'a'", "service stops, holder ''",
            ])
    }
}
