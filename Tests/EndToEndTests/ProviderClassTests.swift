import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// The shipped binary and the Secrets Store CSI driver.
@Suite(.timeLimit(.minutes(2))) struct ProviderClassTests {
    private static func resource(_ plural: String, _ kind: String) -> APIResource {
        APIResource(group: "secrets-store.csi.x-k8s.io", version: "v1", plural: plural, kind: kind)
    }
    private static let classes = resource("secretproviderclasses", "SecretProviderClass")
    private static let statuses = resource("secretproviderclasspodstatuses", "SecretProviderClassPodStatus")

    private func mount(_ shop: Shop, _ pod: Int, version: Int) throws {
        try shop.server.apply(
            json: """
                {"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClassPodStatus","metadata":{\
                "name":"web-\(pod)-shop-db","namespace":"shop"},"status":{"podName":"web-\(pod)","mounted":true,\
                "secretProviderClassName":"db","objects":[{"id":"secret/user","version":"\(version)"}]}}
                """)
    }

    @Test func `a rotation over five pods is one PATCH`() async throws {
        let shop = try Shop("canary", plainResources: [Self.classes, Self.statuses])
        try shop.server.create(
            json: """
                {"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClass","metadata":{"name":"db",\
                "namespace":"shop"},"spec":{"provider":"vault"}}
                """)
        for pod in 1...5 { try mount(shop, pod, version: 1) }
        try shop.server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","annotations":{\
                "secretproviderclass.reloader.stakater.com/auto":"true"}},"spec":{"selector":{"matchLabels":{"app":"web"}},\
                "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"busybox",\
                "volumeMounts":[{"name":"v","mountPath":"/v"}]}],"volumes":[{"name":"v","csi":{\
                "driver":"secrets-store.csi.k8s.io","volumeAttributes":{"secretProviderClass":"db"}}}]}}}}
                """)
        let (exitCode, lines) = try await shop.run([
            "--enable-csi-integration", "--resource-label-selector=never=matches",
        ]) { process in
            for pod in 1...5 { try mount(shop, pod, version: 2) }
            try await shop.written("web")
            for pod in 6...10 { try mount(shop, pod, version: 2) }
            var page = try await process.get("/metrics").body
            let all = #"event_type="add",resource_type="secretproviderclasspodstatuses"} 10"#
            while !page.contains(all) { page = try await process.get("/metrics").body }
            #expect(shop.writes(to: "web") == [200])
        }
        #expect(exitCode == 0)
        for text in ["CSI provider is installed", "created controller for: secretproviderclasspodstatuses"] {
            #expect(lines.count { $0.contains("level=info") && $0.contains(text) } == 1)
        }
    }

    @Test func `without the driver it is off, said once, and without the flag nothing is watched`() async throws {
        let shop = try Shop("canary")
        let without = try await shop.run(["--enable-csi-integration"]) { process in
            _ = await process.line { $0.contains("controller: CSI CRDs not installed") }
            try await shop.canary()
        }
        #expect(without.exitCode == 0)
        for text in [
            "CSI provider is not installed",
            "Skipping secretproviderclasspodstatuses controller: CSI CRDs not installed",
        ] {
            #expect(without.lines.count { $0.contains("level=info") && $0.contains(text) } == 1)
        }
        let installed = try Shop("canary", plainResources: [Self.classes, Self.statuses])
        let off = try await installed.run { _ in
            #expect(!installed.server.watches.contains { $0.resource.hasPrefix("secretproviderclass") })
        }
        #expect(
            off.lines.contains {
                $0.contains("Skipping secretproviderclasspodstatuses controller: EnableCSIIntegration is disabled")
            })
    }
}
