import KubeClient
import Testing

@testable import ControllerTestKit

@Suite struct GarbageCollectionTests {
    private let server = TestAPIServer(clock: ManualClock())

    /// Creates a ConfigMap that names another as its owner.
    @discardableResult
    private func child(_ name: String, of owner: JSONValue, in server: TestAPIServer) throws -> JSONValue {
        let meta = ObjectMeta(owner)
        return try server.create(
            json: """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\(name)","namespace":"default","ownerReferences":
                [{"apiVersion":"v1","kind":"ConfigMap","name":"\(meta.name)","uid":"\(meta.uid)"}]}}
                """)
    }

    private var names: [String] { get throws { try server.list(.configMaps).map { ObjectMeta($0).name } } }

    @Test func `dependents of dependents go with a deleted owner`() throws {
        let owner = try server.configMap("owner")
        try child("grandchild", of: try child("child", of: owner, in: server), in: server)
        try server.configMap("other")
        try server.delete(.configMaps, .inDefault("owner"))
        #expect(try names == ["other"])
    }

    @Test func `an owner deleted in the foreground goes last`() async throws {
        let owner = try server.configMap("owner")
        try child("grandchild", of: try child("child", of: owner, in: server), in: server)
        let frames = try await server.frames("\(configMapsPath)?watch=true&resourceVersion=\(server.newestVersion)") {
            _ in try server.delete(.configMaps, .inDefault("owner"), propagation: .foreground)
        }
        let deleted = frames.filter { $0["type"]?.string == "DELETED" }
        #expect(deleted.map { $0["object", "metadata", "name"]?.string } == ["grandchild", "child", "owner"])
    }

    @Test func `orphans stay and forget their owner`() throws {
        try child("child", of: try server.configMap("owner"), in: server)
        try server.delete(.configMaps, .inDefault("owner"), propagation: .orphan)
        #expect(try names == ["child"])
        #expect(ObjectMeta(try server.get(.configMaps, .inDefault("child"))).ownerReferences.isEmpty)
    }

    @Test func `an object whose owner never was is collected, one with an owner of an unknown kind is not`() throws {
        try child("lost", of: JSONValue.dict(("metadata", .dict(("name", "x"), ("uid", "no-such-uid")))), in: server)
        try server.create(
            json: """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kept","namespace":"default","ownerReferences":
                [{"apiVersion":"example.com/v1","kind":"Thing","name":"x","uid":"no-such-uid"}]}}
                """)
        #expect(try names == ["kept"])
    }

    @Test func `without garbage collection nothing but the object goes`() throws {
        let server = TestAPIServer(clock: ManualClock(), collectsGarbage: false)
        try child("child", of: try server.configMap("owner"), in: server)
        try server.delete(.configMaps, .inDefault("owner"))
        #expect(try server.list(.configMaps).map { ObjectMeta($0).name } == ["child"])
    }

    @Test func `a namespace goes when its content has`() throws {
        try server.create(
            json: """
                {"apiVersion":"v1","kind":"ConfigMap",
                "metadata":{"name":"held","namespace":"away","finalizers":["example.com/hold"]}}
                """)
        try server.delete(.namespaces, ObjectKey(name: "away"))
        let status = try server.get(.namespaces, ObjectKey(name: "away"))["status"]
        #expect(status?["phase"]?.string == "Terminating")
        #expect(
            status?["conditions"]?.array?.compactMap { $0["message"]?.string }.suffix(2) == [
                "Some resources are remaining: configmaps. has 1 resource instances",
                "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
            ])
        let late = #"{"metadata":{"name":"late"}}"#
        #expect(server.answer("POST", "/api/v1/namespaces/away/configmaps", late).status == 403)
        try server.patch(
            .configMaps, ObjectKey(namespace: "away", name: "held"), merge: #"{"metadata":{"finalizers":null}}"#)
        #expect(server.find(.namespaces, ObjectKey(name: "away")) == nil)
        #expect(server.answer("POST", "/api/v1/namespaces/away/configmaps", late).status == 404)
    }

    @Test func `a pod on a node waits for its kubelet`() throws {
        try server.create(
            json: """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},
                "spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]}}
                """)
        try server.delete(.pods, .inDefault("p"))
        let pod = try server.get(.pods, .inDefault("p"))
        #expect(ObjectMeta(pod).deletionTimestamp != nil)
        #expect(pod["metadata", "deletionGracePeriodSeconds"] == 30)
        try server.delete(.pods, .inDefault("p"), gracePeriodSeconds: 0)
        #expect(server.find(.pods, .inDefault("p")) == nil)
    }
}

extension TestAPIServer {
    var newestVersion: UInt64 { transaction { $0.version } }
}
