import ControllerTestKit
import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct ReloadExplainerTests {
    private static let auto = ["reloader.stakater.com/auto": "true"]

    private func workload(
        _ kind: WorkloadKind = .deployment, annotations: [String: String] = auto, isSuspended: Bool = false,
        isFinished: Bool = false, isOwnedByCronJob: Bool = false
    ) -> Workload {
        Workload(
            WorkloadKey(kind, ObjectKey(namespace: "shop", name: "w")), isSuspended: isSuspended,
            isFinished: isFinished, isOwnedByCronJob: isOwnedByCronJob, annotations: annotations,
            template: PodTemplate(
                containers: [
                    .init("side"),
                    .init("app", environmentReferences: [ConfigName(.configMap, "a"), ConfigName(.secret, "a")]),
                ]))
    }

    private func config(_ type: ConfigType = .configMap, _ name: String = "a", isSelected: Bool = true)
        -> ConfigStanding
    {
        let key = ConfigKey(type, namespace: "shop", name: name)
        return ConfigStanding(key: key, state: .present(ConfigObject(key, fingerprint: .empty)), isSelected: isSelected)
    }

    @Test("each kind is reloaded in its way, and the marker goes where the plan puts it")
    func effects() {
        let cases: [(Workload, ReloaderOptions, Verdict.Action, String)] = [
            (workload(), .init(), .patchTemplate, "STAKATER_A_CONFIGMAP"),
            (workload(), .init(strategy: .annotations), .patchTemplate, "reloader.stakater.com/last-reloaded-from"),
            (workload(.cronJob), .init(), .startJob, "STAKATER_A_CONFIGMAP"),
            (workload(.cronJobTemplates), .init(cronJobPolicy: .template), .patchJobTemplate, "STAKATER_A_CONFIGMAP"),
            (workload(.job), .init(), .recreateJob, "STAKATER_A_CONFIGMAP"),
            (workload(.rollout), .init(argoRollouts: true), .patchTemplate, "STAKATER_A_CONFIGMAP"),
            (
                workload(
                    .rollout,
                    annotations: Self.auto.merging(["reloader.stakater.com/rollout-strategy": "restart"]) { $1 }),
                .init(argoRollouts: true), .restartRollout, "STAKATER_A_CONFIGMAP"
            ),
        ]
        for (workload, options, action, marker) in cases {
            let verdict = ReloadExplainer(options).verdict(workload, config())
            #expect(verdict.effect == Verdict.Effect(action: action, containers: ["app"], marker: marker))
            #expect(verdict.code == "auto")
        }
    }

    @Test("whatever is not reloaded has a reason of its own")
    func reasons() {
        var webhook = ReloaderOptions()
        webhook.webhook = WebhookOptions(url: "https://example.com")
        var unselected = ReloadExplainer(.init())
        unselected.isNamespaceSelected = false
        let absent = ConfigStanding(key: config().key, state: .absent)
        let cases: [(ReloadExplainer, Workload, ConfigStanding, String)] = [
            (.init(webhook), workload(), config(), "webhook-mode"),
            (.init(.init(configTypes: [.secret])), workload(), config(), "type-not-watched"),
            (.init(.init(namespaces: .only(["other"]))), workload(), config(), "namespace-not-watched"),
            (.init(.init(namespaces: .all(except: ["shop"]))), workload(), config(), "namespace-not-watched"),
            (unselected, workload(), config(), "namespace-not-selected"),
            (.init(.init()), workload(), config(isSelected: false), "config-not-selected"),
            (.init(.init(cronJobPolicy: .ignore)), workload(.cronJob), config(), "kind-not-watched"),
            (.init(.init()), workload(.rollout), config(), "kind-not-watched"),
            (.init(.init()), workload(), absent, "event-not-enabled"),
            (.init(.init(reloadOnCreate: true)), workload(), absent, "auto"),
            (.init(.init()), workload(annotations: [:]), config(), "not-opted-in"),
            (.init(.init()), workload(), config(.configMap, "other"), "not-referenced"),
            (.init(.init()), workload(.cronJob, isSuspended: true), config(), "suspended"),
            (.init(.init()), workload(.job, isOwnedByCronJob: true), config(), "owned-by-cronjob"),
            (
                .init(.init(autoReloadAll: true)), workload(.job, annotations: [:], isFinished: true), config(),
                "finished"
            ),
        ]
        for (explainer, workload, config, code) in cases {
            let verdict = explainer.verdict(workload, config)
            #expect(verdict.code == code)
            #expect(verdict.isReload == (code == "auto"))
            #expect(verdict.sentence.hasSuffix("."))
        }
    }

    @Test("annotations are listed with where they stand and what keeps them from being read")
    func readings() throws {
        let cases: [(own: [String: String], template: [String: String], [(String, problem: String?)])] = [
            (Self.auto, [:], [("reloader.stakater.com/auto", nil)]),
            ([:], Self.auto, [("reloader.stakater.com/auto", nil)]),
            (
                ["reloader.stakater.com/auto": "yes"], [:],
                [("reloader.stakater.com/auto", "counts as false: true is written 1, t, T, true, True or TRUE")]
            ),
            (
                ["reloader.stakater.com/search": "false"], Self.auto,
                [
                    ("reloader.stakater.com/search", "is off: only the word true turns it on"),
                    (
                        "reloader.stakater.com/auto",
                        "is not read, because the Deployment itself has reloader.stakater.com/search"
                    ),
                ]
            ),
            (
                ["reloader.stakater.com/ignore": "true"], [:],
                [
                    (
                        "reloader.stakater.com/ignore",
                        "has no effect on a workload; it belongs on a ConfigMap or Secret"
                    )
                ]
            ),
            (
                [:], ["configmaps.exclude.reloader.stakater.com/reload": "a"],
                [
                    (
                        "configmaps.exclude.reloader.stakater.com/reload",
                        "has no effect on a pod template; it belongs on the Deployment"
                    )
                ]
            ),
            (
                ["reloader.stakater.com/rollout-strategy": "restart"], [:],
                [("reloader.stakater.com/rollout-strategy", "only means something on Rollouts")]
            ),
            (
                ["configmaps.reloader.stakater.com/reload": "a"], [:],
                [
                    (
                        "configmaps.reloader.stakater.com/reload",
                        "is no annotation of Reloader's; was configmap.reloader.stakater.com/reload meant?"
                    )
                ]
            ),
            (["example.com/other": "true"], [:], []),
        ]
        for (own, template, expected) in cases {
            var workload = workload(annotations: own)
            workload = Workload(
                workload.key, annotations: own,
                template: PodTemplate(annotations: template, containers: workload.template.containers))
            let readings = ReloadPolicy().readings(of: workload)
            #expect(readings.map(\.key) == expected.map(\.0))
            #expect(readings.map(\.problem) == expected.map(\.problem))
        }
    }

    @Test("an explanation finds markers, tells whether they are current, and reads no value")
    func server() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createSecret("s", "hunter2")
        try stage.createWorkload("web", configMaps: ["a", "gone"], secrets: ["s"])
        let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.event()
        }
        let reader = ExplainReader(client: stage.server.client(logger: stage.log.logger), options: options)
        let web = ObjectKey(namespace: "shop", name: "web")
        let current = try await reader.workload(.deployment, web)
        #expect(current.configs.map(\.config.key.name) == ["a", "gone", "s"])
        #expect(current.configs.map(\.verdict.code) == ["auto", "event-not-enabled", "auto"])
        #expect(current.configs[0].markers.map(\.agreement) == [.current])
        #expect(current.events.map(\.reason) == ["Reloaded"])
        #expect(current.strayMarkers.isEmpty)

        try stage.change(configMap: "a", to: "3")
        let later = try await reader.workload(.deployment, web)
        #expect(later.configs[0].markers.map(\.agreement) == [.outdated])
        try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
        let deleted = try await reader.workload(.deployment, web)
        #expect(deleted.configs[0].markers.map(\.agreement) == [.unknown])
        #expect(!"\(current)\(later)".contains("hunter2"))

        let config = try await reader.config(ConfigKey(.secret, namespace: "shop", name: "s"))
        #expect(config.workloads.map(\.workload.object.name) == ["web"])
        #expect(config.unrelated == 0)
    }

    @Test("the server knows when Reloader wrote last")
    func lastWrite() throws {
        let object = try JSONValue(
            parsing: Array(
                #"""
                {"metadata":{"managedFields":[{"manager":"kubectl","time":"2026-11-26T09:00:00Z"},
                {"manager":"Reloader","time":"2026-11-25T08:00:00Z"},{"manager":"Reloader","time":"2026-11-25T09:00:00Z"}]}}
                """#.utf8))
        let catalog = ConfigCatalog(namespace: "shop", [:])
        let explanation = ReloadExplainer(.init()).explain(workload(), object, among: catalog)
        #expect(explanation.lastWrite == "2026-11-25T09:00:00Z")
    }

    @Test("what may not be read is said, and the rest explained")
    func forbidden() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"], secrets: ["s"])
        stage.server.authorize { ["secrets", "events"].contains($0.resource) ? .deny : .allow() }
        let reader = ExplainReader(client: stage.server.client(logger: stage.log.logger), options: .init())
        let explanation = try await reader.workload(.deployment, ObjectKey(namespace: "shop", name: "web"))
        #expect(explanation.configs.map(\.verdict.isReload) == [true, true])
        #expect(explanation.remarks.filter { $0.code == "not-read" }.count == 2)
        guard case .unknown = explanation.configs[1].config.state else {
            Issue.record("the Secret could not be read")
            return
        }
    }
}
