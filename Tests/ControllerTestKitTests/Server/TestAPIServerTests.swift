import KubeClient
import Testing

@testable import ControllerTestKit

@Suite struct TestAPIServerTests {
    private let server = TestAPIServer(clock: ManualClock(), seed: 7)

    @Test func `a new server has the namespaces of a new cluster`() throws {
        let names = try server.list(.namespaces).map { ObjectMeta($0).name }
        #expect(names == ["default", "kube-node-lease", "kube-public", "kube-system"])
    }

    @Test func `equal seeds give equal uids`() throws {
        let other = TestAPIServer(clock: ManualClock(), seed: 7)
        #expect(ObjectMeta(try server.configMap("a")).uid == ObjectMeta(try other.configMap("a")).uid)
    }

    @Test func `helpers throw what a client would get`() throws {
        try server.configMap("a")
        #expect(throws: KubeError.self) { try server.configMap("a") }
        do {
            try server.configMap("a")
        } catch let error as KubeError {
            #expect(error.isAlreadyExists)
            #expect(error.status?.code == 409)
        }
        #expect(server.find(.configMaps, .inDefault("b")) == nil)
    }

    @Test func `apply creates, then removes what it leaves out`() throws {
        let name = #""apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"team"}"#
        try server.apply(json: "{\(name),\"data\":{\"a\":\"1\"}}")
        let applied = try server.apply(json: "{\(name),\"data\":{\"b\":\"2\"}}")
        #expect(applied["data"] == ["b": "2"])
    }

    @Test func `custom resources are served when they are named`() throws {
        let rollouts = APIResource(group: "argoproj.io", version: "v1alpha1", plural: "rollouts", kind: "Rollout")
        let server = TestAPIServer(clock: ManualClock(), resources: [rollouts])
        let created = try server.create(
            json: """
                {"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"r","namespace":"default"},
                "spec":{"replicas":1},"status":{"phase":"x"}}
                """)
        #expect(created["metadata", "generation"] == 1)
        #expect(created["status"] == nil)
        let patched = try server.patch(rollouts, .inDefault("r"), merge: #"{"spec":{"replicas":2}}"#)
        #expect(patched["metadata", "generation"] == 2)
        #expect(server.answer("GET", "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts").json.names == ["r"])
        #expect(self.server.answer("GET", "/apis/argoproj.io/v1alpha1/rollouts").status == 404)
    }

    @Test func `the log of a pod is text, from whoever has it`() throws {
        let pod = #"{"metadata":{"name":"p"},"spec":{"containers":[{"name":"app","image":"busybox"}]}}"#
        let path = "/api/v1/namespaces/default/pods"
        #expect(server.answer("POST", path, pod).status == 201)
        func log(_ name: String, _ query: String = "") -> String {
            let request = ServerRequest(method: "GET", target: "\(path)/\(name)/log\(query)")
            return String(decoding: server.begin(request).immediate?.body ?? [], as: UTF8.self)
        }
        #expect(log("p") == "")
        server.serveLogs { $0.name == "p" ? ["one", "two", "three"] : ["nobody's"] }
        #expect(log("p") == "one\ntwo\nthree\n")
        #expect(log("p", "?tailLines=2&container=app") == "two\nthree\n")
        #expect(server.answer("GET", "\(path)/q/log").status == 404)
    }

    @Test func `requests are logged with what was asked and answered`() throws {
        _ = server.answer("GET", "\(configMapsPath)/none?pretty=false", headers: [("User-Agent", "me/1")])
        let request = try #require(server.requests.last)
        #expect(request.attributes.verb == "get")
        #expect(request.attributes.name == "none")
        #expect(request[query: "pretty"] == "false")
        #expect(request.userAgent == "me/1")
        #expect(request.status == 404)
        server.clearRequests()
        #expect(server.requests.isEmpty)
    }

    @Test func `a wait for a request ends with its answer`() async throws {
        async let posted = server.waitForRequest { $0.method == "POST" }
        _ = server.answer("POST", configMapsPath, #"{"metadata":{"name":"a"}}"#)
        #expect(try await posted.status == 201)
    }

    @Test func `a wait for an object ends with the state that it is for`() async throws {
        async let changed = server.waitForObject(.configMaps, .inDefault("a")) { $0?["data", "k"] == "2" }
        try server.configMap("a", ["k": "1"])
        try server.patch(.configMaps, .inDefault("a"), merge: #"{"data":{"k":"2"}}"#)
        #expect(try await changed?["data", "k"] == "2")
        async let gone = server.waitForObject(.configMaps, .inDefault("a")) { $0 == nil }
        try server.delete(.configMaps, .inDefault("a"))
        #expect(try await gone == nil)
    }

    @Test func `an event that is dropped is missing from watches and nowhere else`() async throws {
        let version = server.newestVersion
        let frames = try await server.frames("\(configMapsPath)?watch=true&resourceVersion=\(version)") { _ in
            server.dropNextEvent(of: .configMaps)
            try server.configMap("a")
            try server.configMap("b")
        }
        #expect(frames.map { $0["object", "metadata", "name"]?.string } == ["b"])
        #expect(try server.list(.configMaps).count == 2)
    }

    @Test func `without an authenticator everybody is the administrator`() {
        #expect(server.answer("GET", "/api/v1/secrets").status == 200)
        #expect(server.requests.last?.attributes.user == .admin)
    }

    @Test(.enabled(if: Fixtures.areAvailable, Fixtures.reason))
    func `protobuf bodies are read as the JSON that they stand for`() throws {
        let document = try GoJSONParser.parse(
            try Fixtures.read("\(Fixtures.root ?? "")/content/protobuf-write.json")
        ).value
        let body = try #require(document["steps"]?.array?.first?["request", "bodyBase64"]?.string)
        let bytes = try #require(Base64.decode(body))
        let object = try #require(TypeSchema.builtIn.object(fromProtobuf: bytes))
        #expect(object["kind"] == "ConfigMap")
        #expect(object["apiVersion"] == "v1")
        #expect(object["metadata", "name"] != nil)
        #expect(object["data"] != nil)
    }

    @Test func `a deletion takes its options as protobuf, which is how Helm sends them`() throws {
        // DeleteOptions{propagationPolicy: Foreground, preconditions: {uid: …}} as runtime.Unknown.
        func message(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2, UInt8(bytes.count)] + bytes }
        func body(uid: String) -> [UInt8] {
            let identity = message(1, Array("v1".utf8)) + message(2, Array("DeleteOptions".utf8))
            let options = message(2, message(1, Array(uid.utf8))) + message(4, Array("Foreground".utf8))
            return Array("k8s\0".utf8) + message(1, identity) + message(2, options)
        }
        let parameters = try DeleteParameters(
            ServerRequest(
                method: "DELETE", target: "/api/v1/namespaces/a/secrets/s",
                headers: [("Content-Type", protobufMediaType)], body: body(uid: "u")))
        #expect(parameters.propagation == .foreground)
        #expect(parameters.uid == "u")
    }
}
