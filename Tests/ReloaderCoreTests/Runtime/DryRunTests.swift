import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct DryRunTests {
    private var options: ReloaderOptions {
        var options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        options.dryRun = true
        return options
    }

    private func writes(_ stage: Stage) -> [String] {
        stage.calls.filter { !["get", "list"].contains($0.attributes.verb) }
            .map { "\($0.attributes.verb) \($0.attributes.resource)" }
    }

    @Test func `a dry run tells each reload once, and writes nothing but Events`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload(
            "web", configMaps: ["a"],
            annotations: #"{"reloader.stakater.com/auto":"true","deployment.reloader.stakater.com/pause-period":"1m"}"#)
        try stage.createCronJob("report", configMap: "a")
        try stage.createJob("once", configMap: "a")
        try await stage.run(options) { stage in
            for value in ["2", "3"] {
                stage.server.clearRequests()
                try stage.change(configMap: "a", to: value)
                await stage.until { writes(stage).count >= 3 }
                // The same again counts the Events up.
                let verb = value == "2" ? "create" : "patch"
                #expect(writes(stage) == ["\(verb) events", "\(verb) events", "\(verb) events"])
                for event in stage.calls where event.attributes.verb == "create" {
                    #expect(event.bodyText.contains("Dry run, nothing was written: Changes detected in 'a'"))
                }
            }
        }
        let told = stage.log.lines.filter { $0.hasPrefix("info Changes detected in 'a'") }
        #expect(told.count == 6)
        #expect(told.allSatisfy { $0.contains("dryRun=true") })
        let page = String(decoding: stage.metrics.exposition(), as: UTF8.self)
        #expect(page.contains("reloader_reload_executed_total{success=\"true\"} 6\n"))
        #expect(try stage.markers(of: "web").isEmpty)
    }
}

/// Every skip says why, in the log at debug level and as a metric.
@Suite(.timeLimit(.minutes(1))) struct SkipTests {
    private func played(
        annotations: String, configAnnotations: String = "{}", change: (Stage) throws -> Void
    ) async throws -> (line: String, reason: String) {
        let stage = Stage()
        try stage.createConfigMap("a", "1", annotations: configAnnotations)
        try stage.createWorkload("web", configMaps: ["a"], annotations: annotations)
        try await stage.run(ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)) { stage in
            try change(stage)
            await stage.untilLogged("reason=")
            #expect(stage.patches.isEmpty)
        }
        let page = String(decoding: stage.metrics.exposition(), as: UTF8.self)
        let series = page.split(separator: "\n").filter { $0.hasPrefix("reloader_skipped_total{") }
        let reason = series.first?.split(separator: "\"").dropFirst().first.map { "\($0)" } ?? ""
        return (stage.log.lines.first { $0.contains("reason=") } ?? "", reason)
    }

    @Test func `a workload that has not opted in is no secret`() async throws {
        let skip = try await played(annotations: "{}") { try $0.change(configMap: "a", to: "2") }
        #expect(skip.reason == "no_workload_concerned")
        #expect(
            skip.line.hasPrefix("debug No reload for 'a' of type 'CONFIGMAP' in namespace 'shop' because=No workload"))
    }

    @Test func `a refusal of the policy has its own reason`() async throws {
        let skip = try await played(
            annotations: Stage.auto, configAnnotations: #"{"reloader.stakater.com/ignore":"true"}"#
        ) { try $0.change(configMap: "a", to: "2") }
        #expect(skip.reason == "config_ignored")
        #expect(skip.line.hasPrefix("debug No changes detected in 'a' of type 'CONFIGMAP' in namespace 'shop'"))
        #expect(skip.line.contains("because=The object's annotation reloader.stakater.com/ignore is true."))
        #expect(skip.line.contains("workload=Deployment shop/web"))
    }

    @Test func `a change of labels is no change of data`() async throws {
        let same = try await played(annotations: Stage.auto) { stage in
            try stage.server.patch(
                .configMaps, ObjectKey(namespace: "shop", name: "a"), merge: #"{"metadata":{"labels":{"x":"y"}}}"#)
        }
        #expect(same.reason == "no_data_change")
    }
}
