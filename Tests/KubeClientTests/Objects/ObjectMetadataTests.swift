import KubeClient
import Testing

@Suite("ObjectMetadata")
struct ObjectMetadataTests {
    private let deployment = #"""
        {"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"web","namespace":"default",
        "uid":"5f2c","resourceVersion":"42","generation":3,"creationTimestamp":"2026-01-02T03:04:05Z",
        "deletionTimestamp":"2026-01-02T03:04:06Z","labels":{"app":"web","tier":""},"annotations":{"a/b":"c\n"},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"Other","name":"o","uid":"1"},
        {"apiVersion":"v1","kind":"ReplicaSet","name":"r","uid":"2","controller":true,"blockOwnerDeletion":true}],
        "finalizers":["x/y","z"],"managedFields":[{"manager":"kubectl","fieldsV1":{"f:data":{}}}]},"spec":{"a":[1]}}
        """#

    @Test("every field is read")
    func full() throws {
        let object = try decode(ObjectMetadata.self, deployment)
        #expect(object.id == ObjectKey(namespace: "default", name: "web"))
        #expect(object.name == "web")
        #expect(object.namespace == "default")
        #expect(object.uid == "5f2c")
        #expect(object.resourceVersion.rawValue == "42")
        #expect(object.generation == 3)
        #expect(object.labels == ["app": "web", "tier": ""])
        #expect(object.annotations == ["a/b": "c\n"])
        #expect(object.creationTimestamp == "2026-01-02T03:04:05Z")
        #expect(object.deletionTimestamp == "2026-01-02T03:04:06Z")
        #expect(object.finalizers == ["x/y", "z"])
        #expect(object.ownerReferences.map(\.name) == ["o", "r"])
        #expect(
            object.controller
                == OwnerReference(
                    apiVersion: "v1", kind: "ReplicaSet", name: "r", uid: "2", isController: true,
                    blocksOwnerDeletion: true))
    }

    @Test("only metadata is asked for")
    func negotiation() { #expect(ObjectMetadata.needsMetadataOnly) }

    @Test(
        "what is missing, null or of another type reads as empty",
        arguments: [
            "{}", "null", "[]", "1", "\"x\"", #"{"metadata":null}"#, #"{"metadata":[]}"#, #"{"metadata":"x"}"#,
            #"{"metadata":{"name":1,"namespace":[],"uid":{},"resourceVersion":5,"generation":"1","labels":[],"annotations":1}}"#,
            #"{"metadata":{"name":null,"namespace":null,"generation":1.5,"labels":null,"finalizers":null,"ownerReferences":null}}"#,
            #"{"metadata":{"finalizers":{},"ownerReferences":{"a":1},"creationTimestamp":null,"deletionTimestamp":7}}"#,
            #"{"metadata":{"namespace":"","labels":{"a":1,"b":null},"annotations":{"c":{}},"finalizers":[1,null]}}"#,
        ])
    func total(_ text: String) throws {
        #expect(try decode(ObjectMetadata.self, text) == ObjectMetadata(ObjectIdentity()))
    }

    @Test("odd members do not hide the good ones beside them")
    func oddMembers() throws {
        let object = try decode(
            ObjectMetadata.self,
            #"{"metadata":{"labels":{"a":1,"b":"c"},"finalizers":[1,"x"],"ownerReferences":[7,{"name":"o","uid":1}],"name":"n"}}"#
        )
        #expect(object.labels == ["b": "c"])
        #expect(object.finalizers == ["x"])
        #expect(object.ownerReferences.map(\.name) == ["", "o"])
        #expect(object.name == "n")
    }

    @Test("cluster-scoped objects have no namespace")
    func clusterScoped() throws {
        #expect(try decode(ObjectMetadata.self, #"{"metadata":{"name":"n"}}"#).id == ObjectKey(name: "n"))
    }
}

@Suite("ObjectIdentity")
struct ObjectIdentityTests {
    @Test("a projection reads it in one line and is lent the other fields")
    func otherFields() throws {
        var identity = ObjectIdentity()
        var names: [String] = []
        var annotations: [String: String] = [:]
        try read(#"{"name":"a","labels":{"x":"y"},"annotations":{"k":"v"},"uid":"u","resourceVersion":"1"}"#) {
            (reader) throws(JSONError) in
            identity = try ObjectIdentity(metadata: &reader) { (name, reader) throws(JSONError) in
                names.append(name.string)
                if name == "annotations" { annotations = try reader.stringDictionary() }
            }
        }
        #expect(
            identity
                == ObjectIdentity(key: ObjectKey(name: "a"), uid: "u", resourceVersion: ResourceVersion(rawValue: "1")))
        #expect(names == ["labels", "annotations"])
        #expect(annotations == ["k": "v"])
    }
}

@Suite("UnstructuredObject")
struct UnstructuredObjectTests {
    private let text =
        #"{"kind":"Widget","spec":{"size":3,"parts":[{"name":"a"},{"name":"b"}]},"metadata":{"namespace":"n","name":"w","uid":"u","resourceVersion":"9"}}"#

    @Test("the bytes are kept as they came, without what surrounds them")
    func bytes() throws {
        let object = try decode(UnstructuredObject.self, " \(text)\n")
        #expect(object.bytes == Array(text.utf8))
        #expect(object.value == (try parse(text)))
    }

    @Test("key, uid and version are at hand")
    func identity() throws {
        let object = try decode(UnstructuredObject.self, text)
        #expect(object.id == ObjectKey(namespace: "n", name: "w"))
        #expect(object.uid == "u")
        #expect(object.resourceVersion.rawValue == "9")
    }

    @Test("parts are read by pointer")
    func pointers() throws {
        let object = try decode(UnstructuredObject.self, text)
        #expect(object[at: "/spec/size"] == 3)
        #expect(object[at: "/spec/parts/1/name"] == "b")
        #expect(object[at: "/spec/parts/2"] == nil)
        #expect(object[at: "/spec/size/x"] == nil)
        #expect(object[at: ""] == (try parse(text)))
    }

    @Test("of a name that occurs twice the later value counts, for trees and pointers alike")
    func duplicates() throws {
        let object = try decode(UnstructuredObject.self, #"{"a":{"b":1},"a":{"b":2}}"#)
        #expect(object[at: "/a/b"] == 2)
        #expect(object.value[at: "/a/b"] == 2)
    }

    @Test("an element of an array can be kept")
    func element() throws {
        var objects: [UnstructuredObject] = []
        try read("[\(text), {\"metadata\":{\"name\":\"x\"}} ]") { (reader) throws(JSONError) in
            try reader.forEachElement { (reader) throws(JSONError) in
                objects.append(try UnstructuredObject(from: &reader))
            }
        }
        #expect(objects.map(\.id.name) == ["w", "x"])
    }

    @Test("it reads as a projection")
    func projection() throws {
        let object = try decode(UnstructuredObject.self, text)
        #expect(try object.decoded(as: ObjectMetadata.self).name == "w")
    }

    @Test("a document that could not be read later is refused at once", arguments: ["{\"a\":}", "{\"a\":1"])
    func malformed(_ text: String) {
        #expect(throws: JSONError.self) { try decode(UnstructuredObject.self, text) }
    }

    @Test("ill-formed UTF-8 is refused at once, with its place")
    func invalidUTF8() {
        let error = #expect(throws: JSONError.self) {
            try read(Array("[{\"a\":\"".utf8) + [0xFF] + Array("\"}]".utf8)) { (reader) throws(JSONError) in
                try reader.forEachElement { (reader) throws(JSONError) in _ = try UnstructuredObject(from: &reader) }
            }
        }
        #expect(error?.offset == 7)
    }
}
