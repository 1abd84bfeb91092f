import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// When creations, deletions and replacements of configs count.
@Suite(.timeLimit(.minutes(1))) struct EventSemanticsTests {
    private let stage = Stage()
    private static let named =
        #"{"configmap.reloader.stakater.com/reload":"a,b","secret.reloader.stakater.com/reload":"a,b"}"#

    private func options(_ configTypes: [ConfigType] = [.configMap, .secret]) -> ReloaderOptions {
        ReloaderOptions(
            strategy: .annotations, configTypes: configTypes, reloadOnCreate: true, reloadOnDelete: true,
            reloadDelay: .zero, reloadMaxDelay: .zero)
    }

    private func patched(_ count: Int) async {
        await stage.untilSettled { stage.patches.count { $0.status == 200 } >= count }
    }

    @Test("they count while the other kind is ignored", arguments: [ConfigType.configMap, .secret])
    func ignoredKind(type: ConfigType) async throws {
        try stage.createConfigMap("a", "1")
        try stage.createSecret("a", "1")
        try stage.createWorkload("web", annotations: Self.named)
        try await stage.run(options([type])) { stage in
            try stage.createConfigMap("b", "1")
            try stage.createSecret("b", "1")
            await patched(1)
            for resource in [APIResource.configMaps, .secrets] {
                try stage.server.delete(resource, ObjectKey(namespace: "shop", name: "a"))
            }
            await patched(2)
            #expect(stage.patches.allSatisfy { $0.bodyText.contains(type.tag) })
        }
    }

    @Test func `what exists at the start was not created, in whichever of several namespaces, named how often`()
        async throws
    {
        for namespace in ["shop", "late"] {
            stage.server.createNamespaceIfAbsent(namespace)
            for name in ["a", "b"] {
                try stage.server.create(
                    json: """
                        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\(name)","namespace":"\(namespace)"},\
                        "data":{"key":"1"}}
                        """)
            }
        }
        for namespace in ["shop", "late"] {
            try stage.server.create(
                json: Fixture(
                    namespace: namespace, annotations: ["configmap.reloader.stakater.com/reload": "a,b"]
                ).json)
        }
        var options = options()
        options.namespaces = .only(["shop", "late", "shop"])
        // One namespace is known long before the other.
        let open = stage.server.inject(
            Fault(.status(503), times: nil) { $0.namespace == "late" && $0.resource == "configmaps" })
        func isWatched(_ namespace: String, _ watches: [RequestAttributes]) -> Bool {
            watches.contains { $0.namespace == namespace && $0.resource == "configmaps" }
        }
        try await stage.run(options, waitsUntilReady: false) { stage in
            try await stage.server.waitForWatches { isWatched("shop", $0) }
            open()
            try await stage.server.waitForWatches { isWatched("late", $0) }
            #expect(stage.server.watches.count { $0.namespace == "shop" && $0.resource == "configmaps" } == 1)
            for namespace in ["late", "shop"] {
                try stage.server.patch(
                    .configMaps, ObjectKey(namespace: namespace, name: "a"), merge: #"{"data":{"key":"2"}}"#)
            }
            await patched(2)
            await stage.until { stage.eventReasons.count == 2 }
            #expect(stage.patches.count == 2)
        }
    }

    @Test func `a deletion that is learned of by a new list counts`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", annotations: Self.named)
        try await stage.run(options()) { stage in
            stage.server.dropNextEvent(of: .configMaps)
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
            stage.server.compact()
            stage.server.closeWatches { $0.resource == "configmaps" }
            let patch = try await stage.patch(of: "web")
            #expect(patch.bodyText.contains("aae45badef99284e4dae01d6046154ea9d99532f"))
        }
    }

    @Test("a config that is replaced counts when its content is another one, without any flag", arguments: ["1", "2"])
    func replaced(content: String) async throws {
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("last", "1")
        try stage.createWorkload("web", configMaps: ["a", "last"])
        try await stage.run(ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)) { stage in
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
            await stage.untilReceived(1, "delete")
            #expect(stage.patches.isEmpty)
            try stage.createConfigMap("a", content)
            if content == "2" { await patched(1) }
            try stage.change(configMap: "last", to: "2")
            await patched(content == "2" ? 2 : 1)
            #expect(stage.patches.count == (content == "2" ? 2 : 1))
        }
    }

    @Test func `a config that goes while its reload is written is remembered with what was written`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        let delay = Duration.seconds(2)
        stage.server.inject(Fault(.delayedAnswer(delay), verb: "patch", resource: "deployments"))
        try await stage.run(ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.server.waitForRequest(answered: false) { $0.attributes.verb == "patch" }
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
            await stage.untilReceived(1, "delete")
            // Once when it goes, once when the written reload is settled.
            #expect(
                await stage.pump { stage.log.lines.count { $0.contains("reason=event_not_enabled") } == 2 })
            try stage.createConfigMap("a", "1")
            #expect(await stage.pump { stage.patches.count == 2 })
        }
    }

    @Test("a config that is replaced while a reload is due for it counts by what the pods have", arguments: ["1", "2"])
    func replacedWhileDue(content: String) async throws {
        for config in ["a", "last"] { try stage.createConfigMap(config, "1") }
        for workload in ["web", "api"] { try stage.createWorkload(workload, configMaps: ["a", "last"]) }
        let withdraw = stage.server.inject(Fault(.status(500), times: nil, verb: "patch", name: "web"))
        func written(_ name: String) -> [RecordedRequest] {
            stage.patches.filter { $0.attributes.name == name && $0.status == 200 }
        }
        try await stage.run(ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.patches.count == 2 && stage.patches.allSatisfy { $0.status != nil } }
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
            await stage.untilReceived(1, "delete")
            withdraw()
            #expect(
                await stage.pump {
                    stage.log.lines.contains {
                        $0.contains("reason=event_not_enabled workload=Deployment shop/web")
                    }
                })
            try stage.createConfigMap("a", content)
            // Whoever has another content than this one, and nobody else.
            let (changed, same) = content == "2" ? ("web", "api") : ("api", "web")
            let before = (written(changed).count, written(same).count)
            #expect(await stage.pump { written(changed).count == before.0 + 1 })
            try stage.change(configMap: "last", to: "2")
            #expect(await stage.pump { written(changed).count == before.0 + 2 && written(same).count > before.1 })
            #expect(written(same).count == before.1 + 1)
            #expect(written(same).last?.bodyText.contains("STAKATER_A_CONFIGMAP") == false)
        }
    }
}
