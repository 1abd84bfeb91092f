import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// Writes that came through though their answers did not.
@Suite(.timeLimit(.minutes(1))) struct LostAnswerTests {
    private static let web = ObjectKey(namespace: "shop", name: "web")

    /// Of how many changes the log says that they reloaded a workload.
    private func told(on stage: Stage) -> Int {
        stage.log.lines.count { $0.hasPrefix("info Changes detected in") && $0.contains("; updated 'web'") }
    }

    @Test(
        "content that is taken back before the retry is written if the first one came through, and only then",
        arguments: [Fault.Effect.lostAnswer, .status(500)], ReloadStrategy.allCases)
    func takenBack(effect: Fault.Effect, strategy: ReloadStrategy) async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.inject(Fault(effect, verb: "patch", resource: "deployments"))
        try await stage.run(ReloaderOptions(strategy: strategy)) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { stage.patches.count == 1 })
            try stage.change(configMap: "a", to: "1")
            await stage.untilReceived(2)
            if effect == .lostAnswer {
                #expect(await stage.pump { stage.patches.count == 2 && stage.patches.last?.status == 200 })
                let hash = ReferenceSHA1.hex(Array("key=1".utf8))
                #expect(try stage.server.get(.deployments, Self.web)["spec"]?.description.contains(hash) == true)
            } else {
                #expect(
                    await stage.pump {
                        stage.log.lines.contains { $0.contains("reason=content_restored") } || stage.patches.count > 1
                    })
                #expect(stage.patches.count == 1)
            }
        }
    }

    @Test func `a refusal leaves no doubt, also where workloads may not be read`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.authorize { $0.verb == "get" && $0.resource == "deployments" ? .deny : .allow() }
        stage.server.inject(Fault(.status(409), verb: "patch", resource: "deployments"))
        try await stage.run(ReloaderOptions()) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { stage.patches.count == 1 })
            try stage.change(configMap: "a", to: "1")
            await stage.untilReceived(2)
            #expect(
                await stage.pump {
                    stage.log.lines.contains { $0.contains("reason=content_restored") } || stage.patches.count > 1
                })
            #expect(stage.patches.count == 1)
        }
    }

    @Test func `a removal that came through is not repeated where workloads are only listed`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.authorize { $0.verb == "watch" && $0.group == "apps" ? .deny : .allow() }
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        options.reloadOnDelete = true
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.event()
            stage.server.inject(Fault(.lostAnswer, verb: "patch", resource: "deployments"))
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
            #expect(await stage.pump { told(on: stage) == 2 || stage.patches.count > 2 })
            #expect(stage.patches.count == 2)
            #expect(try stage.markers(of: "web").isEmpty)
        }
    }

    @Test("a template that is annotated is not annotated again", arguments: [["a"], ["a", "b"]], [false, true])
    func annotations(configs: [String], isWatchBehind: Bool) async throws {
        let stage = Stage()
        for config in configs { try stage.createConfigMap(config, "1") }
        try stage.createWorkload("web", configMaps: configs)
        stage.server.inject(Fault(.lostAnswer, verb: "patch", resource: "deployments"))
        try await stage.run(ReloaderOptions(strategy: .annotations)) { stage in
            if isWatchBehind { stage.server.dropNextEvent(of: .deployments) }
            for config in configs { try stage.change(configMap: config, to: "2") }
            await stage.untilReceived(configs.count)
            #expect(
                await stage.pump { told(on: stage) == configs.count || stage.patches.count > 1 })
            #expect(stage.writes == ["patch deployments", "get deployments"])
            await stage.until { stage.eventReasons.count == 2 }
            #expect(stage.eventReasons == ["ReloadFail", "Reloaded"])
            #expect(try stage.server.get(.deployments, Self.web)["metadata"]?["generation"]?.int == 2)
            // What comes later is another change.
            try stage.change(configMap: "a", to: "3")
            #expect(await stage.pump { stage.patches.count == 2 })
        }
    }

    @Test func `what came through counts although the next write is not answered either`() async throws {
        let stage = Stage()
        for config in ["a", "b"] { try stage.createConfigMap(config, "1") }
        try stage.createWorkload("web", configMaps: ["a", "b"])
        stage.server.inject(Fault(.lostAnswer, times: 2, verb: "patch", resource: "deployments"))
        try await stage.run(ReloaderOptions(strategy: .annotations)) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { stage.patches.count == 1 })
            try stage.change(configMap: "b", to: "2")
            await stage.untilReceived(2)
            #expect(
                await stage.pump { told(on: stage) == 2 || stage.patches.count > 2 })
            #expect(
                stage.writes == ["patch deployments", "get deployments", "patch deployments", "get deployments"])
            #expect(try stage.server.get(.deployments, Self.web)["metadata"]?["generation"]?.int == 3)
        }
    }

    @Test func `where workloads may not be read, the write is repeated as the watch knows them`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.authorize { $0.verb == "get" && $0.resource == "deployments" ? .deny : .allow() }
        stage.server.inject(Fault(.status(500), verb: "patch", resource: "deployments"))
        try await stage.run(ReloaderOptions(strategy: .annotations)) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { stage.patches.last?.status == 200 })
        }
    }
}
