import ControllerTestKit
import KubeClient
import Testing

@Suite("Strategic merge patch")
struct StrategicMergePatchTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var list: String
        /// The patch: a list for `env`, or an object around it that brings directives.
        var patch: String
        var result: String

        init(_ name: String, _ list: String, _ patch: String, _ result: String) {
            (testDescription, self.list, self.patch, self.result) = (name, list, patch, result)
        }
    }

    private static func entries(_ text: String) -> String {
        "[" + text.split(separator: " ").map { #"{"name":"\#($0)"}"# }.joined(separator: ",") + "]"
    }

    @Test(
        "volumes merge by name, and the order is the server's",
        arguments: [
            Case("new entries come first", entries("A B C"), entries("Y X"), entries("Y X A B C")),
            Case("changed entries keep their place", entries("A B C"), entries("B"), entries("A B C")),
            Case("a new entry before a changed one", entries("A B C"), entries("W B"), entries("W A B C")),
            Case("a new entry after a changed one", entries("A B C"), entries("B W"), entries("A B W C")),
            Case("an empty patch changes nothing", entries("A B"), "[]", entries("A B")),
            Case("into an empty list", "[]", entries("A B"), entries("A B")),
            Case(
                "an order of all sets the order", entries("A B C"),
                #"{"$setElementOrder/volumes":\#(entries("C A B"))}"#, entries("C A B")),
            Case(
                "an order of some leaves the others where they can stay", entries("A B C D"),
                #"{"$setElementOrder/volumes":\#(entries("D B"))}"#, entries("A C D B")),
            Case(
                "an order names new entries", entries("A B"),
                #"{"$setElementOrder/volumes":\#(entries("A N B")),"volumes":\#(entries("N"))}"#, entries("A N B")),
            Case(
                "a deletion by name", entries("A B C"), #"[{"name":"B","$patch":"delete"}]"#, entries("A C")),
            Case("a deletion of what is absent", entries("A"), #"[{"name":"B","$patch":"delete"}]"#, entries("A")),
            Case(
                "a deletion beside an addition", entries("A B"), #"[{"name":"B","$patch":"delete"},{"name":"N"}]"#,
                entries("N A")),
            Case(
                "a replacement drops the others", entries("A B"), #"[{"$patch":"replace"},{"name":"N"}]"#,
                entries("N")),
        ])
    func keyedList(_ test: Case) throws {
        let spec = #"{"spec":{"template":{"spec":"#
        let patch = test.patch.hasPrefix("{") ? test.patch : #"{"volumes":\#(test.patch)}"#
        let result = try StrategicMergePatch.applied(
            .parsed("\(spec)\(patch)}}}"), to: .parsed("\(spec){\"volumes\":\(test.list)}}}}"),
            keys: MergeKeys(type: "Deployment"))
        #expect(goJSON(result["spec", "template", "spec", "volumes"] ?? .null) == test.result)
    }

    @Test(
        "each list has its own key",
        arguments: [
            ("PodSpec", "imagePullSecrets", #"[{"name":"a"}]"#, #"[{"name":"b"}]"#, #"[{"name":"b"},{"name":"a"}]"#),
            (
                "PodSpec", "hostAliases", #"[{"ip":"1","hostnames":["x"]}]"#, #"[{"ip":"1","hostnames":["y"]}]"#,
                #"[{"ip":"1","hostnames":["y"]}]"#
            ),
            ("PodSpec", "tolerations", #"[{"key":"a"}]"#, #"[{"key":"b"}]"#, #"[{"key":"b"}]"#),
            (
                "PodSpec", "topologySpreadConstraints", #"[{"topologyKey":"z","maxSkew":1}]"#,
                #"[{"topologyKey":"z","maxSkew":2}]"#, #"[{"maxSkew":2,"topologyKey":"z"}]"#
            ),
            (
                "Container", "ports", #"[{"containerPort":80,"name":"a"}]"#, #"[{"containerPort":80,"name":"b"}]"#,
                #"[{"containerPort":80,"name":"b"}]"#
            ),
            (
                "Container", "volumeMounts", #"[{"mountPath":"/a","name":"x"}]"#,
                #"[{"mountPath":"/a","readOnly":true}]"#, #"[{"mountPath":"/a","name":"x","readOnly":true}]"#
            ),
            (
                "Container", "volumeDevices", #"[{"devicePath":"/a","name":"x"}]"#,
                #"[{"devicePath":"/b","name":"y"}]"#,
                #"[{"devicePath":"/b","name":"y"},{"devicePath":"/a","name":"x"}]"#
            ),
            ("Container", "envFrom", #"[{"prefix":"a"}]"#, #"[{"prefix":"b"}]"#, #"[{"prefix":"b"}]"#),
            ("Container", "args", #"["a"]"#, #"["b"]"#, #"["b"]"#),
            (
                "ServiceSpec", "ports", #"[{"port":80,"name":"a"}]"#, #"[{"port":80,"targetPort":1}]"#,
                #"[{"name":"a","port":80,"targetPort":1}]"#
            ),
            (
                "DeploymentStatus", "conditions", #"[{"type":"A","status":"True"}]"#,
                #"[{"type":"A","status":"False"}]"#, #"[{"status":"False","type":"A"}]"#
            ),
            (
                "ObjectMeta", "ownerReferences", #"[{"uid":"1","name":"a"}]"#, #"[{"uid":"2","name":"b"}]"#,
                #"[{"name":"b","uid":"2"},{"name":"a","uid":"1"}]"#
            ),
            ("ObjectMeta", "finalizers", #"["a","b"]"#, #"["b","c"]"#, #"["a","b","c"]"#),
        ])
    func keys(type: String, list: String, original: String, patch: String, result: String) throws {
        let merged = try StrategicMergePatch.applied(
            .parsed(#"{"\#(list)":\#(patch)}"#), to: .parsed(#"{"\#(list)":\#(original)}"#), keys: MergeKeys(type: type)
        )
        #expect(try merged[list] == .parsed(result))
    }

    @Test("maps merge, null deletes, $patch replaces or empties")
    func maps() throws {
        let keys = MergeKeys(type: "ConfigMap")
        let object = try JSONValue.parsed(#"{"data":{"a":"1","b":"2"}}"#)
        func patched(_ patch: String) throws -> JSONValue? {
            try StrategicMergePatch.applied(.parsed(patch), to: object, keys: keys)["data"]
        }
        #expect(try patched(#"{"data":{"a":null,"c":"3"}}"#) == .parsed(#"{"b":"2","c":"3"}"#))
        #expect(try patched(#"{"data":{"$patch":"replace","c":"3"}}"#) == .parsed(#"{"c":"3"}"#))
        #expect(try patched(#"{"data":{"$patch":"delete"}}"#) == .parsed("{}"))
        #expect(try patched(#"{"data":null}"#) == nil)
    }

    @Test("$retainKeys keeps only what it names")
    func retainKeys() throws {
        let result = try StrategicMergePatch.applied(
            .parsed(#"{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}"#),
            to: .parsed(#"{"spec":{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}}"#),
            keys: MergeKeys(type: "Deployment"))
        #expect(try result["spec", "strategy"] == .parsed(#"{"type":"Recreate"}"#))
    }

    @Test("$deleteFromPrimitiveList takes elements out")
    func deleteFromPrimitiveList() throws {
        let result = try StrategicMergePatch.applied(
            .parsed(#"{"$deleteFromPrimitiveList/finalizers":["a"]}"#), to: .parsed(#"{"finalizers":["a","b"]}"#),
            keys: MergeKeys(type: "ObjectMeta"))
        #expect(try result == .parsed(#"{"finalizers":["b"]}"#))
    }

    @Test("directives do not end up in an object that had no such field")
    func dropsDirectives() throws {
        let result = try StrategicMergePatch.applied(
            .parsed(
                #"{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"a","env":null,"$setElementOrder/env":[]}]}}}}"#
            ), to: .parsed("{}"), keys: MergeKeys(type: "Deployment"))
        #expect(
            try result == .parsed(#"{"spec":{"template":{"spec":{"containers":[{"name":"a"}]}}}}"#))
    }

    @Test(
        "a patch that contradicts itself is a 500 without reason",
        arguments: [
            (#"{"containers":[{"image":"i"}]}"#, "map: map[image:i] does not contain declared merge key: name"),
            (#"{"containers":[{"name":"a","$patch":"x"}]}"#, "unknown patch type: x in map: map[$patch:x name:a]"),
            (#"{"containers":[{"name":"a","$patch":"merge"}]}"#, "merging lists cannot yet be specified in the patch"),
            (#"{"$patch":"merge"}"#, "unknown patch type: merge in map: map[$patch:merge]"),
            (#"{"$retainKeys":["a"],"b":1}"#, "invalid patch format of retainKeys"),
        ])
    func malformed(patch: String, message: String) throws {
        let failure = #expect(throws: APIFailure.self) {
            try StrategicMergePatch.applied(
                .parsed(patch), to: .parsed(#"{"containers":[{"name":"a"}]}"#), keys: MergeKeys(type: "PodSpec"))
        }
        #expect(failure == .unclassified(message))
    }
}
