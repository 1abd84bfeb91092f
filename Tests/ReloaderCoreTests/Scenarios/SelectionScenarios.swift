import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// Which configs count: field, label and namespace selectors, and configs that go and come back.
@Suite(.timeLimit(.minutes(1))) struct SelectionScenarios {
    private let stage = Stage()

    private func options(_ change: (inout ReloaderOptions) -> Void = { _ in }) -> ReloaderOptions {
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        change(&options)
        return options
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "shop", name: name) }

    /// A workload that reloads for a config of its own, so that what came before that has been dealt with.
    private func createCanary() throws {
        try stage.createConfigMap("canary", "1")
        try stage.createWorkload("canary", configMaps: ["canary"])
    }

    private func canary(_ labels: String = "{}") async throws {
        try stage.server.patch(
            .configMaps, key("canary"), merge: #"{"metadata":{"labels":\#(labels)},"data":{"key":"changed"}}"#)
        try await stage.patch(of: "canary")
    }

    private func received(_ event: String, _ resource: String) -> String? {
        String(decoding: stage.metrics.exposition(), as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix(#"reloader_events_received_total{event_type="\#(event)",resource_type="\#(resource)"}"#)
        }?.split(separator: " ").last.map(String.init)
    }

    // MARK: Helm's releases

    private func createRelease() throws {
        try stage.server.create(
            json: """
                {"apiVersion":"v1","kind":"Secret","metadata":{"name":"sh.helm.release.v1.web.v1","namespace":"shop"},\
                "type":"helm.sh/release.v1","stringData":{"release":"1"}}
                """)
    }

    @Test func `the releases of Helm stay on the server, and reload nobody`() async throws {
        try createRelease()
        try stage.createSecret("key", "1")
        try stage.createWorkload("web", secrets: ["key", "sh.helm.release.v1.web.v1"])
        try await stage.run(options { ($0.reloadOnCreate, $0.reloadOnDelete) = (true, true) }) { stage in
            let release = key("sh.helm.release.v1.web.v1")
            try stage.server.patch(.secrets, release, merge: #"{"stringData":{"release":"2"}}"#)
            try stage.server.delete(.secrets, release)
            try createRelease()
            try stage.change(secret: "key", to: "2")
            try await stage.patch(of: "web")
            #expect(stage.patches.count == 1)
            #expect(received("add", "secrets") == "1")
            #expect(received("update", "secrets") == "1")
            #expect(received("delete", "secrets") == nil)
        }
    }

    @Test func `without a field selector all Secrets count`() async throws {
        try createRelease()
        try stage.createWorkload("web", secrets: ["sh.helm.release.v1.web.v1"])
        try await stage.run(options { $0.secretFieldSelector = nil }) { stage in
            try stage.server.patch(
                .secrets, key("sh.helm.release.v1.web.v1"), merge: #"{"stringData":{"release":"2"}}"#)
            try await stage.patch(of: "web")
        }
    }

    @Test func `a field selector that the server refuses is left out, with one warning that says so`() async throws {
        try stage.createSecret("key", "1")
        try stage.createWorkload("web", secrets: ["key"])
        try await stage.run(options { $0.secretFieldSelector = "spec.colour=red" }) { stage in
            try stage.change(secret: "key", to: "2")
            try await stage.patch(of: "web")
        }
        let warnings = stage.log.lines.filter { $0.hasPrefix("warning") }
        #expect(warnings.count == 1)
        #expect(
            warnings.first?.hasPrefix(
                "warning the server refuses the field selector 'spec.colour=red' for secrets; all of them are read")
                == true)
        #expect(warnings.first?.contains("field label not supported") == true)
    }

    // MARK: configs that go and come back

    @Test func `a config that is deleted and created with other content is a change, with the same it is none`()
        async throws
    {
        try createCanary()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(options()) { stage in
            try stage.server.delete(.configMaps, key("a"))
            try stage.createConfigMap("a", "1")
            try await canary()
            #expect(stage.patches.map(\.attributes.name) == ["canary"])
            try stage.server.delete(.configMaps, key("a"))
            try stage.createConfigMap("a", "2")
            try await stage.patch(of: "web")
            #expect(stage.patches.map(\.attributes.name) == ["canary", "web"])
        }
    }

    @Test func `a config that has never been there before is no change when it comes`() async throws {
        try createCanary()
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(options()) { stage in
            try stage.createConfigMap("a", "1")
            try await canary()
            #expect(stage.patches.map(\.attributes.name) == ["canary"])
        }
    }

    @Test func `a config that loses the label and regains it with other content is a change`() async throws {
        try createCanary()
        try stage.createConfigMap("a", "1")
        try stage.server.patch(.configMaps, key("a"), merge: #"{"metadata":{"labels":{"reload":"true"}}}"#)
        try stage.server.patch(.configMaps, key("canary"), merge: #"{"metadata":{"labels":{"reload":"true"}}}"#)
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(options { $0.configLabelSelector = "reload=true" }) { stage in
            try stage.server.patch(.configMaps, key("a"), merge: #"{"metadata":{"labels":{"reload":null}}}"#)
            try stage.change(configMap: "a", to: "2")
            try await canary(#"{"reload":"true"}"#)
            #expect(stage.patches.map(\.attributes.name) == ["canary"])
            try stage.server.patch(.configMaps, key("a"), merge: #"{"metadata":{"labels":{"reload":"true"}}}"#)
            try await stage.patch(of: "web")
        }
    }

    @Test("with their flags on, gaining and losing the label are a creation and a deletion", arguments: [true, false])
    func labelFeatures(isGained: Bool) async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        let (before, after) = isGained ? ("null", #""true""#) : (#""true""#, "null")
        try stage.server.patch(.configMaps, key("a"), merge: #"{"metadata":{"labels":{"reload":\#(before)}}}"#)
        let options = options {
            $0.strategy = .annotations
            $0.configLabelSelector = "reload=true"
            ($0.reloadOnCreate, $0.reloadOnDelete) = (true, true)
        }
        try await stage.run(options) { stage in
            try stage.server.patch(.configMaps, key("a"), merge: #"{"metadata":{"labels":{"reload":\#(after)}}}"#)
            let patch = try await stage.patch(of: "web")
            #expect(patch.bodyText.contains("aae45badef99284e4dae01d6046154ea9d99532f") == !isGained)
        }
    }

    @Test func `a deletion that is learned of from a later list counts, for the right workload`() async throws {
        for name in ["a", "b"] {
            try stage.createSecret(name, "1")
            try stage.createWorkload(name, secrets: [name])
        }
        let options = options {
            $0.strategy = .annotations
            $0.reloadOnDelete = true
        }
        try await stage.run(options) { stage in
            stage.server.inject(Fault(.status(500), verb: "watch", resource: "secrets"))
            #expect(stage.server.closeWatches { $0.resource == "secrets" } == 1)
            try await stage.server.waitForWatches { !$0.contains { $0.resource == "secrets" } }
            try stage.server.delete(.secrets, key("a"))
            stage.server.compact()
            let patch = try await stage.patch(of: "a")
            #expect(patch.bodyText.contains("aae45badef99284e4dae01d6046154ea9d99532f"))
            #expect(stage.patches.map(\.attributes.name) == ["a"])
        }
    }

    @Test(
        "creations and deletions count although the other kind is ignored",
        arguments: [ConfigType.configMap, .secret], ["create", "delete"])
    func ignoredKind(type: ConfigType, event: String) async throws {
        let isConfigMap = type == .configMap
        func create() throws {
            if isConfigMap { try stage.createConfigMap("a", "1") } else { try stage.createSecret("a", "1") }
        }
        try stage.createWorkload("web", configMaps: isConfigMap ? ["a"] : [], secrets: isConfigMap ? [] : ["a"])
        if event == "delete" { try create() }
        let options = options {
            $0.strategy = .annotations
            $0.configTypes = [type]
            ($0.reloadOnCreate, $0.reloadOnDelete) = (true, true)
        }
        try await stage.run(options) { stage in
            if event == "create" {
                try create()
            } else {
                try stage.server.delete(isConfigMap ? .configMaps : .secrets, key("a"))
            }
            try await stage.patch(of: "web")
            #expect(stage.patches.count == 1)
        }
    }

    // MARK: namespaces

    private func label(_ namespace: String, _ value: String) throws {
        try stage.server.patch(
            .namespaces, ObjectKey(name: namespace), merge: #"{"metadata":{"labels":{"env":\#(value)}}}"#)
    }

    private var production: ReloaderOptions { options { $0.namespaceSelector = "env=prod" } }

    @Test func `a namespace counts from the label on, and no longer once it is gone`() async throws {
        stage.server.createNamespaceIfAbsent("other")
        try label("other", #""prod""#)
        for (namespace, name) in [("shop", "a"), ("other", "canary")] {
            try stage.server.create(
                json:
                    #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\#(name)","namespace":"\#(namespace)"}}"#
            )
            try stage.server.create(
                json: """
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"\(name)","namespace":"\(namespace)",\
                    "annotations":\(Stage.auto)},"spec":{"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{\
                    "labels":{"app":"x"}},"spec":{"containers":[{"name":"app","image":"busybox",\
                    "envFrom":[{"configMapRef":{"name":"\(name)"}}]}]}}}}
                    """)
        }
        var value = 0
        func change(_ namespace: String, _ name: String) throws {
            value += 1
            try stage.server.patch(
                .configMaps, ObjectKey(namespace: namespace, name: name), merge: #"{"data":{"key":"\#(value)"}}"#)
        }
        func canary(_ count: Int) async throws {
            try change("other", "canary")
            await stage.untilSettled { stage.patches.count { $0.attributes.name == "canary" } == count }
        }
        func changed(_ count: Int) -> Bool { stage.patches.count { $0.attributes.name == "a" } == count }
        try await stage.run(production) { stage in
            try change("shop", "a")
            try await canary(1)
            #expect(changed(0))
            try label("shop", #""prod""#)
            await stage.untilLogged("added namespace to be watched: shop")
            // What happened before the label restarts nothing, what happens from now on does.
            try await canary(2)
            #expect(changed(0))
            try change("shop", "a")
            try await stage.patch(of: "a")
            try label("shop", #""test""#)
            await stage.untilLogged("removed namespace from watch: shop")
            try change("shop", "a")
            try await canary(3)
            #expect(changed(1))
        }
        #expect(received("add", "namespaces") == "2")
        #expect(received("delete", "namespaces") == "1")
    }

    @Test func `a change that is seen before its namespace's label, but came after it, is not lost`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(production) { stage in
            // The watch of namespaces lags behind: it has ended, and the next one fails.
            stage.server.inject(Fault(.status(500), verb: "watch", resource: "namespaces"))
            #expect(stage.server.closeWatches { $0.resource == "namespaces" } == 1)
            try await stage.server.waitForWatches { !$0.contains { $0.resource == "namespaces" } }
            try label("shop", #""prod""#)
            try stage.change(configMap: "a", to: "2")
            await stage.untilLogged("reason=ignored_or_not_selected")
            #expect(stage.patches.isEmpty)
            try await stage.patch(of: "web")
        }
    }

    @Test(
        "a namespace that lost its label, or was deleted, while nobody watched no longer counts",
        arguments: [true, false])
    func departed(isDeleted: Bool) async throws {
        stage.server.createNamespaceIfAbsent("other")
        try label("other", #""prod""#)
        let config = #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"other"}}"#
        try stage.server.create(json: config)
        try stage.server.create(
            json: Fixture(
                namespace: "other", annotations: ["configmap.reloader.stakater.com/reload": "a"]
            ).json)
        try await stage.run(production) { stage in
            stage.server.inject(Fault(.status(500), verb: "watch", resource: "namespaces"))
            #expect(stage.server.closeWatches { $0.resource == "namespaces" } == 1)
            try await stage.server.waitForWatches { !$0.contains { $0.resource == "namespaces" } }
            if isDeleted {
                try stage.server.delete(.namespaces, ObjectKey(name: "other"))
            } else {
                try label("other", #""test""#)
            }
            stage.server.compact()
            await stage.untilLogged("removed namespace from watch: other")
            if !isDeleted {
                try stage.server.patch(
                    .configMaps, ObjectKey(namespace: "other", name: "a"), merge: #"{"data":{"key":"2"}}"#)
                await stage.untilLogged("reason=ignored_or_not_selected")
            }
            #expect(stage.patches.isEmpty)
        }
    }

    @Test func `changes that come before the namespaces are known wait for them`() async throws {
        try label("shop", #""prod""#)
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        let gate = stage.server.inject(
            Fault(.status(503), times: nil) { $0.resource == "namespaces" && $0.isReadOnly })
        try await stage.run(production, waitsUntilReady: false) { stage in
            try await stage.server.waitForWatches { $0.contains { $0.resource == "configmaps" } }
            try stage.change(configMap: "a", to: "2")
            await stage.untilReceived(1)
            #expect(stage.patches.isEmpty)
            gate()
            try await stage.patch(of: "web")
        }
    }
}
