import ControllerTestKit
import KubeClient
import Testing

@testable import ReloaderCore

/// What `explain` says is what the controller does.
@Suite(.timeLimit(.minutes(2))) struct ExplainAgreementTests {
    private static func workload(_ kind: WorkloadKind, _ object: JSONValue) throws -> Workload {
        let bytes = object.bytes
        return try unsafe JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in
            try Workload(kind, from: &reader)
        }
    }

    @Test("over many generated cases a verdict is what index, policy and plan make of a change", arguments: 1...40)
    func pure(_ seed: UInt64) throws {
        var chance = RandomCluster(seed: seed)
        let options = chance.options()
        let explainer = ReloadExplainer(options)
        for kind in options.workloadKinds {
            for _ in 0..<10 {
                let object = chance.workload(kind.name, "w")
                let workload = try Self.workload(kind, object)
                let uses = ConfigUse.all(in: object.template(of: kind))
                #expect(
                    Set(uses.filter { $0.container != nil }.map(\.config)) == workload.template.references.configs)
                let indexKeys = Set(options.policy.indexKeys(for: workload))
                for (type, name) in ConfigType.allCases.flatMap({ type in RandomCluster.configNames.map { (type, $0) } }
                ) {
                    let key = ConfigKey(type, namespace: "shop", name: name)
                    let annotations =
                        chance.configAnnotations().object?.members
                        .filter { $0.value.string == "true" }.map(\.name) ?? []
                    let config = ConfigObject(key, fingerprint: .empty, trueAnnotations: annotations)
                    let verdict = explainer.verdict(workload, ConfigStanding(key: key, state: .present(config)))

                    let isFound = !indexKeys.isDisjoint(with: ConfigIndexKey.lookup(for: key))
                    let decision = options.policy.decide(workload, config)
                    let write = decision.mode.flatMap { mode in
                        ReloadPlan(
                            workload, [ConfigChange(key, .updated(.deletion), mode: mode)], strategy: options.strategy,
                            observedAt: 0
                        ).write
                    }
                    let isReload = options.configTypes.contains(type) && isFound && write != nil
                    #expect(verdict.isReload == isReload, "\(workload) \(config) \(verdict)")
                    if isReload {
                        #expect(verdict.effect?.containers == write?.containers)
                        #expect(verdict.code == decision.reason.code)
                    }
                }
            }
        }
    }

    @Test("a Reloader writes to exactly the workloads that the explanation of a config names", arguments: [1, 2, 3, 4])
    func played(_ seed: UInt64) async throws {
        var chance = RandomCluster(seed: seed &* 1000)
        let options = chance.options()
        let stage = Stage()
        for name in RandomCluster.configNames {
            for (kind, field) in [("ConfigMap", "data"), ("Secret", "stringData")] {
                try stage.server.create(
                    [
                        "apiVersion": "v1", "kind": .string(kind),
                        "metadata": [
                            "name": .string(name), "namespace": "shop", "annotations": chance.configAnnotations(),
                        ], field: ["key": "1"],
                    ])
            }
        }
        for (index, kind) in ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job"].enumerated() {
            for number in 0..<4 {
                try stage.server.create(chance.workload(kind, "w\(index)-\(number)"))
            }
        }
        // Reloaded by a ConfigMap of its own: when that is done, so is what was changed before.
        try stage.createConfigMap("last", "1")
        try stage.createWorkload(
            "last", configMaps: [], annotations: #"{"configmap.reloader.stakater.com/reload":"last"}"#)
        var watched = options
        watched.configTypes = Array(Set(options.configTypes + [.configMap]))

        let reader = ExplainReader(client: stage.server.client(logger: stage.log.logger), options: watched)
        try await stage.run(watched) { stage in
            let atLast = try await Self.expected(reader, ConfigKey(.configMap, namespace: "shop", name: "last"))
            #expect(atLast.contains("Deployment last"))
            for (round, name) in RandomCluster.configNames.enumerated() {
                for type in watched.configTypes {
                    let expected = try await Self.expected(reader, ConfigKey(type, namespace: "shop", name: name))
                    let start = stage.log.lines.count
                    let value = "\(type.tag)-\(round + 2)"
                    let key = ObjectKey(namespace: "shop", name: name)
                    if type == .configMap {
                        try stage.server.patch(.configMaps, key, merge: #"{"data":{"key":"\#(value)"}}"#)
                    } else {
                        try stage.server.patch(.secrets, key, merge: #"{"stringData":{"key":"\#(value)"}}"#)
                    }
                    await stage.untilSettled { Self.reloaded(stage, since: start).count >= expected.count }
                    try stage.change(configMap: "last", to: value)
                    await stage.untilSettled {
                        Self.reloaded(stage, since: start).count >= expected.count + atLast.count
                    }
                    #expect(
                        Self.reloaded(stage, since: start).sorted() == (expected + atLast).sorted(),
                        "\(type) \(name), seed \(seed)")
                }
            }
        }
    }

    /// Kind and name of what the explanation of a config says that it reloads.
    private static func expected(_ reader: ExplainReader, _ config: ConfigKey) async throws -> [String] {
        try await reader.config(config).workloads.filter(\.verdict.isReload).map { row in
            "\(row.workload.kind.name) \(row.workload.object.name)"
        }
    }

    /// The workloads of which the log tells a reload, from a line on.
    private static func reloaded(_ stage: Stage, since start: Int) -> [String] {
        stage.log.lines.dropFirst(start).compactMap { line in
            guard let match = line.firstMatch(of: /; updated '([^']*)' of type '([^']*)'/) else { return nil }
            return "\(match.output.2) \(match.output.1)"
        }
    }
}
