import ControllerKit
import ControllerTestKit
import KubeClient
import Testing

@testable import ReloaderCore

/// What the original project tests of the Secrets Store CSI driver, and what a rotation over many pods comes to.
@Suite(.timeLimit(.minutes(1))) struct ProviderClassScenarios {
    private static let classes = ProviderClass.apiResource
    private static let statuses = ProviderClassPodStatus.apiResource
    private static let marker = "STAKATER_DB_SECRETPROVIDERCLASS"

    private let stage = Stage(
        resources: [Fixture.Kind.rollout.resource, Fixture.Kind.deploymentConfig.resource],
        plainResources: [classes, statuses])

    private func options(_ strategy: ReloadStrategy = .envVars) -> ReloaderOptions {
        ReloaderOptions(
            strategy: strategy, configTypes: [.configMap, .secret, .secretProviderClass], reloadDelay: .zero,
            reloadMaxDelay: .zero)
    }

    // MARK: objects

    private func createClass(_ name: String = "db", annotations: String = "{}") throws {
        try stage.server.create(
            json: """
                {"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClass","metadata":{"name":"\(name)",\
                "namespace":"shop","annotations":\(annotations)},"spec":{"provider":"vault"}}
                """)
    }

    private func statusJSON(_ pod: String, _ name: String, _ version: String) -> String {
        """
        {"apiVersion":"secrets-store.csi.x-k8s.io/v1","kind":"SecretProviderClassPodStatus","metadata":{\
        "name":"\(pod)-shop-\(name)","namespace":"shop"},"status":{"podName":"\(pod)","mounted":true,\
        "secretProviderClassName":"\(name)","objects":[{"id":"secret/user","version":"\(version)"}]}}
        """
    }

    /// A pod mounts the class, as the driver of its node reports it.
    private func mount(_ pod: String, _ name: String = "db", version: String = "1") throws {
        try stage.server.create(json: statusJSON(pod, name, version))
    }

    private func rotate(_ pod: String, _ name: String = "db", to version: String) throws {
        try stage.server.patch(
            Self.statuses, ObjectKey(namespace: "shop", name: "\(pod)-shop-\(name)"),
            merge: statusJSON(pod, name, version))
    }

    private func unmount(_ pod: String, _ name: String = "db") throws {
        try stage.server.delete(Self.statuses, ObjectKey(namespace: "shop", name: "\(pod)-shop-\(name)"))
    }

    private func createWorkload(
        _ name: String, kind: String = "Deployment", annotations: String, templateAnnotations: String = "{}",
        classes: [String] = ["db"], configMap: String? = nil, isInitContainer: Bool = false
    ) throws {
        let volumes = classes.map {
            #"{"name":"\#($0)","csi":{"driver":"secrets-store.csi.k8s.io","volumeAttributes":{"secretProviderClass":"\#($0)"}}}"#
        }
        let environment = configMap.map { #","envFrom":[{"configMapRef":{"name":"\#($0)"}}]"# } ?? ""
        func container(_ name: String, mounts: Bool) -> String {
            let volumeMounts = mounts ? self.mounts(classes) : "[]"
            return #"{"name":"\#(name)","image":"busybox","volumeMounts":\#(volumeMounts)\#(environment)}"#
        }
        let apiVersion = Fixture.Kind(rawValue: kind)?.resource.apiVersion ?? "apps/v1"
        let selector =
            switch kind {
            case "Job": ""
            case "DeploymentConfig": #""selector":{"app":"\#(name)"},"#
            default: #""selector":{"matchLabels":{"app":"\#(name)"}},"serviceName":"x","#
            }
        let restart = kind == "Job" ? #""restartPolicy":"Never","# : ""
        try stage.server.create(
            json: """
                {"apiVersion":"\(apiVersion)","kind":"\(kind)","metadata":{"name":"\(name)","namespace":"shop",\
                "annotations":\(annotations)},"spec":{\(selector)"template":{"metadata":{"labels":{"app":"\(name)"},\
                "annotations":\(templateAnnotations)},"spec":{\(restart)"volumes":[\(volumes.joined(separator: ","))],\
                "initContainers":[\(isInitContainer ? container("init", mounts: true) : "")],\
                "containers":[\(container("app", mounts: !isInitContainer))]}}}}
                """)
    }

    private func mounts(_ classes: [String]) -> String {
        "[" + classes.map { #"{"name":"\#($0)","mountPath":"/\#($0)"}"# }.joined(separator: ",") + "]"
    }

    private func fingerprint(_ version: String, of name: String = "db") throws -> String {
        var hasher = PayloadHasher(isSecret: false)
        hasher.add("SecretProviderClassName", name)
        hasher.add("secret/user", version)
        let fingerprint = hasher.finish()
        return try #require(fingerprint).hex
    }

    /// Changes something that reloads a workload of its own, so that what came before it has been dealt with.
    private func canary() async throws {
        try stage.change(configMap: "canary", to: "changed")
        try await stage.patch(of: "canary")
    }

    private func createCanary() throws {
        try stage.createConfigMap("canary", "1")
        try stage.createWorkload("canary", configMaps: ["canary"])
    }

    private static let auto = #"{"reloader.stakater.com/auto":"true"}"#
    private static let typedAuto = #"{"secretproviderclass.reloader.stakater.com/auto":"true"}"#
    private static let named = #"{"secretproviderclass.reloader.stakater.com/reload":"db"}"#

    // MARK: the table of the original project

    struct Case: Sendable, CustomTestStringConvertible {
        var scenario: String
        var annotations = "{}"
        var templateAnnotations = "{}"
        var classAnnotations = "{}"
        var isInitContainer = false
        var isReloaded = true
        var testDescription: String { scenario }
    }

    static let cases: [Case] = [
        Case(scenario: "3, 28, 121: named", annotations: named),
        Case(scenario: "32, 51: typed auto", annotations: typedAuto),
        Case(scenario: "53: general auto", annotations: auto),
        Case(scenario: "22: named in the template", templateAnnotations: named),
        Case(scenario: "23: typed auto in the template", templateAnnotations: typedAuto),
        Case(scenario: "34, 116: init container, named", annotations: named, isInitContainer: true),
        Case(scenario: "117: init container, auto", annotations: auto, isInitContainer: true),
        Case(
            scenario: "33, 69: auto, but excluded",
            annotations:
                #"{"reloader.stakater.com/auto":"true","secretproviderclasses.exclude.reloader.stakater.com/reload":"db"}"#,
            isReloaded: false),
        Case(scenario: "no annotation", isReloaded: false),
        Case(
            scenario: "auto of other types",
            annotations: #"{"secret.reloader.stakater.com/auto":"true","configmap.reloader.stakater.com/auto":"true"}"#,
            isReloaded: false),
        Case(
            scenario: "the class is ignored", annotations: named,
            classAnnotations: #"{"reloader.stakater.com/ignore":"true"}"#, isReloaded: false),
        Case(
            scenario: "search, and the class matches", annotations: #"{"reloader.stakater.com/search":"true"}"#,
            classAnnotations: #"{"reloader.stakater.com/match":"true"}"#),
        Case(
            scenario: "search, and the class does not match",
            annotations: #"{"reloader.stakater.com/search":"true"}"#, isReloaded: false),
    ]

    @Test("a rotation reloads what the annotations say", arguments: cases, [ReloadStrategy.envVars, .annotations])
    func table(_ test: Case, strategy: ReloadStrategy) async throws {
        try createCanary()
        try createClass(annotations: test.classAnnotations)
        try mount("web-1")
        try createWorkload(
            "web", annotations: test.annotations, templateAnnotations: test.templateAnnotations,
            isInitContainer: test.isInitContainer)
        try await stage.run(options(strategy)) { stage in
            try rotate("web-1", to: "2")
            await stage.untilReceived(1)
            if test.isReloaded {
                let patch = try await stage.patch(of: "web")
                #expect(patch.bodyText.contains(try fingerprint("2")))
                #expect(
                    patch.bodyText.contains(strategy == .envVars ? Self.marker : #"\"type\":\"SECRETPROVIDERCLASS\""#))
                #expect(
                    try JSONValue(parsing: try await stage.event().body)["source"]?["component"]?.string
                        == "reloader-secretproviderclasspodstatuses")
            }
            try await canary()
            #expect(stage.patches.filter { $0.attributes.name == "web" }.count == (test.isReloaded ? 1 : 0))
        }
    }

    @Test("all kinds that take a patch are reloaded", arguments: Fixture.Kind.five)
    func kinds(kind: Fixture.Kind) async throws {
        try createClass()
        try mount("web-1")
        try createWorkload("web", kind: kind.rawValue, annotations: Self.named)
        var options = options()
        options.argoRollouts = true
        try await stage.run(options) { stage in
            try rotate("web-1", to: "2")
            #expect(try await stage.patch(of: "web").bodyText.contains(Self.marker))
        }
    }

    @Test func `113: a Job that mounts the class is created again`() async throws {
        try createClass()
        try mount("once-1")
        try createWorkload("once", kind: "Job", annotations: Self.auto)
        try await stage.run(options()) { stage in
            try rotate("once-1", to: "2")
            #expect(try await stage.createdJob().bodyText.contains(try fingerprint("2")))
        }
    }

    @Test func `7, 31: labels of a status restart nothing`() async throws {
        try createCanary()
        try createClass()
        try mount("web-1")
        try createWorkload("web", annotations: Self.named)
        try await stage.run(options()) { stage in
            try stage.server.patch(
                Self.statuses, ObjectKey(namespace: "shop", name: "web-1-shop-db"),
                merge: #"{"metadata":{"labels":{"a":"b"}}}"#)
            await stage.untilReceived(1)
            try await canary()
            #expect(stage.patches.map(\.attributes.name) == ["canary"])
        }
    }

    @Test func `52, 123: typed auto does not count for a ConfigMap`() async throws {
        try createCanary()
        try stage.createConfigMap("a", "1")
        try createClass()
        try mount("web-1")
        try createWorkload("web", annotations: Self.typedAuto, configMap: "a")
        try await stage.run(options()) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.untilReceived(1)
            try await canary()
            #expect(stage.patches.map(\.attributes.name) == ["canary"])
            try rotate("web-1", to: "2")
            try await stage.patch(of: "web")
        }
    }

    @Test func `124: with general auto a ConfigMap's change and a later rotation are a reload each`() async throws {
        try stage.createConfigMap("a", "1")
        try createClass()
        try mount("web-1")
        try createWorkload("web", annotations: Self.auto, configMap: "a")
        try await stage.run(options()) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(try await stage.patch(of: "web").bodyText.contains("STAKATER_A_CONFIGMAP"))
            try rotate("web-1", to: "2")
            await stage.untilSettled { stage.patches.count == 2 }
            #expect(stage.patches.last?.bodyText.contains(Self.marker) == true)
        }
    }

    @Test func `70: of two classes the one that is not excluded reloads`() async throws {
        try createClass()
        try createClass("other")
        try mount("web-1")
        try mount("web-1", "other")
        try createWorkload(
            "web",
            annotations:
                #"{"reloader.stakater.com/auto":"true","secretproviderclasses.exclude.reloader.stakater.com/reload":"db"}"#,
            classes: ["db", "other"])
        try await stage.run(options()) { stage in
            try rotate("web-1", to: "2")
            await stage.untilReceived(1)
            try rotate("web-1", "other", to: "2")
            let patch = try await stage.patch(of: "web")
            #expect(patch.bodyText.contains("STAKATER_OTHER_SECRETPROVIDERCLASS"))
            #expect(!patch.bodyText.contains(Self.marker))
        }
    }

    // MARK: one reload for a rotation

    @Test func `a rotation over ten pods of two workloads costs one reload each, and their new pods cost none`()
        async throws
    {
        try createCanary()
        try createClass()
        for pod in 1...10 { try mount("old-\(pod)") }
        try createWorkload("web", annotations: Self.auto)
        try createWorkload("api", annotations: Self.auto)
        try await stage.run(options()) { stage in
            try rotate("old-1", to: "2")
            try await stage.patch(of: "web")
            try await stage.patch(of: "api")
            // The nodes of the others come later, while the first pods are replaced already.
            for pod in 2...6 { try rotate("old-\(pod)", to: "2") }
            for pod in 1...10 {
                try mount("new-\(pod)", version: "2")
                try unmount("old-\(pod)")
            }
            await stage.untilReceived(10, "delete")
            try await canary()
            #expect(stage.patches.compactMap(\.attributes.name).sorted() == ["api", "canary", "web"])
        }
    }

    @Test func `122: each of two rotations is a reload`() async throws {
        try createClass()
        try mount("web-1")
        try createWorkload("web", annotations: Self.named)
        try await stage.run(options()) { stage in
            for version in ["2", "3"] {
                try rotate("web-1", to: version)
                try await stage.patch(of: "web", containing: fingerprint(version))
            }
            #expect(stage.patches.count == 2)
        }
    }

    @Test func `a pod that starts with a newer version restarts nothing; those that are rotated to it do, once`()
        async throws
    {
        try createCanary()
        try createClass()
        for pod in ["web-1", "web-2"] { try mount(pod) }
        try createWorkload("web", annotations: Self.auto)
        try await stage.run(options()) { stage in
            try mount("web-3", version: "2")
            await stage.untilReceived(1, "add")
            try await canary()
            #expect(stage.patches.map(\.attributes.name) == ["canary"])
            try rotate("web-1", to: "2")
            try await stage.patch(of: "web")
            try rotate("web-2", to: "2")
            await stage.untilReceived(3)
            #expect(stage.patches.map(\.attributes.name) == ["canary", "web"])
        }
    }

    @Test func `annotations of a class count from when they are set, and cost no request`() async throws {
        try createCanary()
        try createClass()
        try mount("web-1")
        try createWorkload("web", annotations: Self.auto)
        try await stage.run(options()) { stage in
            try stage.server.patch(
                Self.classes, ObjectKey(namespace: "shop", name: "db"),
                merge: #"{"metadata":{"annotations":{"reloader.stakater.com/ignore":"true"}}}"#)
            // The two watches are not ordered: until the annotation is seen, rotations count.
            var version = 1
            repeat {
                version += 1
                try rotate("web-1", to: "\(version)")
                await stage.untilReceived(version - 1)
            } while !stage.log.lines.contains { $0.contains("reason=config-ignored") }
            try rotate("web-1", to: "\(version + 1)")
            await stage.untilReceived(version)
            try await canary()
            let ignored = try fingerprint("\(version + 1)")
            #expect(!stage.patches.contains { $0.bodyText.contains(ignored) })
            #expect(stage.calls.allSatisfy { $0.attributes.verb != "get" })
        }
    }

    @Test func `a class that does not exist counts as one without annotations, said once`() async throws {
        try mount("web-1")
        try createWorkload("web", annotations: Self.auto)
        try await stage.run(options()) { stage in
            try rotate("web-1", to: "2")
            try await stage.patch(of: "web")
            try rotate("web-1", to: "3")
            try await stage.patch(of: "web", containing: fingerprint("3"))
        }
        #expect(
            stage.log.lines.filter {
                $0.hasPrefix("warning SecretProviderClass 'db' in namespace 'shop' does not exist")
            }.count == 1)
    }

    @Test func `the label selector for configs does not reach the driver's objects`() async throws {
        try createClass()
        try mount("web-1")
        try createWorkload("web", annotations: Self.auto)
        var options = options()
        options.configLabelSelector = "reload=true"
        try await stage.run(options) { stage in
            try rotate("web-1", to: "2")
            try await stage.patch(of: "web")
        }
    }

    @Test func `neither create nor delete features count for classes`() async throws {
        try createCanary()
        try createClass()
        try createWorkload("web", annotations: Self.named)
        var options = options()
        (options.reloadOnCreate, options.reloadOnDelete, options.syncAfterRestart) = (true, true, true)
        try mount("web-1")
        try await stage.run(options) { stage in
            try unmount("web-1")
            try mount("web-2", version: "2")
            try await canary()
            #expect(!stage.patches.contains { $0.attributes.name == "web" })
        }
    }

    @Test func `without the CRDs it is off, said once, and the rest works`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(options()) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            await stage.untilLogged("CSI provider is not installed")
            await stage.untilLogged("Skipping secretproviderclasspodstatuses controller: CSI CRDs not installed")
        }
        #expect(stage.log.lines.filter { $0.hasPrefix("warning") && $0.contains("secretproviderclass") }.count == 1)
    }

    @Test func `what is watched is told, and what may not be read`() async throws {
        stage.server.authorize { $0.resource == "secretproviderclasses" ? .deny : .allow() }
        try mount("web-1")
        try createWorkload("web", annotations: Self.auto)
        try await stage.run(options()) { stage in
            await stage.untilLogged("info CSI provider is installed")
            await stage.untilLogged("info created controller for: secretproviderclasspodstatuses")
            await stage.untilLogged("warning annotations of SecretProviderClasses count for nothing")
            try rotate("web-1", to: "2")
            try await stage.patch(of: "web")
        }
    }

    @Test func `what is rotated while no Reloader runs is reloaded once by the next, what pods start with never is`()
        async throws
    {
        try createClass()
        try mount("web-1")
        try createWorkload("web", annotations: Self.auto)
        var options = options()
        options.ledger = LedgerOptions(namespace: "ops")
        func run(_ body: (Stage) async throws -> Void = { _ in }) async throws {
            let before = stage.log.lines.count
            try await stage.run(options) { stage in
                await stage.until {
                    stage.log.lines[before...].contains { $0.contains("ConfigMap ops/reloader-ledger") }
                }
                try await body(stage)
                let isQuiet = await stage.pump { stage.isLedgerQuiet }
                #expect(isQuiet)
            }
        }
        func generation() -> Int? {
            stage.server.find(.deployments, ObjectKey(namespace: "shop", name: "web"))?["metadata"]?["generation"]?.int
        }
        try await run()
        #expect(stage.ledgerEntries == ["SECRETPROVIDERCLASS db"])
        try rotate("web-1", to: "2")
        for _ in 0..<2 {
            try await run { stage in
                let isReloaded = await stage.pump { generation() == 2 }
                #expect(isReloaded)
            }
        }
        try await run { stage in
            let before = stage.ledgerText
            try mount("web-2", version: "3")
            try unmount("web-1")
            let isNoted = await stage.pump { stage.ledgerText != before }
            #expect(isNoted)
        }
        try await run()
        #expect(generation() == 2)
    }

    @Test func `a webhook is told of a rotation once, and not of an ignored class`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            var options = options()
            options.webhook = WebhookOptions(url: receiver.url)
            try createClass()
            try createClass("muted", annotations: #"{"reloader.stakater.com/ignore":"true"}"#)
            for pod in ["web-1", "web-2"] {
                try mount(pod)
                try mount(pod, "muted")
            }
            try await stage.run(options) { stage in
                for pod in ["web-1", "web-2"] {
                    try rotate(pod, "muted", to: "2")
                    try rotate(pod, to: "2")
                }
                await stage.untilReceived(4)
                let bodies = await receiver.untilReceived(1).map(\.body)
                #expect(
                    bodies == [
                        #"{"webhook":"update successful","type":"SECRETPROVIDERCLASS","namespace":"shop","#
                            + #""name":"db","event":"updated"}"#
                    ])
            }
        }
    }
}
