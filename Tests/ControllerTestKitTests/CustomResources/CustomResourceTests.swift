import ControllerTestKit
import KubeClient
import Testing

/// Custom resources that are defined while the server runs; that they live as recorded is `RecordedExchangesTests`'.
@Suite("Custom resources")
struct CustomResourceTests {
    let server = TestAPIServer()
    let gadgets = APIResource(group: "example.com", version: "v1", plural: "gadgets", kind: "Gadget")

    private func define(_ schema: String, subresources: String = "{}", kind: String = "Gadget") throws {
        let plural = "\(kind.lowercased())s"
        try server.create(
            json: """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                "metadata":{"name":"\(plural).example.com"},
                "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"\(plural)","kind":"\(kind)"},
                "versions":[{"name":"v1","served":true,"storage":true,"subresources":\(subresources),
                "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":\(schema),
                "status":{"type":"object","properties":{"phase":{"type":"string"}}}}}}}]}}
                """)
    }

    @discardableResult
    private func gadget(_ spec: String, name: String = "g") throws -> JSONValue {
        try server.create(
            json: #"{"apiVersion":"example.com/v1","kind":"Gadget","metadata":{"name":"\#(name)"},"spec":\#(spec)}"#)
    }

    private func condition(_ type: String, of name: String) throws -> (status: String?, reason: String?) {
        let resource = APIResource(
            group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
            kind: "CustomResourceDefinition", isNamespaced: false)
        let conditions = try server.get(resource, ObjectKey(name: name))["status"]?["conditions"]?.elements ?? []
        let found = conditions.first { $0["type"]?.string == type }
        return (found?["status"]?.string, found?["reason"]?.string)
    }

    @Test(
        "what does not fit the schema is refused in the server's words",
        arguments: [
            (
                #"{"type":"object","properties":{"n":{"type":"integer","minimum":1,"exclusiveMinimum":true}}}"#,
                #"{"n":1}"#, "spec.n: Invalid value: 1: spec.n in body should be greater than 1"
            ),
            (
                #"{"type":"object","properties":{"n":{"type":"number","multipleOf":5}}}"#, #"{"n":7}"#,
                "spec.n: Invalid value: 7: spec.n in body should be a multiple of 5"
            ),
            (
                #"{"type":"object","properties":{"n":{"type":"integer"}}}"#, #"{"n":1.5}"#,
                #"spec.n: Invalid value: "number": spec.n in body must be of type integer: "number""#
            ),
            (
                #"{"type":"object","properties":{"s":{"type":"string","minLength":2}}}"#, #"{"s":"a"}"#,
                #"spec.s: Invalid value: "a": spec.s in body should be at least 2 chars long"#
            ),
            (
                #"{"type":"object","properties":{"s":{"type":"string","maxLength":2}}}"#, #"{"s":"abc"}"#,
                "spec.s: Too long: may not be more than 2 bytes"
            ),
            (
                #"{"type":"object","properties":{"s":{"type":"string","pattern":"^a+$"}}}"#, #"{"s":"b"}"#,
                #"spec.s: Invalid value: "b": spec.s in body should match '^a+$'"#
            ),
            (
                #"{"type":"object","properties":{"l":{"type":"array","maxItems":1,"items":{"type":"string"}}}}"#,
                #"{"l":["a","b"]}"#, "spec.l: Too many: 2: must have at most 1 items"
            ),
            (
                #"{"type":"object","properties":{"l":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}}}}"#,
                #"{"l":["a","a"]}"#, #"spec.l[1]: Duplicate value: "a""#
            ),
            (
                #"{"type":"object","properties":{"l":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],"properties":{"k":{"type":"string"}}}}}}"#,
                #"{"l":[{"k":"a"},{"k":"a"}]}"#, #"spec.l[1]: Duplicate value: {"k":"a"}"#
            ),
            (
                #"{"type":"object","additionalProperties":{"type":"integer"}}"#, #"{"x":"y"}"#,
                #"spec.x: Invalid value: "string": spec.x in body must be of type integer: "string""#
            ),
            (
                #"{"type":"object","minProperties":2,"x-kubernetes-preserve-unknown-fields":true}"#, #"{"x":"y"}"#,
                #"spec: Invalid value: {"x":"y"}: spec in body should have at least 2 properties"#
            ),
            (
                #"{"type":"object","properties":{"p":{"x-kubernetes-int-or-string":true}}}"#, #"{"p":true}"#,
                #"spec.p: Invalid value: "boolean": spec.p in body must be of type integer,string: "boolean""#
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"oneOf":[{"required":["a"]},{"required":["b"]}]}"#,
                #"{"a":"","b":""}"#,
                #"spec: Invalid value: {"a":"","b":""}: "spec" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
            ),
            (
                #"{"type":"object","properties":{"t":{"type":"string","format":"date-time"}}}"#, #"{"t":"soon"}"#,
                #"spec.t: Invalid value: "soon": spec.t in body must be of type date-time: "soon""#
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string"}}}"#, #"{"a":null}"#,
                #"spec.a: Invalid value: "null": spec.a in body must be of type string: "null""#
            ),
        ])
    func refusals(schema: String, spec: String, message: String) throws {
        try define(schema)
        let error = #expect(throws: KubeError.self) { try gadget(spec) }
        #expect(error?.status?.code == 422)
        #expect(error?.status?.message == "Gadget.example.com \"g\" is invalid: \(message)")
    }

