import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// OpenShift's DeploymentConfigs, on clusters with and without them.
@Suite("DeploymentConfigs", .timeLimit(.minutes(1))) struct DeploymentConfigTests {
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
    private static let resource = Fixture.Kind.deploymentConfig.resource

    private func openShift() throws -> Stage {
        let stage = Stage(resources: [Self.resource])
        try stage.createConfigMap("a", "initial")
        try stage.server.create(
            json: Fixture(
                kind: .deploymentConfig, annotations: ["reloader.stakater.com/auto": "true"],
                uses: [(.configMap("a"), .envFrom)]
            ).json)
        return stage
    }

    @Test func `one is patched as a Deployment is`() async throws {
        let stage = try openShift()
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            let patch = try await stage.patch(of: "web")
            #expect(patch.path == "/apis/apps.openshift.io/v1/namespaces/shop/deploymentconfigs/web")
            #expect(patch[header: "Content-Type"] == "application/strategic-merge-patch+json")
            #expect(
                patch.bodyText == #"{"spec":{"template":{"spec":{"containers":[{"name":"app","env":"#
                    + #"[{"name":"STAKATER_A_CONFIGMAP","value":"6b3093988321555757cc9b88a5f2d59101a0261c"}]}]}}}}"#)
            #expect(patch.status == 200)
            let event = try JSONValue(parsing: try await stage.event().body)
            #expect(event["involvedObject"]?["kind"]?.string == "DeploymentConfig")
            #expect(event["involvedObject"]?["apiVersion"]?.string == "apps.openshift.io/v1")
            #expect(stage.calls.map(\.attributes.verb).sorted() == ["create", "patch"])
            // The container is still whole: the patch was merged by the container's name.
            let object = try stage.server.get(Self.resource, ObjectKey(namespace: "shop", name: "web"))
            let container = object["spec"]?["template"]?["spec"]?["containers"]?[0]
            #expect(container?["image"]?.string == "busybox:1.36")
        }
        #expect(stage.log.lines.contains("info Environment: Openshift"))
    }

    @Test(
        "a cluster without them is asked once in ten minutes, and nobody is warned",
        arguments: [true, false])
    func absence(isForbidden: Bool) async throws {
        let stage = Stage()
        // Rights are looked at before paths, so that most accounts get 403 for what does not exist.
        if isForbidden { stage.server.authorize { $0.resource == "deploymentconfigs" ? .deny : .allow() } }
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.event()
            #expect(stage.calls.count == 2)
        }
        #expect(stage.log.lines.contains("info Environment: Kubernetes"))
        let told = stage.log.lines.filter { $0.contains("deploymentconfigs.apps.openshift.io is not served here") }
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix("info") == true)
        #expect(!stage.log.lines.contains { $0.hasPrefix("warning") && $0.contains("deploymentconfigs") })
    }

    @Test func `an account without rights on them is told, once`() async throws {
        let stage = try openShift()
        stage.server.authorize { $0.resource == "deploymentconfigs" ? .deny : .allow() }
        try await stage.run(atOnce) { stage in
            await stage.until {
                stage.log.lines.contains { $0.hasPrefix("warning deploymentconfigs.apps.openshift.io is off: grant") }
            }
        }
        #expect(stage.log.lines.contains("info Environment: Openshift"))
    }

    @Test func `where they may be listed but not watched, a change lists them`() async throws {
        let stage = try openShift()
        stage.server.authorize {
            $0.verb == "watch" && $0.resource == "deploymentconfigs" ? .deny : .allow()
        }
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            #expect(try await stage.patch(of: "web").status == 200)
        }
    }
}
