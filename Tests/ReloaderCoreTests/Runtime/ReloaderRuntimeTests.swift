import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReloaderRuntimeTests {
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
    /// Of `key=1`.
    private static let one = "a4b089606e6a6d1521a502924c50cbce8e584798"
    private static let updated = "6b3093988321555757cc9b88a5f2d59101a0261c"

    @Test func `a changed ConfigMap costs exactly one PATCH and one Event`() async throws {
        let stage = Stage()
        try stage.createConfigMap("app-config", "initial")
        try stage.createWorkload("web", configMaps: ["app-config"])
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "app-config", to: "updated")
            let patch = try await stage.patch(of: "web")
            let event = try await stage.event()
            #expect(patch.path == "/apis/apps/v1/namespaces/shop/deployments/web")
            #expect(patch[query: "fieldManager"] == "Reloader")
            #expect(patch[header: "Content-Type"] == "application/strategic-merge-patch+json")
            #expect(
                patch.bodyText == #"{"spec":{"template":{"spec":{"containers":[{"name":"app","env":"#
                    + #"[{"name":"STAKATER_APP_CONFIG_CONFIGMAP","value":"\#(Self.updated)"}]}]}}}}"#)
            let body = try JSONValue(parsing: event.body)
            #expect(body["reason"]?.string == "Reloaded")
            #expect(body["type"]?.string == "Normal")
            #expect(body["source"]?["component"]?.string == "reloader-configmaps")
            #expect(body["involvedObject"]?["kind"]?.string == "Deployment")
            #expect(
                body["message"]?.string == "Changes detected in 'app-config' of type 'CONFIGMAP' in namespace 'shop', "
                    + "Updated 'web' of type 'Deployment' in namespace 'shop'")
            #expect(stage.calls.map(\.attributes.verb).sorted() == ["create", "patch"])
        }
        #expect(
            stage.log.lines.contains {
                $0.hasPrefix(
                    "info Changes detected in 'app-config' of type 'CONFIGMAP' in namespace 'shop'; "
                        + "updated 'web' of type 'Deployment' in namespace 'shop'")
            })
    }

    @Test(
        "all three kinds of workloads are reloaded",
        arguments: [("Deployment", "deployments"), ("StatefulSet", "statefulsets"), ("DaemonSet", "daemonsets")])
    func kinds(kind: String, resource: String) async throws {
        let stage = Stage()
        try stage.createSecret("key", "initial")
        try stage.createWorkload("web", kind: kind, secrets: ["key"])
        try await stage.run(atOnce) { stage in
            try stage.change(secret: "key", to: "changed")
            let patch = try await stage.patch(of: "web")
            #expect(patch.attributes.resource == resource)
            #expect(patch.status == 200)
            #expect(patch.bodyText.contains("STAKATER_KEY_SECRET"))
            #expect(!patch.bodyText.contains("changed"))
            #expect(
                try JSONValue(parsing: try await stage.event().body)["source"]?["component"]?.string
                    == "reloader-secrets")
        }
    }

    @Test func `three configs changed within the quiet period are one PATCH`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createSecret("c", "1")
        try stage.createWorkload("web", configMaps: ["a", "b"], secrets: ["c"])
        try await stage.run(ReloaderOptions()) { stage in
            try stage.change(configMap: "a", to: "2")
            try stage.change(configMap: "b", to: "2")
            try stage.change(secret: "c", to: "2")
            await stage.untilReceived(3)
            try await stage.clock.waitForSleepers(1)
            #expect(stage.patches.isEmpty)
            stage.clock.advance(by: .milliseconds(300))
            let patch = try await stage.patch(of: "web")
            for marker in ["STAKATER_A_CONFIGMAP", "STAKATER_B_CONFIGMAP", "STAKATER_C_SECRET"] {
                #expect(patch.bodyText.contains(marker))
            }
            try await stage.event()
            #expect(stage.calls.map(\.attributes.verb).sorted() == ["create", "patch"])
        }
    }

    @Test func `a change that is taken back within the quiet period restarts nothing`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.createConfigMap("canary", "1")
        try stage.createWorkload("canary", configMaps: ["canary"])
        try await stage.run(ReloaderOptions()) { stage in
            try stage.change(configMap: "a", to: "2")
            try stage.change(configMap: "a", to: "1")
            try stage.change(configMap: "canary", to: "2")
            await stage.untilReceived(3)
            try await stage.clock.waitForSleepers(1)
            stage.clock.advance(by: .milliseconds(300))
            try await stage.patch(of: "canary")
            await stage.until { stage.log.lines.contains { $0.contains("reason=content_restored") } }
            #expect(stage.patches.map(\.attributes.name) == ["canary"])
        }
    }

    @Test func `labels and annotations of a config restart nothing, and neither does what nobody uses`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("unused", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(atOnce) { stage in
            try stage.server.patch(
                .configMaps, ObjectKey(namespace: "shop", name: "a"),
                merge: #"{"metadata":{"labels":{"x":"y"},"annotations":{"x":"y"}}}"#)
            try stage.change(configMap: "unused", to: "2")
            await stage.untilReceived(2)
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            #expect(stage.patches.count == 1)
        }
    }

    @Test func `a workload that cannot be written is retried, and delays no other`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("bad", configMaps: ["a"])
        try stage.createWorkload("good", configMaps: ["a"])
        let withdraw = stage.server.inject(
            Fault(.status(500, message: "the webhook is down"), times: nil, verb: "patch", name: "bad"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "good")
            #expect(try await stage.patch(of: "bad").status == 500)
            let failure = try await stage.server.waitForRequest { $0.bodyText.contains("ReloadFail") }
            #expect(
                failure.bodyText.contains("Update for 'bad' of type 'Deployment' in namespace 'shop' failed with error")
            )
            try await stage.clock.waitForSleepers(1)
            let line = "error Rolling upgrade for 'a' failed with error = "
            #expect(stage.log.lines.filter { $0.hasPrefix(line) && $0.contains("the webhook is down") }.count == 1)
            withdraw()
            stage.clock.advance(by: .seconds(1))
            try await stage.server.waitForObject(.deployments, ObjectKey(namespace: "shop", name: "bad")) {
                $0?["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"] != nil
            }
            #expect(stage.patches.filter { $0.attributes.name == "good" }.count == 1)
        }
    }

    @Test func `the metrics of v1.4.21 are there, under their names and labels`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.inject(Fault(.status(500), times: 1, verb: "patch"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.clock.waitForSleepers(1)
            stage.clock.advance(by: .seconds(1))
            try await stage.server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
            try await stage.server.waitForRequest { $0.bodyText.contains(#""reason":"Reloaded""#) }
            await stage.until {
                String(decoding: stage.metrics.exposition(), as: UTF8.self).contains(
                    #"reloader_reconcile_total{result="success"} 1"#)
            }
        }
        let page = String(decoding: stage.metrics.exposition(), as: UTF8.self).split(separator: "\n").map(String.init)
        for line in [
            #"reloader_reload_executed_total{success="false"} 1"#, #"reloader_reload_executed_total{success="true"} 1"#,
            #"reloader_action_total{result="error",workload_kind="Deployment"} 1"#,
            #"reloader_action_total{result="success",workload_kind="Deployment"} 1"#,
            #"reloader_reconcile_total{result="error"} 1"#, #"reloader_reconcile_total{result="success"} 1"#,
            #"reloader_reconcile_duration_seconds_count{result="success"} 1"#,
            #"reloader_errors_total{type="handler_error"} 1"#, "reloader_retries_total 1",
            "reloader_workqueue_adds_total 1", "reloader_workqueue_depth 0",
            "reloader_workqueue_latency_seconds_count 2",
            #"reloader_workloads_scanned_total{kind="Deployment"} 1"#,
            #"reloader_workloads_matched_total{kind="Deployment"} 1"#,
            #"reloader_events_received_total{event_type="update",resource_type="configmaps"} 1"#,
            #"reloader_events_processed_total{event_type="unknown",resource_type="configmaps",result="success"} 1"#,
            #"reloader_action_latency_seconds_bucket{workload_kind="Deployment",le="60"} 2"#,
        ] { #expect(page.contains(line), "\(line)") }
    }

    @Test func `the newest content wins over a retry of an older one`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.inject(Fault(.status(503), times: 1, verb: "patch"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try stage.change(configMap: "a", to: "updated-later")
            await stage.untilReceived(2)
            await stage.until { stage.patches.count >= 2 || stage.clock.sleeperCount > 0 }
            stage.clock.advance(by: .seconds(1))
            let marker = try await stage.server.waitForObject(.deployments, ObjectKey(namespace: "shop", name: "web")) {
                $0?["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"] != nil
            }
            let value = marker?["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"]?[0]?["value"]?.string
            #expect(value == "ccf84790b261bf7ae5249eca26d27a729cbb2b56")
            let last = try await stage.server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
            #expect(last.bodyText.contains(value ?? "-"))
        }
    }

    @Test func `a kind that may not be read is off, and the rest works`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.authorize { $0.resource == "daemonsets" ? .deny : .allow() }
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
        }
        #expect(stage.log.lines.filter { $0.hasPrefix("warning") && $0.contains("daemonsets") }.count == 1)
    }

    /// What installations of v1.4.21 grant: list, but not watch, on workloads.
    private func authorizeLikeTheOldChart(_ server: TestAPIServer) {
        server.authorize { request in
            request.verb == "watch" && request.group == "apps" ? .deny : .allow()
        }
    }

    @Test func `where workloads may only be listed, a change lists its namespace once for each kind`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createWorkload("web", configMaps: ["a", "b"])
        try stage.createWorkload("other")
        authorizeLikeTheOldChart(stage.server)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.event()
            let lists = stage.calls.filter { $0.attributes.verb == "list" }
            // What is listed in all namespaces is the search for paused Deployments, once at start.
            #expect(
                lists.filter { $0.attributes.namespace == "shop" }.map(\.attributes.resource).sorted()
                    == ["daemonsets", "deployments", "statefulsets"])
            #expect(
                lists.filter { $0.attributes.namespace.isEmpty }.allSatisfy { $0.attributes.resource == "deployments" })
            #expect(lists.count <= 4)
            // The next one starts from what the list shows then, not from what was known before.
            stage.server.clearRequests()
            try stage.change(configMap: "a", to: "1")
            try await stage.patch(of: "web")
            #expect(try stage.markers(of: "web")["STAKATER_A_CONFIGMAP"] == Self.one)
        }
        #expect(
            stage.log.lines.filter { $0.hasPrefix("info deployments.apps is listed whenever a config changes") }.count
                == 1)
    }

    @Test func `a list that fails is tried again, and no change is lost`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        authorizeLikeTheOldChart(stage.server)
        try await stage.run(atOnce) { stage in
            stage.server.inject(
                Fault(.status(500), times: 1) {
                    $0.verb == "list" && $0.resource == "deployments" && $0.namespace == "shop"
                })
            try stage.change(configMap: "a", to: "2")
            try await stage.server.waitForRequest { $0.attributes.resource == "deployments" && $0.status == 500 }
            try await stage.clock.waitForSleepers(1)
            stage.clock.advance(by: .seconds(1))
            try await stage.patch(of: "web")
        }
    }

    @Test func `a workload that is gone when it is written is forgotten`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.inject(Fault(.status(404, reason: "NotFound"), verb: "patch"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try stage.change(configMap: "a", to: "3")
            try await stage.server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
            #expect(stage.patches.map(\.status) == [404, 200])
        }
        #expect(!stage.log.lines.contains { $0.hasPrefix("error") })
    }

    @Test func `the annotations strategy writes the reference's JSON`() async throws {
        let stage = Stage()
        try stage.createConfigMap("app-config", "initial")
        try stage.createWorkload("web", configMaps: ["app-config"])
        var options = atOnce
        options.strategy = .annotations
        try await stage.run(options) { stage in
            try stage.change(configMap: "app-config", to: "updated")
            try await stage.patch(of: "web")
            let object = try stage.server.get(.deployments, ObjectKey(namespace: "shop", name: "web"))
            let annotations = object["spec"]?["template"]?["metadata"]?["annotations"]
            #expect(
                annotations?["reloader.stakater.com/last-reloaded-from"]?.string
                    == #"{"type":"CONFIGMAP","name":"app-config","namespace":"shop","hash":"\#(Self.updated)","#
                    + #""containerRefs":["app"],"observedAt":1786340000}"#)
        }
    }

    @Test func `creation and deletion count only when asked for`() async throws {
        let stage = Stage()
        try stage.createConfigMap("old", "initial")
        try stage.createWorkload(
            "web", annotations: #"{"configmap.reloader.stakater.com/reload":"old,new"}"#)
        var options = atOnce
        options.reloadOnCreate = true
        options.reloadOnDelete = true
        options.strategy = .annotations
        try await stage.run(options) { stage in
            #expect(stage.patches.isEmpty)
            try stage.createConfigMap("new", "initial")
            try await stage.patch(of: "web")
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "old"))
            let deleted = try await stage.patch(of: "web", containing: "aae45badef99284e4dae01d6046154ea9d99532f")
            #expect(deleted.status == 200)
        }
        let quiet = Stage()
        try quiet.createConfigMap("old", "initial")
        try quiet.createWorkload("web", annotations: #"{"configmap.reloader.stakater.com/reload":"old,new"}"#)
        try await quiet.run(atOnce) { stage in
            try stage.createConfigMap("new", "initial")
            await stage.untilReceived(2, "add")
            try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "new"))
            await stage.untilReceived(1, "delete")
            try stage.change(configMap: "old", to: "2")
            try await stage.patch(of: "web")
            #expect(stage.patches.count == 1)
        }
    }

    @Test func `only namespaces with the labels count, from the moment they have them`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        var options = atOnce
        options.namespaceSelector = "env=prod"
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.log.lines.contains { $0.contains("reason=ignored_or_not_selected") } }
            try stage.server.patch(
                .namespaces, ObjectKey(name: "shop"), merge: #"{"metadata":{"labels":{"env":"prod"}}}"#)
            // Watches are not ordered among each other: change the config until the namespace is known to be selected.
            var value = 3
            while stage.patches.isEmpty {
                try stage.change(configMap: "a", to: "\(value)")
                value += 1
                await stage.untilReceived(value - 2)
            }
            #expect(stage.patches.first?.attributes.name == "web")
        }
    }

    @Test func `only the listed namespaces are watched`() async throws {
        let stage = Stage()
        stage.server.createNamespaceIfAbsent("other")
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        var options = atOnce
        options.namespaces = .only(["other", "shop"])
        try await stage.run(options) { stage in
            #expect(Set(stage.server.watches.map(\.namespace)) == ["other", "shop"])
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
        }
    }

    @Test func `a relist after lost history misses nothing and repeats nothing`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.createWorkload("api", configMaps: ["b"])
        try await stage.run(atOnce) { stage in
            stage.server.dropNextEvent(of: .configMaps)
            try stage.change(configMap: "a", to: "2")
            stage.server.compact()
            stage.server.closeWatches { $0.resource == "configmaps" }
            try await stage.patch(of: "web")
            try stage.change(configMap: "b", to: "2")
            try await stage.patch(of: "api")
            #expect(stage.patches.count == 2)
        }
    }

    @Test func `secret values appear nowhere`() async throws {
        let stage = Stage()
        try stage.createSecret("key", "hunter2-initial")
        try stage.createWorkload("web", secrets: ["key"])
        stage.server.inject(Fault(.status(422, reason: "Invalid"), verb: "patch"))
        try await stage.run(atOnce) { stage in
            try stage.change(secret: "key", to: "hunter2-changed")
            try await stage.patch(of: "web")
            let event = try await stage.event()
            let page = String(decoding: stage.metrics.exposition(), as: UTF8.self)
            for text in stage.log.lines + [event.bodyText, page] { #expect(!text.contains("hunter2")) }
        }
    }
}
