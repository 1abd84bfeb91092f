import ControllerTestKit
import KubeClient
import Testing

@Suite("JSON patch")
struct JSONPatchTests {
    struct Case: Sendable {
        var name: String
        var document: String
        var patch: String
        /// nil when the patch cannot be applied.
        var result: String?
    }

    static let cases = [
        Case(
            name: "add a member", document: #"{"a":1}"#, patch: #"[{"op":"add","path":"/b","value":2}]"#,
            result: #"{"a":1,"b":2}"#),
        Case(
            name: "add replaces", document: #"{"a":1}"#, patch: #"[{"op":"add","path":"/a","value":2}]"#,
            result: #"{"a":2}"#),
        Case(
            name: "insert into a list", document: "[1,3]", patch: #"[{"op":"add","path":"/1","value":2}]"#,
            result: "[1,2,3]"),
        Case(
            name: "append by index", document: "[1]", patch: #"[{"op":"add","path":"/1","value":2}]"#, result: "[1,2]"),
        Case(name: "append by dash", document: "[1]", patch: #"[{"op":"add","path":"/-","value":2}]"#, result: "[1,2]"),
        Case(name: "add past the end", document: "[1]", patch: #"[{"op":"add","path":"/2","value":2}]"#, result: nil),
        Case(
            name: "add below a missing member", document: "{}", patch: #"[{"op":"add","path":"/a/b","value":2}]"#,
            result: nil),
        Case(
            name: "add below text", document: #"{"a":"x"}"#, patch: #"[{"op":"add","path":"/a/b","value":2}]"#,
            result: nil),
        Case(
            name: "add null", document: "{}", patch: #"[{"op":"add","path":"/a","value":null}]"#, result: #"{"a":null}"#
        ),
        Case(
            name: "remove a member", document: #"{"a":1,"b":2}"#, patch: #"[{"op":"remove","path":"/a"}]"#,
            result: #"{"b":2}"#),
        Case(
            name: "remove from a list", document: "[1,2,3]", patch: #"[{"op":"remove","path":"/1"}]"#, result: "[1,3]"),
        Case(name: "remove what is absent", document: "{}", patch: #"[{"op":"remove","path":"/a"}]"#, result: nil),
        Case(name: "remove past the end", document: "[1]", patch: #"[{"op":"remove","path":"/1"}]"#, result: nil),
        Case(
            name: "replace", document: #"{"a":{"b":1}}"#, patch: #"[{"op":"replace","path":"/a/b","value":[2]}]"#,
            result: #"{"a":{"b":[2]}}"#),
        Case(
            name: "replace adds an absent member", document: "{}", patch: #"[{"op":"replace","path":"/a","value":1}]"#,
            result: #"{"a":1}"#),
        Case(
            name: "replace past the end of a list", document: "[]", patch: #"[{"op":"replace","path":"/0","value":1}]"#,
            result: nil),
        Case(
            name: "replace the document", document: #"{"a":1}"#,
            patch: #"[{"op":"replace","path":"","value":{"b":2}}]"#, result: #"{"b":2}"#),
        Case(
            name: "move", document: #"{"a":1}"#, patch: #"[{"op":"move","from":"/a","path":"/b"}]"#, result: #"{"b":1}"#
        ),
        Case(
            name: "move inside a list", document: "[1,2,3]", patch: #"[{"op":"move","from":"/0","path":"/2"}]"#,
            result: "[2,3,1]"),
        Case(
            name: "move into itself", document: #"{"a":{"b":1}}"#,
            patch: #"[{"op":"move","from":"/a","path":"/a/b/c"}]"#, result: nil),
        Case(
            name: "move what is absent", document: "{}", patch: #"[{"op":"move","from":"/a","path":"/b"}]"#, result: nil
        ),
        Case(
            name: "copy", document: #"{"a":[1]}"#, patch: #"[{"op":"copy","from":"/a","path":"/b"}]"#,
            result: #"{"a":[1],"b":[1]}"#),
        Case(
            name: "test passes", document: #"{"a":{"x":1,"y":2}}"#,
            patch: #"[{"op":"test","path":"/a","value":{"y":2,"x":1}}]"#, result: #"{"a":{"x":1,"y":2}}"#),
        Case(
            name: "test compares numbers by value", document: #"{"a":1.0}"#,
            patch: #"[{"op":"test","path":"/a","value":1}]"#, result: #"{"a":1.0}"#),
        Case(name: "test fails", document: #"{"a":1}"#, patch: #"[{"op":"test","path":"/a","value":2}]"#, result: nil),
        Case(
            name: "test of another type", document: #"{"a":1}"#, patch: #"[{"op":"test","path":"/a","value":"1"}]"#,
            result: nil),
        Case(
            name: "test for absence", document: "{}", patch: #"[{"op":"test","path":"/a","value":null}]"#, result: "{}"),
        Case(
            name: "a slash in a name", document: #"{"a/b":1}"#, patch: #"[{"op":"replace","path":"/a~1b","value":2}]"#,
            result: #"{"a/b":2}"#),
        Case(
            name: "a tilde in a name", document: #"{"a~b":1}"#, patch: #"[{"op":"replace","path":"/a~0b","value":2}]"#,
            result: #"{"a~b":2}"#),
        Case(
            name: "~01 is ~1", document: #"{"~1":1,"/":2}"#, patch: #"[{"op":"remove","path":"/~01"}]"#,
            result: #"{"/":2}"#),
        Case(
            name: "the empty name", document: #"{"":1}"#, patch: #"[{"op":"replace","path":"/","value":2}]"#,
            result: #"{"":2}"#),
        Case(
            name: "operations see those before", document: "{}",
            patch: #"[{"op":"add","path":"/a","value":{}},{"op":"add","path":"/a/b","value":1}]"#,
            result: #"{"a":{"b":1}}"#),
        Case(name: "no operations", document: #"{"a":1}"#, patch: "[]", result: #"{"a":1}"#),
        Case(
            name: "an unknown operation", document: "{}", patch: #"[{"op":"merge","path":"/a","value":1}]"#, result: nil
        ),
        Case(name: "no path", document: "{}", patch: #"[{"op":"add","value":1}]"#, result: nil),
        Case(name: "a path without slash", document: "{}", patch: #"[{"op":"add","path":"a","value":1}]"#, result: nil),
        Case(name: "an index that is none", document: "[1]", patch: #"[{"op":"remove","path":"/x"}]"#, result: nil),
    ]

    @Test("operations follow RFC 6902 and the server's deviations", arguments: cases)
    func applies(_ test: Case) throws {
        let patch = try JSONPatch(.parsed(test.patch))
        let document = try JSONValue.parsed(test.document)
        guard let result = test.result else {
            #expect(throws: APIFailure.unprocessablePatch()) { try patch.applied(to: document) }
            return
        }
        #expect(try patch.applied(to: document) == .parsed(result))
    }

    @Test("a failing operation leaves no trace of those before it")
    func isAtomic() throws {
        let document = try JSONValue.parsed(#"{"a":1}"#)
        let patch = try JSONPatch(.parsed(#"[{"op":"remove","path":"/a"},{"op":"test","path":"/b","value":1}]"#))
        #expect(throws: APIFailure.self) { try patch.applied(to: document) }
        #expect(try document == .parsed(#"{"a":1}"#))
    }

    @Test("ten thousand operations pass, one more is 413")
    func limit() throws {
        let operation = try JSONValue.parsed(#"{"op":"test","path":"/a","value":1}"#)
        _ = try JSONPatch(.array(Array(repeating: operation, count: 10_000)))
        let failure = #expect(throws: APIFailure.self) {
            try JSONPatch(.array(Array(repeating: operation, count: 10_001)))
        }
        #expect(failure?.code == 413)
    }
}

extension JSONPatchTests.Case: CustomTestStringConvertible {
    var testDescription: String { name }
}
