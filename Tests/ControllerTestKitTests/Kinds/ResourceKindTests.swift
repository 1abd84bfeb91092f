import ControllerTestKit
import KubeClient
import Testing

@Suite("Resource kind")
struct ResourceKindTests {
    private func kind(_ resource: APIResource) throws -> ResourceKind {
        try #require(KindRegistry.builtIn.kind(of: resource))
    }

    @Test("every type that the tables name is in the tables")
    func schemaIsClosed() { #expect(TypeSchema.builtIn.danglingNames == []) }

    @Test("every built-in kind has its type, and an empty object of it prints and is refused for its name")
    func kindsAreComplete() throws {
        for kind in KindRegistry.builtIn.kinds {
            let type = try #require(kind.type)
            #expect(TypeSchema.builtIn.fields(of: type) != nil, "\(type)")
            let decoded = try kind.decode(Array("{}".utf8))
            let failure = #expect(throws: APIFailure.self, "\(type)") { try kind.admit(creating: decoded.object) }
            #expect(failure?.message.contains("name or generateName is required") == true, "\(type)")
        }
    }

    @Test("metadata is set at its place")
    func settingMetadata() throws {
        let configMaps = try kind(.configMaps)
        var object = try configMaps.decode(Array(#"{"metadata":{"labels":{"a":"b"},"name":"n"}}"#.utf8)).object
        object = configMaps.settingMetadata("resourceVersion", .string("5"), in: object)
        object = configMaps.settingMetadata("uid", .string("u"), in: object)
        #expect(
            goJSON(object["metadata"] ?? .null)
                == #"{"name":"n","uid":"u","resourceVersion":"5","labels":{"a":"b"}}"#)
    }

    @Test("a custom resource keeps what it says, sorted, and has a generation")
    func custom() throws {
        let widgets = ResourceKind.custom(
            APIResource(group: "golden.example.com", version: "v1", plural: "widgets", kind: "Widget"), hasStatus: true)
        let body = #"{"metadata":{"name":"a","odd":1},"status":{"x":1},"spec":{"z":null,"a":{"d":1,"c":2}}}"#
        let decoded = try widgets.decode(Array(body.utf8))
        #expect(decoded.warnings == [#"unknown field "metadata.odd""#])
        let created = try widgets.admit(creating: decoded.object).object
        #expect(
            goJSON(created)
                == #"{"apiVersion":"golden.example.com/v1","kind":"Widget","metadata":{"generation":1,"name":"a"},"spec":{"a":{"c":2,"d":1},"z":null}}"#
        )
        let patched = try widgets.patched(created, by: .merge, body: Array(#"{"spec":{"a":5},"status":{"s":1}}"#.utf8))
        let updated = try widgets.admit(updating: patched.object, from: created).object
        #expect(updated["metadata", "generation"] == .number("2"))
        #expect(updated["status"] == nil)
        let status = try widgets.admit(updating: patched.object, from: created, subresource: "status").object
        #expect(status["metadata", "generation"] == .number("1"))
        #expect(status["spec"] == created["spec"])
        #expect(status["status", "s"] == .number("1"))
        let failure = #expect(throws: APIFailure.self) {
            try widgets.patched(created, by: .strategicMerge, body: Array("{}".utf8))
        }
        #expect(failure?.code == 415)
    }

    @Test("the status path leaves spec and generation alone, the main path leaves status alone")
    func statusAndSpec() throws {
        let deployments = try kind(.deployments)
        let created = try deployments.admit(
            creating: deployments.decode(
                Array(
                    #"{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i:1"}]}}}}"#
                        .utf8)
            ).object
        ).object
        let patch = Array(#"{"spec":{"replicas":4},"status":{"replicas":2}}"#.utf8)
        let patched = try deployments.patched(created, by: .merge, body: patch).object
        let main = try deployments.admit(updating: patched, from: created).object
        #expect(main["spec", "replicas"] == .number("4"))
        #expect(main["metadata", "generation"] == .number("2"))
        #expect(main["status", "replicas"] == nil)
        let status = try deployments.admit(updating: patched, from: created, subresource: "status").object
        #expect(status["spec", "replicas"] == .number("1"))
        #expect(status["metadata", "generation"] == .number("1"))
        #expect(status["status", "replicas"] == .number("2"))
    }

    @Test(
        "an image without a fixed tag is pulled always",
        arguments: [
            ("app", "Always"), ("app:latest", "Always"), ("host:5000/app", "Always"),
            ("host:5000/app:1", "IfNotPresent"),
            ("app:1", "IfNotPresent"), ("app@sha256:0", "IfNotPresent"),
        ])
    func pullPolicy(image: String, policy: String) throws {
        let pods = try kind(.pods)
        let body = #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"\#(image)"}]}}"#
        let pod = try pods.admit(creating: pods.decode(Array(body.utf8)).object).object
        #expect(pod["spec", "containers"]?.elements.first?["imagePullPolicy"] == .string(policy))
    }

    @Test("a Service gets an address, ports their targets")
    func service() throws {
        let services = try kind(.services)
        let body = #"{"metadata":{"name":"web","uid":"u"},"spec":{"selector":{"a":"b"},"ports":[{"port":80}]}}"#
        let service = try services.admit(creating: services.decode(Array(body.utf8)).object).object
        #expect(
            try service["spec", "ports"] == .parsed(#"[{"protocol":"TCP","port":80,"targetPort":80}]"#))
        #expect(service["spec", "type"] == .string("ClusterIP"))
        #expect(service["spec", "clusterIP"]?.text?.hasPrefix("10.96.") == true)
    }

    @Test(
        "a patch's content type may have parameters",
        arguments: [
            ("application/merge-patch+json; charset=utf-8", PatchType.merge), ("application/json-patch+json", .json),
            ("application/json", nil), (nil, nil), ("", nil),
        ])
    func contentTypes(header: String?, type: PatchType?) { #expect(PatchType(contentType: header) == type) }
}
