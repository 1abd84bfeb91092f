import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// The original project's end-to-end scenarios of flags (15.5): one workload, one config, and a change under some options.
@Suite(.serialized, .timeLimit(.minutes(1))) struct FlagScenarios {
    /// What happens to the config `a`.
    enum Change: Sendable { case content, creation, deletion }

    struct Scenario: Sendable, CustomTestStringConvertible {
        var number: Int
        var title: String
        var options: @Sendable (inout ReloaderOptions) -> Void
        var kind: Fixture.Kind
        var annotations: [String: String]
        var type: ConfigType
        var labels: String
        var namespace: String
        var change: Change
        var reloads: Bool

        var testDescription: String { "\(number) \(title) → \(reloads ? "" : "not ")reloaded" }

        init(
            _ number: Int, _ title: String, kind: Fixture.Kind = .deployment,
            annotations: [String: String] = FlagScenarios.auto, of type: ConfigType = .configMap, labels: String = "{}",
            in namespace: String = "shop", when change: Change = .content, then reloads: Bool,
            with options: @escaping @Sendable (inout ReloaderOptions) -> Void
        ) {
            (self.number, self.title, self.kind, self.annotations) = (number, title, kind, annotations)
            (self.type, self.labels, self.namespace) = (type, labels, namespace)
            (self.change, self.reloads, self.options) = (change, reloads, options)
        }
    }

    private static let auto = ["reloader.stakater.com/auto": "true"]
    private static let off = ["reloader.stakater.com/auto": "false"]
    private static let named = [
        "configmap.reloader.stakater.com/reload": "a", "secret.reloader.stakater.com/reload": "a",
    ]
    private static let scoped = ReloaderOptions.Namespaces.only(["listed", "shop"])

    static let table: [Scenario] = [
        .init(81, "all are reloaded, no annotations", annotations: [:], then: true) { $0.autoReloadAll = true },
        .init(82, "all are reloaded, auto is false", annotations: off, then: false) { $0.autoReloadAll = true },
        .init(83, "Secrets are ignored, one changes", of: .secret, then: false) { $0.configTypes = [.configMap] },
        .init(84, "Secrets are ignored, a ConfigMap changes", then: true) { $0.configTypes = [.configMap] },
        .init(85, "ConfigMaps are ignored, one changes", then: false) { $0.configTypes = [.secret] },
        .init(86, "ConfigMaps are ignored, a Secret changes", of: .secret, then: true) { $0.configTypes = [.secret] },
        .init(87, "CronJobs are ignored", kind: .cronJob, then: false) { $0.cronJobPolicy = .ignore },
        .init(88, "CronJobs are ignored, a Deployment", then: true) { $0.cronJobPolicy = .ignore },
        .init(89, "CronJobs and Jobs are ignored", kind: .cronJob, then: false) {
            ($0.cronJobPolicy, $0.jobPolicy) = (.ignore, .ignore)
        },
        .init(90, "an ignored namespace", in: "other", then: false) { $0.namespaces = .all(except: ["other"]) },
        .init(91, "beside an ignored namespace", then: true) { $0.namespaces = .all(except: ["other"]) },
        .init(92, "a selected namespace", then: true) { $0.namespaceSelector = "env=test" },
        .init(93, "a namespace that is not selected", in: "other", then: false) { $0.namespaceSelector = "env=test" },
        .init(94, "creations count, a ConfigMap", annotations: named, when: .creation, then: true) {
            $0.reloadOnCreate = true
        },
        .init(95, "creations count, a Secret", annotations: named, of: .secret, when: .creation, then: true) {
            $0.reloadOnCreate = true
        },
        .init(96, "creations do not count", annotations: named, when: .creation, then: false) { _ in },
        .init(97, "deletions count, a ConfigMap", when: .deletion, then: true) { $0.reloadOnDelete = true },
        .init(98, "deletions count, a Secret", of: .secret, when: .deletion, then: true) { $0.reloadOnDelete = true },
        .init(99, "deletions do not count", when: .deletion, then: false) { _ in },
        .init(100, "a label is wanted, and there", labels: #"{"reload":"true"}"#, then: true) {
            $0.configLabelSelector = "reload=true"
        },
        .init(101, "a label is wanted, and not there", then: false) { $0.configLabelSelector = "reload=true" },
        .init(102, "one namespace, its own", then: true) { $0.namespaces = .only(["shop"]) },
        .init(103, "one namespace, another", in: "other", then: false) { $0.namespaces = .only(["shop"]) },
        .init(104, "a list of namespaces, a listed one", in: "listed", then: true) { $0.namespaces = scoped },
        .init(105, "a list of namespaces, Reloader's own", then: true) { $0.namespaces = scoped },
        .init(106, "a list of namespaces, another", in: "other", then: false) { $0.namespaces = scoped },
        .init(107, "all namespaces", in: "other", then: true) { _ in },
    ]

    private let stage = Stage()

    private func resource(_ type: ConfigType) -> APIResource { type == .secret ? .secrets : .configMaps }

    private func create(_ type: ConfigType, _ name: String, in namespace: String, labels: String) throws {
        let kind = type == .secret ? "Secret" : "ConfigMap"
        try stage.server.create(
            json: #"{"apiVersion":"v1","kind":"\#(kind)","metadata":{"name":"\#(name)","namespace":"\#(namespace)","#
                + #""labels":\#(labels)},"data":{"key":"MQ=="}}"#)
    }

    private func change(_ type: ConfigType, _ name: String, in namespace: String, to value: String = "Mg==") throws {
        try stage.server.patch(
            resource(type), ObjectKey(namespace: namespace, name: name), merge: #"{"data":{"key":"\#(value)"}}"#)
    }

    /// The canary is reloaded for a config of each type that is watched, on the watches that tell of everything before it.
    private func canary(_ types: [ConfigType]) async throws {
        for value in ["Mg==", "Mw=="] {
            for type in types {
                let before = stage.patches.count { $0.attributes.name == "canary" }
                try change(type, "canary", in: "shop", to: value)
                await stage.untilSettled { stage.patches.count { $0.attributes.name == "canary" } > before }
            }
        }
    }

    private var isReloaded: Bool {
        stage.calls.contains {
            ["deployments", "cronjobs", "jobs"].contains($0.attributes.resource) && !$0.attributes.isReadOnly
                && $0.attributes.name != "canary"
        }
    }

    @Test("scenario", arguments: table)
    func play(_ scenario: Scenario) async throws {
        for namespace in ["other", "listed"] { stage.server.createNamespaceIfAbsent(namespace) }
        try stage.server.patch(
            .namespaces, ObjectKey(name: "shop"), merge: #"{"metadata":{"labels":{"env":"test"}}}"#)
        for type in [ConfigType.configMap, .secret] {
            try create(type, "canary", in: "shop", labels: #"{"reload":"true"}"#)
        }
        try stage.createWorkload("canary", configMaps: ["canary"], secrets: ["canary"])
        if scenario.change != .creation {
            try create(scenario.type, "a", in: scenario.namespace, labels: scenario.labels)
        }
        let use: Fixture.Use = scenario.type == .secret ? .secret("a") : .configMap("a")
        try stage.server.create(
            json: Fixture(
                kind: scenario.kind, namespace: scenario.namespace, annotations: scenario.annotations,
                uses: [(use, .envFrom)]
            ).json)
        var options = ReloaderOptions(strategy: .annotations, reloadDelay: .zero, reloadMaxDelay: .zero)
        scenario.options(&options)
        try await stage.run(options) { stage in
            switch scenario.change {
            case .content: try change(scenario.type, "a", in: scenario.namespace)
            case .creation: try create(scenario.type, "a", in: scenario.namespace, labels: scenario.labels)
            case .deletion:
                try stage.server.delete(
                    resource(scenario.type), ObjectKey(namespace: scenario.namespace, name: "a"))
            }
            if scenario.reloads { await stage.untilSettled { isReloaded } }
            try await canary(options.configTypes)
            #expect(isReloaded == scenario.reloads)
        }
    }

    @Test func `every scenario from 81 to 107 is played`() { #expect(Self.table.map(\.number) == Array(81...107)) }
}
