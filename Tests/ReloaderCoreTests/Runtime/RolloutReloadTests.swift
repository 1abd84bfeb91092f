import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct RolloutReloadTests {
    private let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero, argoRollouts: true)
    private static let updated = "6b3093988321555757cc9b88a5f2d59101a0261c"
    private static let resource = WorkloadKind.rollout.resource
    private static let web = ObjectKey(namespace: "shop", name: "web")

    private func stage(_ environment: String? = nil, annotations: String = Stage.auto) throws -> Stage {
        let stage = Stage(resources: [Self.resource])
        try stage.createConfigMap("a", "initial")
        try stage.createRollout("web", configMap: "a", annotations: annotations, environment: environment)
        return stage
    }

    @Test(
        "the template alone is patched, and every operation tests what it relies on",
        arguments: [
            (
                nil,
                #"{"op":"test","path":"/metadata/generation","value":1},"#
                    + #"{"op":"add","path":"/spec/template/spec/containers/0/env","#
                    + #""value":[{"name":"STAKATER_A_CONFIGMAP","value":"HASH"}]}"#
            ),
            (
                #"[{"name":"PLAIN","value":"x"}]"#,
                #"{"op":"add","path":"/spec/template/spec/containers/0/env/-","#
                    + #""value":{"name":"STAKATER_A_CONFIGMAP","value":"HASH"}}"#
            ),
            (
                #"[{"name":"PLAIN","value":"x"},{"name":"STAKATER_A_CONFIGMAP","value":"old"}]"#,
                #"{"op":"test","path":"/spec/template/spec/containers/0/env/1/name","value":"STAKATER_A_CONFIGMAP"},"#
                    + #"{"op":"replace","path":"/spec/template/spec/containers/0/env/1","#
                    + #""value":{"name":"STAKATER_A_CONFIGMAP","value":"HASH"}}"#
            ),
        ] as [(String?, String)])
    func variables(environment: String?, operations: String) async throws {
        let stage = try stage(environment)
        let before = try stage.server.get(Self.resource, Self.web)
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            let patch = try await stage.patch(of: "web")
            #expect(patch.path == "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web")
            #expect(patch[query: "fieldManager"] == "Reloader")
            #expect(patch[header: "Content-Type"] == "application/json-patch+json")
            #expect(
                patch.bodyText == #"[{"op":"test","path":"/spec/template/spec/containers/0/name","value":"app"},"#
                    + operations.replacing("HASH", with: Self.updated) + "]")
            #expect(patch.status == 200)
            let event = try JSONValue(parsing: try await stage.event().body)
            #expect(event["involvedObject"]?["kind"]?.string == "Rollout")
            #expect(stage.writes == ["get rollouts", "patch rollouts"])
            #expect(try stage.markers(of: "web", Self.resource)["STAKATER_A_CONFIGMAP"] == Self.updated)
            let after = try stage.server.get(Self.resource, Self.web)
            #expect(after["spec"]?["strategy"] == before["spec"]?["strategy"])
        }
    }

    @Test func `the annotations strategy merges one annotation`() async throws {
        let stage = try stage()
        var options = options
        options.strategy = .annotations
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            let patch = try await stage.patch(of: "web")
            #expect(patch[header: "Content-Type"] == "application/merge-patch+json")
            #expect(
                patch.bodyText.hasPrefix(
                    #"{"spec":{"template":{"metadata":{"annotations":{"reloader.stakater.com/last-reloaded-from":"#))
            #expect(patch.status == 200)
        }
    }

    @Test func `the strategy restart sets restartAt, records why, and leaves the template as it is`() async throws {
        let stage = try stage(
            annotations: #"{"reloader.stakater.com/auto":"true","reloader.stakater.com/rollout-strategy":"restart"}"#)
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            let patch = try await stage.patch(of: "web")
            #expect(patch[header: "Content-Type"] == "application/merge-patch+json")
            let body = try JSONValue(parsing: patch.body)
            #expect(body["spec"] == ["restartAt": "2026-08-10T05:33:20Z"])
            #expect(
                body["metadata"] == [
                    "annotations": [
                        "reloader.stakater.com/last-reloaded-from": .string(
                            #"{"type":"CONFIGMAP","name":"a","namespace":"shop","hash":"\#(Self.updated)","#
                                + #""containerRefs":["app"],"observedAt":1786340000}"#)
                    ]
                ])
            #expect(patch.status == 200)
            #expect(try stage.markers(of: "web", Self.resource).isEmpty)
        }
    }

    @Test func `a restart whose answer was lost is not asked for again`() async throws {
        let stage = try stage(
            annotations: #"{"reloader.stakater.com/auto":"true","reloader.stakater.com/rollout-strategy":"restart"}"#)
        stage.server.inject(Fault(.lostAnswer, verb: "patch", resource: "rollouts"))
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.clock.waitForSleepers(1)
            stage.clock.advance(by: .seconds(1))
            await stage.untilLogged("info Changes detected in 'a'")
            #expect(stage.patches.count == 1)
        }
    }

    @Test func `a Rollout that changed meanwhile is read again, and nobody's change is lost`() async throws {
        let stage = try stage(#"[{"name":"PLAIN","value":"x"},{"name":"STAKATER_A_CONFIGMAP","value":"old"}]"#)
        stage.server.inject(Fault(.delay(.milliseconds(50)), verb: "patch", resource: "rollouts"))
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.server.waitForRequest(answered: false) { $0.attributes.verb == "patch" }
            try stage.server.patch(
                Self.resource, Self.web,
                .json(
                    Array(
                        #"[{"op":"add","path":"/spec/template/spec/containers/0/env/0","value":{"name":"NEW"}}]"#.utf8))
            )
            await stage.pass(.milliseconds(50))
            #expect(stage.patches.first?.status == 422)
            await stage.pass(.milliseconds(50))
            let accepted = try await stage.server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
            #expect(accepted.bodyText.contains("/env/2/name"))
            let markers = try stage.markers(of: "web", Self.resource)
            #expect(markers["STAKATER_A_CONFIGMAP"] == Self.updated)
            #expect(Set(markers.keys) == ["PLAIN", "STAKATER_A_CONFIGMAP"])
            #expect(!stage.log.lines.contains { $0.hasPrefix("error") })
        }
    }

    @Test func `a deletion removes the variable, tested`() async throws {
        let stage = try stage(#"[{"name":"STAKATER_A_CONFIGMAP","value":"old"}]"#)
        var options = options
        options.reloadOnDelete = true
        try await stage.run(options) { stage in
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
            let patch = try await stage.patch(of: "web")
            #expect(patch.status == 200)
            #expect(patch.bodyText.hasSuffix(#"{"op":"remove","path":"/spec/template/spec/containers/0/env/0"}]"#))
            #expect(try stage.markers(of: "web", Self.resource).isEmpty)
        }
    }

    @Test func `a template that lies elsewhere is passed over`() async throws {
        let stage = try stage()
        try stage.server.create(
            json: """
                {"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"ref","namespace":"shop",\
                "annotations":{"configmap.reloader.stakater.com/reload":"a"}},\
                "spec":{"workloadRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"x"}}}
                """)
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.patch(of: "web")
            await stage.untilLogged("reason=template_elsewhere workload=Rollout shop/ref")
            #expect(stage.patches.count == 1)
        }
    }

    @Test func `a cluster without Argo is no obstacle`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
        }
        #expect(stage.log.lines.filter { $0.hasPrefix("warning") && $0.contains("rollouts") }.count == 1)
    }

    @Test func `without the flag Rollouts are not watched`() async throws {
        let stage = try stage()
        try stage.createWorkload("api", configMaps: ["a"])
        try await stage.run(ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)) { stage in
            #expect(!stage.server.watches.contains { $0.resource == "rollouts" })
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "api")
            #expect(stage.patches.count == 1)
        }
    }
}
