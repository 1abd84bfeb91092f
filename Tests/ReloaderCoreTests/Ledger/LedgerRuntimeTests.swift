import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// One Reloader after the other on one server.
@Suite(.timeLimit(.minutes(1))) struct LedgerRuntimeTests {
    private let stage = Stage()

    private func options(_ strategy: ReloadStrategy = .envVars) -> ReloaderOptions { .ledgered(strategy) }

    private func run(_ options: ReloaderOptions, _ body: (Stage) async throws -> Void = { _ in }) async throws {
        try await stage.runKeepingLedger(options, body)
    }

    private func generation(_ name: String = "web") throws -> Int { try stage.generation(name) }

    @Test func `the first start writes down what is used, and restarts nothing`() async throws {
        for name in ["a", "b", "unused"] { try stage.createConfigMap(name, "1") }
        try stage.createSecret("s", "hunter2")
        try stage.createWorkload("web", configMaps: ["a"], secrets: ["s"])
        try stage.createWorkload("other", configMaps: ["unused"], annotations: "{}")
        try stage.createWorkload("named", annotations: #"{"configmap.reloader.stakater.com/reload":"b"}"#)
        try await run(options()) { stage in
            #expect(stage.ledgerEntries == ["CONFIGMAP a", "CONFIGMAP b", "SECRET s"])
            #expect(stage.patches.isEmpty)
        }
        let ledger = try stage.server.get(.configMaps, Stage.ledger)
        #expect(ledger["metadata"]?["annotations"]?["reloader.stakater.com/ignore"]?.string == "true")
        #expect(ledger["metadata"]?["labels"]?["reloader.stakater.com/ledger"]?.string == "reloader")
        // SHA-1 of `password=hunter2`, which markers show.
        #expect(!ledger.description.contains("hunter2"))
        #expect(stage.log.lines.contains { $0.contains("remembers from now on what is applied") })
    }

    @Test(
        "what changes while no Reloader runs is reloaded once, and what does not is left alone",
        arguments: ReloadStrategy.allCases)
    func whileDown(strategy: ReloadStrategy) async throws {
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createSecret("s", "1")
        try stage.createWorkload("web", configMaps: ["a"], secrets: ["s"])
        try stage.createWorkload("api", configMaps: ["b"])
        try stage.createCronJob("report", configMap: "a")
        var options = options(strategy)
        // Changes that are found together are reloaded together.
        (options.reloadDelay, options.reloadMaxDelay) = (.milliseconds(300), .seconds(5))
        try await run(options)
        try stage.change(configMap: "a", to: "2")
        try stage.change(secret: "s", to: "2")
        for _ in 0..<2 {
            try await run(options) { stage in
                #expect(await stage.pump { (try? generation()) == 2 && (try? stage.server.list(.jobs).count) == 1 })
            }
        }
        #expect(try generation() == 2)
        #expect(try generation("api") == 1)
        #expect(try stage.server.list(.jobs).count == 1)
    }

    @Test func `what is changed and changed back while no Reloader runs is left alone`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await run(options())
        try stage.change(configMap: "a", to: "2")
        try stage.change(configMap: "a", to: "1")
        try stage.server.patch(
            .configMaps, ObjectKey(namespace: "shop", name: "a"), merge: #"{"metadata":{"labels":{"x":"y"}}}"#)
        try await run(options())
        #expect(try generation() == 1)
    }

    @Test("a config that is replaced has changed when its content has", arguments: [true, false], ["1", "2"])
    func replaced(isWatched: Bool, content: String) async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        let key = ObjectKey(namespace: "shop", name: "a")
        try await run(options()) { stage in
            guard isWatched else { return }
            try stage.server.delete(.configMaps, key)
            try stage.createConfigMap("a", content)
            await stage.untilReceived(1, "delete")
        }
        if !isWatched {
            try stage.server.delete(.configMaps, key)
            try await run(options())
            try stage.createConfigMap("a", content)
        }
        try await run(options()) { stage in
            if content == "2" { #expect(await stage.pump { (try? generation()) == 2 }) }
        }
        #expect(try generation() == (content == "2" ? 2 : 1))
    }

    @Test func `one that comes back while the next Reloader runs has changed, too`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.createWorkload("api", configMaps: ["b"])
        try await run(options())
        for name in ["a", "b"] { try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: name)) }
        try await run(options()) { stage in
            try stage.createConfigMap("a", "2")
            try stage.createConfigMap("b", "1")
            #expect(await stage.pump { (try? generation()) == 2 })
        }
        #expect(try generation("api") == 1)
    }

    @Test(
        "creations and deletions while no Reloader runs count under their flags only", arguments: [true, false],
        ReloadStrategy.allCases)
    func flags(isOn: Bool, strategy: ReloadStrategy) async throws {
        var options = options(strategy)
        options.reloadOnCreate = isOn
        options.reloadOnDelete = isOn
        try stage.createConfigMap("old", "1")
        try stage.createWorkload("web", configMaps: ["new"])
        try stage.createWorkload("api", configMaps: ["old"])
        try await run(options) { stage in
            // So that there is a marker to be removed.
            try stage.change(configMap: "old", to: "2")
            #expect(await stage.pump { (try? generation("api")) == 2 })
        }
        try stage.createConfigMap("new", "1")
        try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "old"))
        for _ in 0..<2 {
            try await run(options) { stage in
                if isOn { #expect(await stage.pump { (try? generation("web")) == 2 && (try? generation("api")) == 3 }) }
            }
        }
        #expect(try generation("web") == (isOn ? 2 : 1))
        #expect(try generation("api") == (isOn ? 3 : 2))
    }

    @Test func `where workloads may be listed but not watched, what changed is reloaded, too`() async throws {
        stage.server.authorize { request in
            request.verb == "watch" && !["configmaps", "secrets"].contains(request.resource) ? .deny : .allow()
        }
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("unused", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await run(options())
        #expect(stage.ledgerEntries == ["CONFIGMAP a"])
        try stage.change(configMap: "a", to: "2")
        for _ in 0..<2 {
            try await run(options()) { stage in #expect(await stage.pump { (try? generation()) == 2 }) }
        }
        #expect(try generation() == 2)
    }

    @Test func `without the rights it is off, says so once, and reloads go on`() async throws {
        stage.server.authorize { request in
            request.resource == "configmaps" && request.namespace == "ops" ? .deny : .allow()
        }
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(options()) { stage in
            await stage.untilLogged("--ledger=off")
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { (try? generation()) == 2 })
        }
        #expect(stage.log.lines.count { $0.contains("--ledger=off") } == 1)
    }

    @Test func `a ConfigMap of the name that is something else is left alone`() async throws {
        let mine = try stage.server.create(
            json: """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"reloader-ledger","namespace":"ops"},\
                "data":{"mine":"x"}}
                """)
        try await stage.run(options()) { stage in await stage.untilLogged("is not a ledger") }
        #expect(try stage.server.get(.configMaps, Stage.ledger) == mine)
    }

    @Test func `an unreachable ledger delays no reload, and is read later`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await run(options())
        let withdraw = stage.server.inject(Fault(.status(500), times: nil, verb: "get", resource: "configmaps"))
        try await stage.run(options()) { stage in
            await stage.untilLogged("is not known yet")
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { (try? generation()) == 2 })
            withdraw()
            #expect(await stage.pump { stage.log.lines.contains { $0.contains("was last written") } })
            #expect(await stage.pump { stage.isLedgerQuiet })
        }
        try await run(options())
        #expect(try generation() == 2)
    }

    @Test func `its own ledger restarts nothing, even where everything is named`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"all","namespace":"ops",\
                "annotations":{"configmap.reloader.stakater.com/reload":".*"}},"spec":{\
                "selector":{"matchLabels":{"app":"all"}},"template":{"metadata":{"labels":{"app":"all"}},\
                "spec":{"containers":[{"name":"app","image":"busybox"}]}}}}
                """)
        try await run(options()) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { (try? generation()) == 2 })
        }
        try await run(options())
        #expect(!stage.ledgerEntries.contains { $0.contains("reloader-ledger") })
        let all = try stage.server.get(.deployments, ObjectKey(namespace: "ops", name: "all"))
        #expect(all["metadata"]?["generation"] == 1)
    }

    @Test func `a change that a refusal holds up is due for the next Reloader, for that workload alone`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.createWorkload("api", configMaps: ["a", "b"])
        let options = options(.annotations)
        try await run(options)
        let withdraw = stage.server.inject(
            Fault(.status(403, reason: "Forbidden"), times: nil, verb: "patch", resource: "deployments", name: "web"))
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { (try? generation("api")) == 2 && stage.ledgerText.contains("*") })
            // The annotation of the other one names the last reload alone.
            try stage.change(configMap: "b", to: "2")
            #expect(await stage.pump { (try? generation("api")) == 3 })
        }
        withdraw()
        try await run(options) { stage in #expect(await stage.pump { (try? generation()) == 2 }) }
        #expect(try generation() == 2)
        #expect(try generation("api") == 3)
    }

    @Test func `a workload that comes later is written down, and one that goes takes its configs along`() async throws {
        try stage.createConfigMap("a", "1")
        try await run(options()) { stage in
            #expect(stage.ledgerEntries.isEmpty)
            try stage.createWorkload("web", configMaps: ["a"])
            #expect(await stage.pump { stage.ledgerEntries == ["CONFIGMAP a"] })
            try stage.server.delete(.deployments, ObjectKey(namespace: "shop", name: "web"))
            #expect(await stage.pump { stage.ledgerEntries.isEmpty })
        }
        #expect(stage.patches.isEmpty)
    }

    @Test func `a change of what nothing uses writes nothing`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("unused", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await run(options()) { stage in
            stage.server.clearRequests()
            for value in 2..<20 { try stage.change(configMap: "unused", to: "\(value)") }
            await stage.untilReceived(18)
            await stage.pass(.seconds(60))
            #expect(stage.writes.isEmpty)
        }
    }

    @Test func `many changes are few writes`() async throws {
        for number in 0..<20 { try stage.createConfigMap("c\(number)", "1") }
        for number in 0..<20 { try stage.createWorkload("w\(number)", configMaps: ["c\(number)"]) }
        try await run(options()) { stage in
            stage.server.clearRequests()
            for number in 0..<20 { try stage.change(configMap: "c\(number)", to: "2") }
            await stage.until { stage.patches.count { $0.status == 200 } == 20 }
            #expect(await stage.pump { stage.writes.contains("update configmaps") && stage.isLedgerQuiet })
            #expect(stage.writes.count { $0 == "update configmaps" } <= 3)
        }
    }
}
