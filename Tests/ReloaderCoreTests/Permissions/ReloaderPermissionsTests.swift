import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReloaderPermissionsTests {
    private func lines(_ options: ReloaderOptions) -> Set<String> {
        Set(options.permissions.map { "\($0.isOptional ? "may" : "must") \($0)" })
    }

    @Test("by default the whole cluster is read, and what v1.4.21's rules do not grant is optional")
    func defaults() {
        let lines = lines(.init())
        #expect(lines.contains("must list, watch configmaps in the whole cluster"))
        #expect(lines.contains("must list, watch secrets in the whole cluster"))
        #expect(lines.contains("must list deployments.apps in the whole cluster"))
        #expect(lines.contains("may watch deployments.apps in the whole cluster"))
        #expect(lines.contains("must patch deployments.apps in the whole cluster"))
        #expect(lines.contains("must get, delete, create jobs.batch in the whole cluster"))
        #expect(lines.contains("must create jobs.batch in the whole cluster"))
        #expect(lines.contains("may create, patch events in the whole cluster"))
        #expect(!lines.contains { $0.contains("rollouts") || $0.contains("namespaces") })
    }

    @Test("flags take rules away and add some")
    func flags() {
        let scoped = lines(
            .init(namespaces: .only(["a", "b"]), configTypes: [.configMap], cronJobPolicy: .ignore, jobPolicy: .ignore))
        #expect(scoped.contains("must list, watch configmaps in namespace \"a\""))
        #expect(scoped.contains("must list, watch configmaps in namespace \"b\""))
        #expect(!scoped.contains { $0.contains("whole cluster") || $0.contains("secrets") || $0.contains("jobs") })
        let selecting = lines(.init(namespaceSelector: "a=b", argoRollouts: true))
        #expect(selecting.contains("must list, watch namespaces in the whole cluster"))
        #expect(selecting.contains("must get, patch rollouts.argoproj.io in the whole cluster"))
        var dry = ReloaderOptions()
        dry.dryRun = true
        #expect(!lines(dry).contains { !$0.contains("events") && ($0.contains("patch") || $0.contains("delete")) })
        var webhook = ReloaderOptions()
        webhook.webhook = WebhookOptions(url: "https://example.com")
        #expect(
            lines(webhook).filter { $0.contains("apps") } == [
                "may list, get, patch deployments.apps in the whole cluster"
            ])
        var ledgered = ReloaderOptions(configTypes: [.configMap, .secretProviderClass])
        ledgered.ledger = LedgerOptions(namespace: "ops", name: "mine")
        #expect(lines(ledgered).contains("may create configmaps in namespace \"ops\""))
        #expect(lines(ledgered).contains("may get, update configmaps \"mine\" in namespace \"ops\""))
        let csi = "secrets-store.csi.x-k8s.io in the whole cluster"
        #expect(lines(ledgered).contains("must list, watch secretproviderclasspodstatuses.\(csi)"))
        #expect(lines(ledgered).contains("may list, watch secretproviderclasses.\(csi)"))
        ledgered.dryRun = true
        #expect(!lines(ledgered).contains { $0.contains("ops") })
    }

    @Test("rights on kinds that the server does not have are not missed; where it has them they are")
    func unserved() async throws {
        for isServed in [false, true] {
            let server = TestAPIServer(resources: isServed ? [WorkloadKind.deploymentConfig.resource] : [])
            server.authorize { $0.resource == "deploymentconfigs" ? .deny : .allow() }
            let checker = PermissionChecker(server.client(logger: LogCapture().logger))
            let report = try await checker.check(ReloaderOptions().permissions)
            #expect(report.missing.allSatisfy { $0.resource == "deploymentconfigs" })
            #expect(report.missing.isEmpty == !isServed)
            #expect(report.unserved.isEmpty == isServed)
            #expect(report.isComplete == !isServed)
        }
    }

    @Test("what a Reloader asks of the server is what it says that it needs")
    func complete() async throws {
        let stage = Stage()
        for name in ["a"] { try stage.createConfigMap(name, "1") }
        for kind in ["Deployment", "StatefulSet", "DaemonSet"] {
            try stage.createWorkload(kind.lowercased(), kind: kind, configMaps: ["a"])
        }
        try stage.createCronJob("report", configMap: "a")
        try stage.createJob("once", configMap: "a")
        let asked = Mutex<Set<String>>([])
        stage.server.authorize { attributes in
            // Discovery is everybody's.
            if attributes.isResourceRequest {
                asked.withLock { _ = $0.insert("\(attributes.verb) \(attributes.group)/\(attributes.resource)") }
            }
            return .allow()
        }
        let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.calls.filter { $0.attributes.resource == "events" }.count == 5 }
        }
        let granted = Set(
            options.permissions.flatMap { rule in rule.verbs.map { "\($0) \(rule.group)/\(rule.resource)" } })
        // The test itself patches the ConfigMap.
        #expect(asked.withLock { $0 }.subtracting(granted).subtracting(["patch /configmaps"]).isEmpty)
    }
}
