import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// The Kubernetes Events about reloads: exactly v1.4.21's, and never in the way of a reload.
@Suite(.timeLimit(.minutes(1))) struct EventScenarios {
    private let stage = Stage()
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)

    /// What a client reads of an Event, without the changing end of its name.
    private func shape(_ request: RecordedRequest) throws -> JSONValue {
        var event = try JSONValue(parsing: request.body)
        var metadata = try #require(event["metadata"])
        #expect(metadata["name"]?.string?.hasPrefix("web.") == true)
        metadata["name"] = "web."
        event["metadata"] = metadata
        return event
    }

    private func expected(_ type: String, _ reason: String, _ message: String, uid: String) throws -> JSONValue {
        try JSONValue(
            parsing: Array(
                """
                {"apiVersion":"v1","kind":"Event","metadata":{"name":"web.","namespace":"shop"},\
                "involvedObject":{"kind":"Deployment","namespace":"shop","name":"web","uid":"\(uid)","apiVersion":"apps/v1"},\
                "reason":"\(reason)","message":"\(message)","source":{"component":"reloader-configmaps"},\
                "firstTimestamp":"2026-08-10T05:33:20Z","lastTimestamp":"2026-08-10T05:33:20Z","count":1,"type":"\(type)",\
                "reportingComponent":"reloader-configmaps","reportingInstance":""}
                """.utf8))
    }

    private func uid() throws -> String {
        try #require(
            try stage.server.get(.deployments, ObjectKey(namespace: "shop", name: "web"))["metadata"]?["uid"]?.string)
    }

    @Test func `a reload is a Normal Event, with every field of v1.4.21`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            let event = try await stage.event()
            #expect(event.path == "/api/v1/namespaces/shop/events")
            let expected = try expected(
                "Normal", "Reloaded",
                "Changes detected in 'a' of type 'CONFIGMAP' in namespace 'shop', Updated 'web' of type 'Deployment' in "
                    + "namespace 'shop'", uid: try uid())
            let shape = try shape(event)
            #expect(shape == expected)
        }
    }

    @Test func `a failed write is a Warning Event with the line of the log`() async throws {
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.inject(Fault(.status(403, reason: "Forbidden", message: "no"), verb: "patch"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            let event = try JSONValue(parsing: try await stage.event().body)
            #expect(event["type"]?.string == "Warning")
            #expect(event["reason"]?.string == "ReloadFail")
            #expect(event["source"]?["component"]?.string == "reloader-configmaps")
            let message = try #require(event["message"]?.string)
            #expect(message.hasPrefix("Update for 'web' of type 'Deployment' in namespace 'shop' failed with error "))
            #expect(stage.log.lines.contains { $0.hasPrefix("error \(message)") })
        }
    }

    @Test func `Events that are never answered, or refused, hold up no reload`() async throws {
        for name in ["a", "b", "c"] {
            try stage.createConfigMap(name, "1")
            try stage.createWorkload(name, configMaps: [name])
        }
        stage.server.inject(Fault(.status(403), verb: "create", resource: "events"))
        stage.server.inject(Fault(.hang, times: nil, verb: "create", resource: "events"))
        try await stage.run(atOnce) { stage in
            for name in ["a", "b", "c"] {
                try stage.change(configMap: name, to: "2")
                #expect(try await stage.patch(of: name).status == 200)
            }
        }
        #expect(stage.log.lines.filter { $0.hasPrefix("warning Events cannot be written") }.count == 1)
    }
}
