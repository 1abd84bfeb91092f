import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// The original project's end-to-end scenarios, played against the test server.
@Suite("Scenarios", .serialized, .timeLimit(.minutes(1))) struct ScenarioTests {
    private func stage(configAnnotations: [String: String] = [:]) throws -> Stage {
        let stage = Stage(resources: [Fixture.Kind.rollout.resource, Fixture.Kind.deploymentConfig.resource])
        let annotations =
            configAnnotations.isEmpty
            ? "{}" : "{\(configAnnotations.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ","))}"
        for name in ["a", "b"] {
            try stage.createConfigMap(name, "initial", annotations: name == "a" ? annotations : "{}")
            try stage.server.create(
                json: """
                    {"apiVersion":"v1","kind":"Secret","metadata":{"name":"\(name)","namespace":"shop",\
                    "annotations":\(name == "a" ? annotations : "{}")},"stringData":{"password":"initial"}}
                    """)
        }
        try stage.createConfigMap("canary", "0")
        try stage.createWorkload("canary", configMaps: ["canary"])
        return stage
    }

    private func options(_ strategy: ReloadStrategy) -> ReloaderOptions {
        ReloaderOptions(
            strategy: strategy, namespaces: strategy == .annotations ? .only(["shop"]) : .all(except: []),
            reloadDelay: .zero, reloadMaxDelay: .zero, argoRollouts: true)
    }

    private func apply(_ change: Scenario.Change, _ round: Int, on stage: Stage) throws {
        func label(_ resource: APIResource, _ name: String) throws {
            try stage.server.patch(
                resource, ObjectKey(namespace: "shop", name: name),
                merge: #"{"metadata":{"labels":{"round":"\#(round)"}}}"#)
        }
        switch change {
        case .configMap(let name): try stage.change(configMap: name, to: "round \(round)")
        case .secret(let name): try stage.change(secret: name, to: "round \(round)")
        case .labelsOfConfigMap(let name): try label(.configMaps, name)
        case .labelsOfSecret(let name): try label(.secrets, name)
        }
    }

    /// What a reload leaves behind; nil before the first one.
    private func evidence(_ name: String, _ kind: Fixture.Kind, on stage: Stage) -> String? {
        let key = ObjectKey(namespace: "shop", name: name)
        guard let object = try? stage.server.get(kind.resource, key) else { return nil }
        switch kind {
        case .cronJob:
            let runs = (try? stage.server.list(.jobs)) ?? []
            let started = runs.filter {
                $0["metadata"]?["annotations"]?["cronjob.kubernetes.io/instantiate"]?.string == "manual"
                    && $0["metadata"]?["ownerReferences"]?[0]?["uid"] == object["metadata"]?["uid"]
            }
            return started.isEmpty ? nil : "\(started.count) runs"
        // Recreated with the marker in it, so the uid alone does not say that it was.
        case .job where marker(object) == nil: return nil
        case .job: return object["metadata"]?["uid"]?.string
        default: return marker(object)
        }
    }

    private func marker(_ object: JSONValue) -> String? {
        let template = object["spec"]?["template"]
        if let last = template?["metadata"]?["annotations"]?["reloader.stakater.com/last-reloaded-from"]?.string {
            return last
        }
        let variables = (template?["spec"]?["containers"]?.array ?? []).flatMap { $0["env"]?.array ?? [] }
        let markers = variables.filter { $0["name"]?.string?.hasPrefix("STAKATER_") == true }
        return markers.isEmpty ? nil : markers.map(\.description).joined()
    }

    /// Waits for what comes later than everything that was due before.
    private func untilQuiet(_ stage: Stage) async throws {
        for round in 1...2 {
            let before = evidence("canary", .deployment, on: stage)
            try stage.change(configMap: "canary", to: "\(round)")
            await stage.untilSettled { evidence("canary", .deployment, on: stage) != before }
        }
    }

    @Test("scenario", arguments: ScenarioCase.all)
    func play(_ play: ScenarioCase) async throws {
        let scenario = play.scenario
        let stage = try stage(configAnnotations: scenario.configAnnotations)
        try stage.server.create(
            json: Fixture(
                kind: play.kind, annotations: scenario.annotations, templateAnnotations: scenario.templateAnnotations,
                uses: scenario.uses
            ).json)
        try await stage.run(options(play.strategy)) { stage in
            for (round, change) in scenario.changes.enumerated() {
                let before = evidence("web", play.kind, on: stage)
                try apply(change, round, on: stage)
                if scenario.reloads {
                    await stage.untilSettled { evidence("web", play.kind, on: stage) != before }
                }
                try await untilQuiet(stage)
                #expect((evidence("web", play.kind, on: stage) != before) == scenario.reloads)
            }
            let own = stage.calls.filter {
                $0.attributes.resource != "events" && !["get", "list"].contains($0.attributes.verb)
                    && $0.attributes.name != "canary"
            }
            // One write for each change, but a Job is parked, deleted, created and its copy deleted; a pause is one more.
            let writes = scenario.reloads ? scenario.changes.count * (play.kind == .job ? 4 : 1) : 0
            #expect(own.count == writes + (scenario.pauses ? 1 : 0))
            let object = try stage.server.get(play.kind.resource, ObjectKey(namespace: "shop", name: "web"))
            let pausedAt = object["metadata"]?["annotations"]?["deployment.reloader.stakater.com/paused-at"]
            #expect((pausedAt != nil) == scenario.pauses)
        }
    }

    @Test(
        "scenario 79: of two Deployments that use a marked ConfigMap, the one that searches is reloaded",
        arguments: [ReloadStrategy.annotations, .envVars])
    func search(strategy: ReloadStrategy) async throws {
        let stage = try stage(configAnnotations: ["reloader.stakater.com/match": "true"])
        for (name, annotations) in [("searching", ["reloader.stakater.com/search": "true"]), ("other", [:])] {
            try stage.server.create(
                json: Fixture(name: name, annotations: annotations, uses: [(.configMap("a"), .envFrom)]).json)
        }
        try await stage.run(options(strategy)) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.untilSettled { evidence("searching", .deployment, on: stage) != nil }
            try await untilQuiet(stage)
            #expect(evidence("other", .deployment, on: stage) == nil)
        }
    }

    @Test func `every scenario from 1 to 79 is played, or waits for the CSI driver`() {
        let played = Set(Scenario.table.map(\.number)).union([79])
        #expect(played.isDisjoint(with: Scenario.csi))
        #expect(Set(1...79).subtracting(played).subtracting(Scenario.csi).isEmpty)
        #expect(Set(Scenario.table.map(\.number)).count == Scenario.table.count)
    }
}
