import ControllerTestKit
import KubeClient
import Testing

@Suite("Admission stubs")
struct AdmissionTests {
    let server = TestAPIServer(clock: ManualClock())
    private let key = ObjectKey(namespace: "team", name: "a")

    private func create(_ data: String = "{}") throws(KubeError) -> JSONValue {
        try server.create(
            json: """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"team"},"data":\(data)}
                """)
    }

    @Test("a denial reaches the client in the API server's words, and nothing is stored")
    func denial() throws {
        server.admit("policy.example.com") { request in
            request.object?["data"]?["bad"] == nil ? .allow : .deny("no bad data")
        }
        let error = #expect(throws: KubeError.self) { try create(#"{"bad":"1"}"#) }
        #expect(error?.isForbidden == true)
        #expect(
            error?.status?.message == #"admission webhook "policy.example.com" denied the request: no bad data"#)
        #expect(server.find(.configMaps, key) == nil)
        _ = try create(#"{"good":"1"}"#)
        #expect(throws: KubeError.self) { try server.patch(.configMaps, key, merge: #"{"data":{"bad":"1"}}"#) }
        #expect(try server.get(.configMaps, key)["data"] == ["good": "1"])
    }

    @Test("stubs change what is stored, each seeing what the one before it made of it; identity stays")
    func change() throws {
        server.admit("first.example.com") { request in
            guard var object = request.object?.object else { return .allow }
            object["data"] = ["injected": "yes"]
            return .change(.object(object))
        }
        server.admit("second.example.com") { request in
            request.object?["data"]?["injected"] == nil ? .deny("not injected") : .allow
        }
        let created = try create()
        #expect(created["data"] == ["injected": "yes"])
        #expect(created["metadata"]?["uid"]?.string?.isEmpty == false)
    }

    @Test("deletions are asked about with the object that would go")
    func deletion() throws {
        _ = try create()
        let withdraw = server.admit { request in
            request.attributes.verb == "delete" && request.oldObject?["metadata"]?["name"] == "a"
                ? .deny("it stays", code: 409) : .allow
        }
        let error = #expect(throws: KubeError.self) { try server.delete(.configMaps, key) }
        #expect(error?.status?.code == 409)
        withdraw()
        try server.delete(.configMaps, key)
        #expect(server.find(.configMaps, key) == nil)
    }

    @Test("a webhook that does not answer fails the write with 500")
    func unreachable() throws {
        server.createNamespaceIfAbsent("team")
        server.admit("down.example.com") { _ in .unreachable }
        let error = #expect(throws: KubeError.self) { try create() }
        #expect(error?.status?.code == 500)
        #expect(error?.status?.message.contains(#"failed calling webhook "down.example.com""#) == true)
    }
}
