import ControllerTestKit
import KubeClient
import Testing

/// What the recordings do not show; those are in RecordedExchangesTests.
@Suite("Server-side apply")
struct ApplyTests {
    let server = TestAPIServer(
        clock: ManualClock(),
        resources: [APIResource(group: "example.com", version: "v1", plural: "widgets", kind: "Widget")])
    private let key = ObjectKey(namespace: "team", name: "a")

    private func apply(
        _ body: String, as manager: String, force: Bool = false, to resource: APIResource = .configMaps
    ) throws(KubeError) -> JSONValue {
        server.createNamespaceIfAbsent("team")
        return try server.patch(resource, key, .apply(Array(body.utf8), force: force), fieldManager: manager)
    }

    private func configMap(_ data: String) -> String {
        #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":\#(data)}"#
    }

    private func deployment(_ containers: String) -> String {
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{"selector":{"matchLabels":\
        {"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":\(containers)}}}}
        """
    }

    @Test("an apply conflicts with a client that wrote the field before, and says so by name and version")
    func conflictWithUpdate() throws {
        try server.create(try .parsed(configMap(#"{"x":"1"}"#)).inTeam, fieldManager: "kubectl-create")
        let error = #expect(throws: KubeError.self) { try apply(configMap(#"{"x":"2"}"#), as: "gitops") }
        #expect(error?.isConflict == true)
        #expect(
            error?.status?.message == #"Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.x"#
        )
        #expect(error?.status?.causes.map(\.reason) == ["FieldManagerConflict"])
        #expect(try server.get(.configMaps, key)["data"] == ["x": "1"])
    }

    @Test("force takes the field, and the former owner does not conflict until it applies")
    func force() throws {
        _ = try apply(configMap(#"{"x":"1","y":"1"}"#), as: "one")
        #expect(try apply(configMap(#"{"x":"2"}"#), as: "two", force: true)["data"] == ["x": "2", "y": "1"])
        #expect(throws: KubeError.self) { try apply(configMap(#"{"x":"1","y":"1"}"#), as: "one") }
        #expect(try apply(configMap(#"{"y":"1"}"#), as: "one")["data"] == ["x": "2", "y": "1"])
    }

    @Test("a field that two managers share goes when the last of them lets go")
    func shared() throws {
        _ = try apply(configMap(#"{"x":"1","y":"1"}"#), as: "one")
        _ = try apply(configMap(#"{"x":"1"}"#), as: "two")
        #expect(try apply(configMap(#"{"y":"1"}"#), as: "one")["data"] == ["x": "1", "y": "1"])
        #expect(try apply(configMap("{}"), as: "two")["data"] == ["y": "1"])
    }

    @Test("a list element that only its manager knew goes whole, with the defaults in it; another's stays")
    func elements() throws {
        let app = #"{"name":"app","image":"i"}"#
        let side = #"{"name":"side","image":"j","ports":[{"containerPort":80}]}"#
        _ = try apply(deployment("[\(app),\(side)]"), as: "one", to: .deployments)
        let marker = #"[{"name":"app","env":[{"name":"MARK","value":"1"}]}]"#
        _ = try apply(
            #"{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":\#(marker)}}}}"#,
            as: "reloader", to: .deployments)
        let applied = try apply(deployment("[\(app)]"), as: "one", to: .deployments)
        let containers = applied["spec"]?["template"]?["spec"]?["containers"]?.array ?? []
        #expect(containers.map { $0["name"]?.string } == ["app"])
        #expect(containers.first?["env"] == [["name": "MARK", "value": "1"]])
    }

    @Test("new elements go behind those that others own")
    func order() throws {
        func env(_ names: [String]) -> String {
            let list = names.map { #"{"name":"\#($0)","value":"1"}"# }.joined(separator: ",")
            return deployment(#"[{"name":"app","image":"i","env":[\#(list)]}]"#)
        }
        _ = try apply(env(["A", "B"]), as: "one", to: .deployments)
        let applied = try apply(env(["B", "C"]), as: "two", to: .deployments)
        let names = applied["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"]?.array?.map { $0["name"]?.string }
        #expect(names == ["A", "B", "C"])
    }

    @Test("YAML is understood")
    func yaml() throws {
        let body = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: \"1\" # a remark\n"
        #expect(try apply(body, as: "one")["data"] == ["x": "1"])
    }

    @Test("custom resources merge their objects and replace their lists")
    func custom() throws {
        let widgets = APIResource(group: "example.com", version: "v1", plural: "widgets", kind: "Widget")
        func widget(_ spec: String) -> String {
            #"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":\#(spec)}"#
        }
        _ = try apply(widget(#"{"a":{"x":1},"list":[1,2]}"#), as: "one", to: widgets)
        let error = #expect(throws: KubeError.self) {
            try apply(widget(#"{"list":[3]}"#), as: "two", to: widgets)
        }
        #expect(error?.isConflict == true)
        let applied = try apply(widget(#"{"a":{"y":2}}"#), as: "two", to: widgets)
        #expect(applied["spec"] == ["a": ["x": 1, "y": 2], "list": [1, 2]])
    }

    @Test(
        "who cleared the managers of an object is as if nobody had managed it: the first apply conflicts with what was there"
    )
    func cleared() throws {
        try server.create(try .parsed(configMap(#"{"x":"1"}"#)).inTeam)
        let cleared = try server.patch(.configMaps, key, merge: #"{"metadata":{"managedFields":[{}]}}"#)
        #expect(cleared["metadata"]?["managedFields"] == nil)
        let error = #expect(throws: KubeError.self) { try apply(configMap(#"{"x":"2"}"#), as: "one") }
        #expect(error?.status?.message.contains("before-first-apply") == true)
    }
}

extension JSONValue {
    /// The object in the namespace of the suite.
    fileprivate var inTeam: JSONValue {
        guard case .object(var object) = self, case .object(var metadata)? = object["metadata"] else { return self }
        metadata["namespace"] = "team"
        object["metadata"] = .object(metadata)
        return .object(object)
    }
}
