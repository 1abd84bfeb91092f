import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// Workloads that are deleted and created again while a reload is due for them.
@Suite(.timeLimit(.minutes(1))) struct RecreatedWorkloadTests {
    @Test func `they start with the new content, and only what changes later reloads them`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        for workload in ["web", "api"] { try stage.createWorkload(workload, configMaps: ["a"]) }
        func patches(_ name: String) -> Int { stage.patches.count { $0.attributes.name == name } }
        try await stage.run(ReloaderOptions()) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.clock.waitForSleepers(1)
            try stage.server.delete(.deployments, ObjectKey(namespace: "shop", name: "web"))
            try stage.createWorkload("web", configMaps: ["a"])
            // Once this one is told of, what happened before it has been heard of.
            try stage.createWorkload("bad", annotations: #"{"configmap.reloader.stakater.com/reload":"bad["}"#)
            await stage.untilLogged("reload annotation on Deployment 'bad'")
            #expect(await stage.pump { patches("api") == 1 })
            try stage.change(configMap: "a", to: "3")
            #expect(await stage.pump { patches("api") == 2 && patches("web") > 0 })
            #expect(patches("web") == 1)
            #expect(try stage.markers(of: "web") == stage.markers(of: "api"))
        }
    }
}