    @Test(
        "what fits is stored with defaults and without what the schema does not know",
        arguments: [
            (
                #"{"type":"object","properties":{"p":{"x-kubernetes-int-or-string":true}}}"#, #"{"p":"80","q":1}"#,
                #"{"p":"80"}"#
            ),
            (
                #"{"type":"object","properties":{"a":{"type":"string","nullable":true,"default":"x"}}}"#,
                #"{"a":null}"#,
                #"{"a":null}"#
            ),
            (#"{"type":"object","properties":{"a":{"type":"string","default":"x"}}}"#, #"{"a":null}"#, #"{"a":"x"}"#),
            (
                #"{"type":"object","properties":{"o":{"type":"object","default":{},"properties":{"n":{"type":"integer","default":3}}}}}"#,
                "{}", #"{"o":{"n":3}}"#
            ),
            (
                #"{"type":"object","properties":{"l":{"type":"array","items":{"type":"object","properties":{"n":{"type":"integer","default":3}}}}}}"#,
                #"{"l":[{},{"n":1,"x":1}]}"#, #"{"l":[{"n":3},{"n":1}]}"#
            ),
            (
                #"{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"o":{"type":"object"}}}"#,
                #"{"free":{"a":[1]},"o":{"gone":1}}"#, #"{"free":{"a":[1]},"o":{}}"#
            ),
            (
                #"{"type":"object","properties":{"t":{"type":"object","x-kubernetes-embedded-resource":true}}}"#,
                #"{"t":{"apiVersion":"v1","kind":"Pod","spec":{}}}"#, #"{"t":{"apiVersion":"v1","kind":"Pod"}}"#
            ),
        ])
    func completion(schema: String, spec: String, stored: String) throws {
        try define(schema)
        #expect(try gadget(spec)["spec"] == .parsed(stored))
        #expect(try server.get(gadgets, ObjectKey(namespace: "default", name: "g"))["spec"] == .parsed(stored))
    }

    @Test(
        "rules are kept, and those with parts that are not known here are passed over",
        arguments: [
            ("self.min <= self.max", #"{"min":2,"max":1}"#, true),
            ("self.min <= self.max", #"{"min":1,"max":1}"#, false),
            ("!has(self.min) || self.min > 0", "{}", false), ("!has(self.min) || self.min > 0", #"{"min":0}"#, true),
            ("size(self.list) < 2 && self.list.size() > 0", #"{"list":["a","b"]}"#, true),
            ("self.list.all(x, x.startsWith('a'))", #"{"list":["a","b"]}"#, true),
            ("self.list.exists_one(x, x == \"a\")", #"{"list":["a","b"]}"#, false),
            ("'a' in self.list ? self.min + 1 == 3 : true", #"{"list":["a"],"min":2}"#, false),
            ("self.list[0].matches('^[a-c]$')", #"{"list":["d"]}"#, true),
            ("-self.min % 2 == -1", #"{"min":3}"#, false), ("self.min in [1, 2]", #"{"min":3}"#, true),
            ("self.max > 0", "{}", true), ("self.list.sortBy(x, x).size() > 9", #"{"list":[]}"#, false),
        ])
    func rules(rule: String, spec: String, isBroken: Bool) throws {
        let text = goJSON(.string(rule))
        try define(
            """
            {"type":"object","properties":{"min":{"type":"integer"},"max":{"type":"integer"},
            "list":{"type":"array","items":{"type":"string"}}},
            "x-kubernetes-validations":[{"rule":\(text),"message":"broken"}]}
            """)
        guard isBroken else {
            try gadget(spec)
            return
        }
        let error = #expect(throws: KubeError.self) { try gadget(spec) }
        #expect(error?.status?.message.hasSuffix("broken") == true)
    }

    @Test("a rule says what is wrong, where and why, in words that it makes up")
    func words() throws {
        try define(
            """
            {"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},
            "x-kubernetes-validations":[
            {"rule":"self.a < 5","messageExpression":"'%d is too much'.format([self.a])","fieldPath":".a"},
            {"rule":"!has(self.b)","message":"not yet","reason":"FieldValueForbidden","fieldPath":".b"}]}
            """)
        let error = #expect(throws: KubeError.self) { try gadget(#"{"a":7,"b":1}"#) }
        #expect(
            error?.status?.causes == [
                .init(reason: "FieldValueInvalid", message: "Invalid value: 7 is too much", field: "spec.a"),
                .init(reason: "FieldValueForbidden", message: "Forbidden: not yet", field: "spec.b"),
            ])
    }

    @Test("rules of changes follow the elements of lists that are maps, and may look at what is new")
    func changes() throws {
        try define(
            """
            {"type":"object","properties":{"size":{"type":"integer","x-kubernetes-validations":[
            {"rule":"!oldSelf.hasValue() || oldSelf.value() <= self","optionalOldSelf":true,"message":"may not shrink"},
            {"rule":"oldSelf.hasValue() || self < 10","optionalOldSelf":true,"message":"begins small"}]},
            "parts":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
            "items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},
            "kind":{"type":"string","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"is for ever"}]}}}}}}
            """)
        func refusal(_ body: () throws -> Void) -> String? {
            #expect(throws: KubeError.self) { try body() }?.status?.message
        }
        #expect(refusal { _ = try gadget(#"{"size":10}"#) }?.hasSuffix("begins small") == true)
        try gadget(#"{"size":9,"parts":[{"name":"a","kind":"x"}]}"#)
        let key = ObjectKey(namespace: "default", name: "g")
        func change(_ spec: String) throws { try server.patch(gadgets, key, merge: #"{"spec":\#(spec)}"#) }
        try change(#"{"size":99,"parts":[{"name":"b","kind":"y"},{"name":"a","kind":"x"}]}"#)
        #expect(refusal { try change(#"{"size":98}"#) }?.hasSuffix("may not shrink") == true)
        let other = #"{"parts":[{"name":"a","kind":"x"},{"name":"b","kind":"z"}]}"#
        #expect(
            refusal { try change(other) }?.hasSuffix("spec.parts[1].kind: Invalid value: \"z\": is for ever") == true)
    }

    @Test("an apply merges lists by the schema, and refuses fields that it does not know")
    func apply() throws {
        try define(
            """
            {"type":"object","properties":{
            "set":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},
            "atomic":{"type":"array","items":{"type":"string"}},
            "map":{"type":"object","additionalProperties":{"type":"string"}}}}
            """)
        func apply(_ spec: String, by manager: String) throws {
            let text = #"{"apiVersion":"example.com/v1","kind":"Gadget","metadata":{"name":"g"},"spec":\#(spec)}"#
            try server.apply(.parsed(text), fieldManager: manager)
        }
        try apply(#"{"set":["a"],"atomic":["a"],"map":{"a":"1"}}"#, by: "one")
        try apply(#"{"set":["b"],"atomic":["b"],"map":{"b":"2"}}"#, by: "two")
        let key = ObjectKey(namespace: "default", name: "g")
        #expect(
            try server.get(gadgets, key)["spec"]
                == .parsed(#"{"atomic":["b"],"map":{"a":"1","b":"2"},"set":["a","b"]}"#))
        let error = #expect(throws: KubeError.self) { try apply(#"{"other":1}"#, by: "one") }
        #expect(error?.message.contains(".spec.other: field not declared in schema") == true)
    }

    @Test("a definition whose kind is taken is not served until the other is gone")
    func conflict() throws {
        try define(#"{"type":"object"}"#)
        #expect(try condition("Established", of: "gadgets.example.com").status == "True")
        let other = """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
            "metadata":{"name":"others.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
            "names":{"plural":"others","singular":"other","kind":"Gadget"},"versions":[{"name":"v1","served":true,
            "storage":true,"schema":{"openAPIV3Schema":{"type":"object"}}}]}}
            """
        try server.create(json: other)
        #expect(try condition("NamesAccepted", of: "others.example.com") == ("False", "KindConflict"))
        #expect(try condition("Established", of: "others.example.com") == ("False", "NotAccepted"))
        let others = APIResource(group: "example.com", version: "v1", plural: "others", kind: "Gadget")
        #expect(throws: KubeError.self) { try server.list(others) }
    }

    @Test("a definition that is deleted waits for the finalizers of its objects")
    func deletion() throws {
        try define(#"{"type":"object"}"#)
        try server.create(
            json: """
                {"apiVersion":"example.com/v1","kind":"Gadget","metadata":{"name":"g","finalizers":["example.com/f"]}}
                """)
        let definitions = APIResource(
            group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
            kind: "CustomResourceDefinition", isNamespaced: false)
        let name = ObjectKey(name: "gadgets.example.com")
        try server.delete(definitions, name)
        #expect(try condition("Terminating", of: name.name).status == "True")
        let key = ObjectKey(namespace: "default", name: "g")
        #expect(try server.get(gadgets, key)["metadata"]?["deletionTimestamp"] != nil)
        try server.patch(gadgets, key, merge: #"{"metadata":{"finalizers":null}}"#)
        #expect(server.find(definitions, name) == nil)
        #expect(throws: KubeError.self) { try server.list(gadgets) }
        // And it may come back.
        try define(#"{"type":"object"}"#)
        #expect(try server.list(gadgets).isEmpty)
    }

    @Test("a schema that changes counts from then on")
    func change() throws {
        try define(#"{"type":"object","properties":{"a":{"type":"string"}}}"#)
        #expect(try gadget(#"{"a":"1","b":"2"}"#, name: "before")["spec"] == .parsed(#"{"a":"1"}"#))
        let definitions = APIResource(
            group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
            kind: "CustomResourceDefinition", isNamespaced: false)
        try server.patch(
            definitions, ObjectKey(name: "gadgets.example.com"),
            .json(
                Array(
                    """
                    [{"op":"add","path":"/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/b",
                    "value":{"type":"string"}}]
                    """.utf8)))
        #expect(try gadget(#"{"a":"1","b":"2"}"#, name: "after")["spec"] == .parsed(#"{"a":"1","b":"2"}"#))
    }

    @Test(
        "a definition that contradicts itself is refused",
        arguments: [
            (
                #"{"properties":{"spec":{"type":"object"}}}"#,
                "openAPIV3Schema.type: Required value: must not be empty at the root"
            ),
            (
                #"{"type":"object","properties":{"spec":{}}}"#,
                "openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields"
            ),
            (
                #"{"type":"object","properties":{"l":{"type":"array","x-kubernetes-list-type":"map","items":{"type":"object"}}}}"#,
                "openAPIV3Schema.properties[l].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"
            ),
        ])
    func badDefinitions(schema: String, message: String) {
        let error = #expect(throws: KubeError.self) {
            try server.create(
                json: """
                    {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                    "metadata":{"name":"gadgets.example.com"},"spec":{"group":"example.com","scope":"Cluster",
                    "names":{"plural":"gadgets","kind":"Gadget"},"versions":[{"name":"v1","served":true,"storage":true,
                    "schema":{"openAPIV3Schema":\(schema)}}]}}
                    """)
        }
        #expect(error?.status?.message.hasSuffix("spec.versions[0].schema.\(message)") == true)
    }

    // As the guide shows it.
    @Test func `a size that is out of range is refused`() throws {
        let server = TestAPIServer()
        try server.create(
            json: """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                "metadata":{"name":"sites.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
                "names":{"plural":"sites","kind":"Site"},"versions":[{"name":"v1","served":true,"storage":true,
                "subresources":{"status":{}},"schema":{"openAPIV3Schema":{"type":"object","properties":{
                "spec":{"type":"object","properties":{"size":{"type":"integer","maximum":10}}}}}}}]}}
                """)
        #expect(throws: KubeError.self) {
            try server.create(
                json: #"{"apiVersion":"example.com/v1","kind":"Site","metadata":{"name":"a"},"spec":{"size":11}}"#)
        }
    }
}
