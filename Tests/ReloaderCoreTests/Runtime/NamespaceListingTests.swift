import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct NamespaceListingTests {
    @Test func `a list of workloads that fails is told in v1.4.21's words`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.authorize { $0.verb == "watch" && $0.group == "apps" ? .deny : .allow() }
        try await stage.run(ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)) { stage in
            stage.server.inject(Fault(.status(500), times: nil, verb: "list", resource: "deployments"))
            try stage.change(configMap: "a", to: "2")
            await stage.untilLogged("error Failed to list deployments ")
        }
    }
}
