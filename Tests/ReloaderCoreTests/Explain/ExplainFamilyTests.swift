import ControllerTestKit
import KubeClient
import Testing

@testable import ReloaderCore

/// Explanations of workloads that need more than one object to be understood: borrowed templates, CSI classes, OpenShift.
@Suite(.timeLimit(.minutes(1))) struct ExplainFamilyTests {
    private static let csi = [ProviderClass.apiResource, ProviderClassPodStatus.apiResource]
    private static let web = ObjectKey(namespace: "shop", name: "web")
    private static let restart =
        #"{"reloader.stakater.com/auto":"true","reloader.stakater.com/rollout-strategy":"restart"}"#

    private func reader(_ stage: Stage, _ change: (inout ReloaderOptions) -> Void = { _ in }) -> ExplainReader {
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        change(&options)
        return ExplainReader(client: stage.server.client(logger: stage.log.logger), options: options)
    }

    // MARK: templates of others

    private func borrowing(rollout: String, deployment: String, kind: String = "Deployment") throws -> Stage {
        let stage = Stage(resources: [WorkloadKind.rollout.resource])
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"], annotations: deployment)
        try stage.server.create(
            json: """
                {"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"web","namespace":"shop",\
                "annotations":\(rollout)},"spec":{"workloadRef":{"apiVersion":"apps/v1","kind":"\(kind)","name":"web"}}}
                """)
        return stage
    }

    @Test(
        "a Rollout with a workloadRef is explained by the template of the Deployment",
        arguments: [
            (Stage.auto, "{}", "auto", "Deployment"), ("{}", Stage.auto, "auto", "Deployment"),
            (Self.restart, Stage.auto, "auto", "Deployment"), (Self.restart, "{}", "auto", nil),
            ("{}", "{}", "not-opted-in", nil),
        ])
    func rollout(rollout: String, deployment: String, code: String, owner: String?) async throws {
        let stage = try borrowing(rollout: rollout, deployment: deployment)
        let reader = reader(stage) { $0.argoRollouts = true }
        let explanation = try await reader.workload(.rollout, Self.web)
        let row = try #require(explanation.configs.first)
        #expect(row.config.key.name == "a")
        #expect(row.uses.map(\.place) == [.allVariables])
        #expect(row.verdict.code == code)
        #expect(row.verdict.effect?.owner?.kind.name == owner)
        if code == "auto" {
            #expect(row.verdict.effect?.action == (owner == nil ? .restartRollout : .patchTemplate))
        }
        #expect(explanation.remarks.map(\.code).contains("template-elsewhere"))
        #expect(!explanation.remarks.map(\.code).contains("no-containers"))

        // The other side says the same.
        let config = try await reader.config(ConfigKey(.configMap, namespace: "shop", name: "a"))
        let other = config.workloads.first { $0.workload.kind == .rollout }
        #expect(other?.verdict == row.verdict)
        #expect(other?.uses == row.uses)
    }

    @Test func `the Deployment tells that a Rollout asks for its reload`() async throws {
        let stage = try borrowing(rollout: Stage.auto, deployment: "{}")
        let explanation = try await reader(stage) { $0.argoRollouts = true }.workload(.deployment, Self.web)
        let verdict = try #require(explanation.configs.first?.verdict)
        #expect(verdict.isReload && verdict.effect?.owner == nil)
        #expect(verdict.sentence.hasPrefix("Asked for by Rollout web"))
        #expect(explanation.remarks.map(\.code).contains("template-shared"))
        // Without the flag nobody follows Rollouts.
        let without = try await reader(stage).workload(.deployment, Self.web)
        #expect(without.configs.first?.verdict.code == "not-opted-in")
        let off = try await reader(stage).workload(.rollout, Self.web)
        #expect(off.configs.first?.verdict.code == "kind-not-watched")
    }

    @Test func `a template that is not there, or is no Deployment's, is a warning`() async throws {
        let gone = try borrowing(rollout: Stage.auto, deployment: "{}")
        try gone.server.delete(.deployments, Self.web)
        let other = try borrowing(rollout: Stage.auto, deployment: "{}", kind: "ReplicaSet")
        for stage in [gone, other] {
            let explanation = try await reader(stage) { $0.argoRollouts = true }.workload(.rollout, Self.web)
            #expect(explanation.remarks.contains { $0.code == "template-unknown" && $0.isWarning })
            #expect(!explanation.configs.contains { $0.verdict.isReload })
        }
    }

    // MARK: classes

    private func classes(annotations: String = "{}", mounted versions: [String] = ["1", "1"]) throws -> Stage {
        let stage = Stage(plainResources: Self.csi)
        try stage.server.create(
            json: """
                {"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClass","metadata":{"name":"db",\
                "namespace":"shop","annotations":\(annotations)},"spec":{"provider":"vault"}}
                """)
        for (pod, version) in versions.enumerated() {
            try stage.server.create(
                json: """
                    {"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClassPodStatus",\
                    "metadata":{"name":"web-\(pod)-shop-db","namespace":"shop"},"status":{"podName":"web-\(pod)",\
                    "secretProviderClassName":"db","objects":[{"id":"secret/user","version":"\(version)"}]}}
                    """)
        }
        try stage.server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",\
                "annotations":\(Stage.auto)},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":\
                {"labels":{"app":"web"}},"spec":{"volumes":[{"name":"v","csi":{"driver":"secrets-store.csi.k8s.io",\
                "volumeAttributes":{"secretProviderClass":"db"}}}],"containers":[{"name":"app","image":"busybox",\
                "env":[{"name":"STAKATER_DB_SECRETPROVIDERCLASS","value":"\(try fingerprint("1"))"}],\
                "volumeMounts":[{"name":"v","mountPath":"/db"}]}]}}}}
                """)
        return stage
    }

    private func fingerprint(_ version: String) throws -> String {
        var hasher = PayloadHasher(isSecret: false)
        hasher.add("SecretProviderClassName", "db")
        hasher.add("secret/user", version)
        let fingerprint = hasher.finish()
        return try #require(fingerprint).hex
    }

    private func withCSI(_ options: inout ReloaderOptions) { options.configTypes.append(.secretProviderClass) }

    private static let db = ConfigKey(.secretProviderClass, namespace: "shop", name: "db")

    @Test(
        "a class is explained by what pods have mounted",
        arguments: [(["1", "1"], MarkerReading.Agreement.current), (["2", "2"], .outdated), ([], .unknown)])
    func mounted(versions: [String], agreement: MarkerReading.Agreement) async throws {
        let stage = try classes(mounted: versions)
        let explanation = try await reader(stage, withCSI).workload(.deployment, Self.web)
        let row = try #require(explanation.configs.first)
        #expect(row.config.key == Self.db)
        #expect(row.uses.map(\.place) == [.csi("v", paths: ["/db"])])
        #expect(row.verdict.code == "auto")
        #expect(row.verdict.effect?.marker == "STAKATER_DB_SECRETPROVIDERCLASS")
        #expect(row.markers.map(\.agreement) == [agreement])
        #expect(row.config.isContentKnown == !versions.isEmpty)

        let config = try await reader(stage, withCSI).config(Self.db)
        #expect(config.workloads.map(\.workload.object.name) == ["web"])
        #expect(config.workloads[0].markers.map(\.agreement) == [agreement])
        #expect(config.remarks.map(\.code) == (versions.isEmpty ? ["not-mounted"] : []))
    }

    @Test func `annotations are those of the class, and a class that is gone has none`() async throws {
        let stage = try classes(annotations: #"{"reloader.stakater.com/ignore":"true"}"#)
        let ignored = try await reader(stage, withCSI).config(Self.db)
        #expect(ignored.workloads.map(\.verdict.code) == ["config-ignored"])
        try stage.server.delete(ProviderClass.apiResource, Self.db.objectKey)
        let gone = try await reader(stage, withCSI).config(Self.db)
        #expect(gone.workloads.map(\.verdict.code) == ["auto"])
        #expect(gone.remarks.map(\.code) == ["absent"])
        let nothing = try await reader(stage, withCSI).config(
            ConfigKey(.secretProviderClass, namespace: "shop", name: "typo"))
        guard case .absent = nothing.config.state else {
            Issue.record("neither the class nor a status of it exists")
            return
        }
    }

    @Test func `without the flag, or without the driver, that is the reason`() async throws {
        let stage = try classes()
        let off = try await reader(stage).workload(.deployment, Self.web)
        #expect(off.configs.map(\.verdict.code) == ["type-not-watched"])
        let plain = Stage()
        try plain.createConfigMap("a", "1")
        try plain.createWorkload("web", configMaps: ["a"])
        let none = try await reader(plain, withCSI).config(Self.db)
        guard case .unknown = none.config.state else {
            Issue.record("the server has no such kind")
            return
        }
        #expect(none.remarks.contains { $0.code == "not-read" })
    }

    // MARK: OpenShift

    @Test func `a DeploymentConfig is explained, and a missing trigger is a warning`() async throws {
        let stage = Stage(resources: [WorkloadKind.deploymentConfig.resource])
        try stage.createConfigMap("a", "1")
        try stage.server.create(
            json: """
                {"apiVersion":"apps.openshift.io/v1","kind":"DeploymentConfig","metadata":{"name":"web","namespace":"shop",\
                "annotations":\(Stage.auto)},"spec":{"triggers":[{"type":"ImageChange"}],"template":{"metadata":{},"spec":\
                {"containers":[{"name":"app","image":"busybox","envFrom":[{"configMapRef":{"name":"a"}}]}]}}}}
                """)
        let explanation = try await reader(stage).workload(.deploymentConfig, Self.web)
        #expect(explanation.configs.map(\.verdict.isReload) == [true])
        #expect(explanation.remarks.contains { $0.code == "no-config-change-trigger" && $0.isWarning })
        let config = try await reader(stage).config(ConfigKey(.configMap, namespace: "shop", name: "a"))
        #expect(config.workloads.map(\.workload.kind) == [.deploymentConfig])
    }

    @Test func `where there are none, nothing is said of them`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        stage.server.authorize { $0.resource == "deploymentconfigs" ? .deny : .allow() }
        let config = try await reader(stage).config(ConfigKey(.configMap, namespace: "shop", name: "a"))
        #expect(config.remarks.isEmpty)
    }
}
