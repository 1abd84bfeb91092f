import ControllerKit
import ControllerTestKit
import KubeClient
import Logging
import ReloaderCore
import Testing

/// A Reloader that stands by, next to a leader that the test plays.
@Suite("Standby", .timeLimit(.minutes(1))) struct StandbyTests {
    private static let lease = ObjectKey(namespace: "shop", name: "lock")
    private let stage = Stage()

    init() throws {
        try stage.server.create(
            json: """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lock","namespace":"shop"},\
                "spec":{"holderIdentity":"leader","leaseDurationSeconds":15}}
                """)
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createWorkload("web", configMaps: ["a", "b"])
    }

    /// Runs a Reloader that stands by until the lease is free and the clock goes on.
    private func run(_ strategy: ReloadStrategy, _ body: (LeaderElector) async throws -> Void) async throws {
        let logger = stage.log.logger
        let client = stage.server.client(logger: logger)
        let elector = try LeaderElector(
            client, lease: Self.lease, identity: "standby", metrics: stage.metrics, clock: stage.clock, logger: logger)
        let options = ReloaderOptions(strategy: strategy, reloadDelay: .zero, reloadMaxDelay: .zero)
        let runtime = ReloaderRuntime(
            client: client, options: options, metrics: stage.metrics, leaderElector: elector, clock: stage.clock,
            wallClock: { Stage.wallClock }, logger: logger)
        var manager = ControllerManager(
            options: ManagerOptions(probeAddress: "off"), metrics: stage.metrics, leaderElector: elector, logger: logger
        )
        runtime.install(in: &manager)
        try await withThrowingTaskGroup(of: Void.self) { [manager] group in
            group.addTask { try await manager.run() }
            await stage.until { manager.health.readiness().isHealthy && elector.leader == "leader" }
            try await body(elector)
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
        }
    }

    @Test func `nothing waits for a standby`() async throws {
        try await run(.envVars) { _ in
            try stage.change(configMap: "a", to: "2")
            await stage.untilReceived(1)
            let page = String(decoding: stage.metrics.exposition(), as: UTF8.self)
            #expect(page.contains("\nreloader_workqueue_depth 0\n"))
        }
    }

    private func takeOver(_ elector: LeaderElector) async throws {
        try stage.server.patch(.leases, Self.lease, merge: #"{"spec":{"holderIdentity":""}}"#)
        try await stage.clock.waitForSleepers()
        stage.clock.advance(by: .seconds(5))
        await stage.until { elector.isLeader }
    }

    /// What the leader would write for the content `2` of a ConfigMap.
    private func leaderReloads(_ name: String, _ strategy: ReloadStrategy) throws {
        // SHA-1 of `key=2`.
        let hash = "86a73563b6bb37fa56bf52aacfc7d79cea7ab856"
        let patch =
            switch strategy {
            case .envVars:
                """
                {"spec":{"template":{"spec":{"containers":[{"name":"app","image":"busybox","envFrom":[\
                {"configMapRef":{"name":"a"}},{"configMapRef":{"name":"b"}}],\
                "env":[{"name":"STAKATER_\(name.uppercased())_CONFIGMAP","value":"\(hash)"}]}]}}}}
                """
            case .annotations:
                """
                {"spec":{"template":{"metadata":{"annotations":{"reloader.stakater.com/last-reloaded-from":\
                "{\\"type\\":\\"CONFIGMAP\\",\\"name\\":\\"\(name)\\",\\"namespace\\":\\"shop\\",\\"hash\\":\\"\(hash)\\"}"}}}}}
                """
            }
        try stage.server.patch(.deployments, ObjectKey(namespace: "shop", name: "web"), merge: patch)
    }

    @Test(
        "what the leader has reloaded is not reloaded again after a takeover, even when it wrote one marker for two",
        arguments: [ReloadStrategy.envVars, .annotations])
    func settled(strategy: ReloadStrategy) async throws {
        try await run(strategy) { elector in
            try stage.change(configMap: "a", to: "2")
            try stage.change(configMap: "b", to: "2")
            await stage.untilReceived(2)
            try leaderReloads("b", strategy)
            await stage.until { stage.log.lines.contains { $0.contains("was reloaded by the leader") } }
            stage.server.clearRequests()
            try await takeOver(elector)
            try stage.change(configMap: "b", to: "3")
            let patch = try await stage.patch(of: "web")
            try await stage.event()
            #expect(stage.patches.count == 1)
            #expect(!patch.bodyText.contains("STAKATER_A_CONFIGMAP"))
        }
    }

    @Test(
        "what the leader did not get to is done after a takeover, once",
        arguments: [ReloadStrategy.envVars, .annotations])
    func due(strategy: ReloadStrategy) async throws {
        try await run(strategy) { elector in
            try stage.change(configMap: "a", to: "2")
            try stage.change(configMap: "b", to: "2")
            await stage.untilReceived(2)
            #expect(stage.patches.isEmpty)
            try await takeOver(elector)
            try await stage.patch(of: "web")
            try await stage.event()
            #expect(stage.patches.count == 1)
        }
    }
}
