import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// Argo Rollouts whose template lies in a Deployment.
@Suite("workloadRef", .timeLimit(.minutes(1))) struct WorkloadRefTests {
    private let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero, argoRollouts: true)
    private static let restart =
        #"{"reloader.stakater.com/auto":"true","reloader.stakater.com/rollout-strategy":"restart"}"#

    /// A Deployment and a Rollout that refers to it, and something else that can be waited for.
    private func stage(rollout: String, deployment: String = "{}", reference: String = "Deployment") throws -> Stage {
        let stage = Stage(resources: [WorkloadKind.rollout.resource])
        for name in ["a", "canary"] { try stage.createConfigMap(name, "1") }
        try stage.createWorkload("web", configMaps: ["a"], annotations: deployment)
        try stage.createWorkload("canary", configMaps: ["canary"])
        try stage.server.create(
            json: """
                {"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"web","namespace":"shop",\
                "annotations":\(rollout)},"spec":{"replicas":2,"strategy":{"canary":{}},\
                "workloadRef":{"apiVersion":"apps/v1","kind":"\(reference)","name":"web"}}}
                """)
        return stage
    }

    /// What is written for a change of the ConfigMap of both.
    private func writes(_ stage: Stage) async throws -> [RecordedRequest] {
        var writes: [RecordedRequest] = []
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.untilReceived(1)
            try stage.change(configMap: "canary", to: "2")
            try await stage.patch(of: "canary")
            await stage.until { stage.eventReasons.count == stage.patches.count }
            writes = stage.patches.filter { $0.attributes.name == "web" }
        }
        return writes
    }

    @Test(
        "the Deployment's template is written once, whichever of the two asks",
        arguments: [
            (Stage.auto, "{}"), ("{}", Stage.auto), (Stage.auto, Stage.auto), (restart, Stage.auto),
            (Stage.auto, #"{"reloader.stakater.com/auto":"false"}"#),
            (#"{"configmap.reloader.stakater.com/reload":"a"}"#, "{}"),
            (#"{"configmap.reloader.stakater.com/reload":"[a]"}"#, "{}"),
        ])
    func template(rollout: String, deployment: String) async throws {
        let writes = try await writes(stage(rollout: rollout, deployment: deployment))
        #expect(writes.map(\.attributes.resource) == ["deployments"])
        #expect(writes.first?.bodyText.contains("STAKATER_A_CONFIGMAP") == true)
        #expect(writes.first?.status == 200)
    }

    @Test func `a Rollout that wants its pods restarted is restarted, and the template stays`() async throws {
        let writes = try await writes(stage(rollout: Self.restart))
        #expect(writes.map(\.attributes.resource) == ["rollouts"])
        #expect(writes.first?.bodyText.hasSuffix(#""spec":{"restartAt":"2026-08-10T05:33:20Z"}}"#) == true)
    }

    @Test(
        "where nobody asks, or the template is no Deployment's, nothing is written",
        arguments: [
            ("{}", "Deployment"), (#"{"reloader.stakater.com/auto":"false"}"#, "Deployment"),
            (
                #"{"reloader.stakater.com/auto":"true","configmaps.exclude.reloader.stakater.com/reload":"a"}"#,
                "Deployment"
            ),
            (Stage.auto, "ReplicaSet"), (Stage.auto, "PodTemplate"),
        ])
    func nothing(rollout: String, reference: String) async throws {
        #expect(try await writes(stage(rollout: rollout, reference: reference)).isEmpty)
    }

    @Test func `what the template does not use reloads nothing`() async throws {
        let stage = try stage(rollout: Stage.auto)
        try stage.createConfigMap("unused", "1")
        try await stage.run(options) { stage in
            try stage.change(configMap: "unused", to: "2")
            await stage.untilReceived(1)
            try stage.change(configMap: "canary", to: "2")
            try await stage.patch(of: "canary")
            #expect(stage.patches.count == 1)
        }
    }

    @Test(
        "where Rollouts, Deployments or both may only be listed, the same is written",
        arguments: [["rollouts"], ["deployments"], ["rollouts", "deployments"]],
        [(Stage.auto, "{}", "deployments"), ("{}", Stage.auto, "deployments"), (restart, "{}", "rollouts")])
    func listed(kinds: [String], play: (rollout: String, deployment: String, written: String)) async throws {
        let stage = try stage(rollout: play.rollout, deployment: play.deployment)
        stage.server.authorize { $0.verb == "watch" && kinds.contains($0.resource) ? .deny : .allow() }
        let writes = try await writes(stage)
        #expect(writes.map(\.attributes.resource) == [play.written])
        #expect(writes.first?.status == 200)
    }

    @Test func `a reference to nothing is passed over`() async throws {
        let stage = try stage(rollout: Stage.auto)
        try stage.server.delete(.deployments, ObjectKey(namespace: "shop", name: "web"))
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.untilLogged("reason=template_elsewhere workload=Rollout shop/web")
            #expect(stage.patches.isEmpty)
        }
    }
}
