import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// The watch of the workloads takes longer to tell of a reload than the next one waits.
@Suite(.timeLimit(.minutes(1))) struct WatchBehindTests {
    /// How many reloads the server has done and answered: until then nothing tells which event is the next.
    private func written(on stage: Stage) -> Int { stage.patches.count { $0.status == 200 } }

    /// Has a workload reloaded for the content 2, and the watch not tell of the next reload.
    private func afterReload(_ strategy: ReloadStrategy, _ body: (Stage) async throws -> Void) async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(ReloaderOptions(strategy: strategy)) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { written(on: stage) == 1 })
            stage.server.dropNextEvent(of: .deployments)
            try await body(stage)
        }
    }

    @Test("what a lost answer has brought is waited for like any write", arguments: ReloadStrategy.allCases)
    func lostAnswers(strategy: ReloadStrategy) async throws {
        try await afterReload(strategy) { stage in
            stage.server.inject(Fault(.lostAnswer, verb: "patch", resource: "deployments"))
            try stage.change(configMap: "a", to: "3")
            let told = "info Changes detected in 'a'"
            #expect(await stage.pump { stage.log.lines.count { $0.hasPrefix(told) } == 2 })
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { stage.patches.count == 3 })
        }
    }

    @Test(
        "a template is taken for what the server has, not for what the watch told last",
        arguments: ReloadStrategy.allCases)
    func templates(strategy: ReloadStrategy) async throws {
        try await afterReload(strategy) { stage in
            try stage.change(configMap: "a", to: "3")
            #expect(await stage.pump { written(on: stage) == 2 })
            // What the watch has told of says that the pods have this.
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { stage.patches.count == 3 })
            #expect(stage.writes.suffix(2) == ["get deployments", "patch deployments"])
        }
    }
}
