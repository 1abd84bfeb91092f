import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite("Annotations that do nothing", .timeLimit(.minutes(1))) struct AnnotationReporterTests {
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)

    @Test func `a bad pattern is told of once, as soon as it is seen, and the other items count`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", annotations: #"{"configmap.reloader.stakater.com/reload":"bad[,a"}"#)
        try await stage.run(atOnce) { stage in
            await stage.until { (try? stage.server.list(.events).count) == 1 }
            let event = try stage.server.list(.events)[0]
            #expect(event["type"]?.string == "Warning")
            #expect(event["reason"]?.string == "InvalidAnnotation")
            #expect(
                event["message"]?.string?.hasPrefix(
                    "Skipping invalid reload annotation on Deployment 'web' in namespace 'shop': invalid regex") == true
            )
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
        }
        #expect(stage.log.lines.filter { $0.hasPrefix("error Skipping invalid reload annotation") }.count == 1)
    }

    @Test func `what is mended and broken again is told of again`() async throws {
        let stage = Stage()
        let web = ObjectKey(namespace: "shop", name: "web")
        try stage.createWorkload("web", annotations: #"{"configmap.reloader.stakater.com/reload":"bad["}"#)
        try await stage.run(atOnce) { stage in
            for (value, lines) in [("good", 1), ("bad[", 2), ("bad[", 2), ("worse(", 3)] {
                try stage.server.patch(
                    .deployments, web,
                    merge: #"{"metadata":{"annotations":{"configmap.reloader.stakater.com/reload":"\#(value)"}}}"#)
                await stage.until { stage.log.lines.filter { $0.hasPrefix("error") }.count >= lines }
            }
            #expect(stage.log.lines.filter { $0.hasPrefix("error") }.count == 3)
        }
    }

    @Test(
        "a pause period on another kind is named, and the reload is as usual", arguments: ["StatefulSet", "DaemonSet"])
    func otherKinds(kind: String) async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload(
            "web", kind: kind, configMaps: ["a"],
            annotations:
                #"{"reloader.stakater.com/auto":"true","deployment.reloader.stakater.com/pause-period":"5m"}"#)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            let patch = try await stage.patch(of: "web")
            #expect(patch.bodyText.contains("STAKATER_A_CONFIGMAP"))
            #expect(stage.patches.count == 1)
        }
        #expect(
            stage.log.lines.filter {
                $0.hasPrefix(
                    "warning Annotation 'deployment.reloader.stakater.com/pause-period' only applicable for deployments"
                )
            }.count == 1)
    }

    @Test func `where workloads are listed, the first reload tells`() async throws {
        let stage = Stage()
        stage.server.authorize { $0.verb == "watch" && $0.group == "apps" ? .deny : .allow() }
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", annotations: #"{"configmap.reloader.stakater.com/reload":"bad[,a"}"#)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            await stage.until { (try? stage.server.list(.events).contains { $0["type"]?.string == "Warning" }) == true }
        }
    }

    @Test func `a standby says nothing before it leads`() async throws {
        let stage = Stage()
        try stage.server.create(
            json: """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lock","namespace":"shop"},\
                "spec":{"holderIdentity":"other","leaseDurationSeconds":15}}
                """)
        try stage.createWorkload("web", annotations: #"{"configmap.reloader.stakater.com/reload":"bad["}"#)
        let elector = try LeaderElector(
            stage.server.client(logger: stage.log.logger), lease: ObjectKey(namespace: "shop", name: "lock"),
            identity: "me", metrics: stage.metrics, clock: stage.clock, logger: stage.log.logger)
        try await stage.run(atOnce, elector: elector) { stage in
            try await stage.clock.waitForSleepers()
            #expect(!stage.log.lines.contains { $0.hasPrefix("error") })
            #expect(
                await stage.pump {
                    stage.log.lines.contains { $0.hasPrefix("error Skipping invalid reload annotation") }
                })
            #expect(elector.isLeader)
        }
    }
}
