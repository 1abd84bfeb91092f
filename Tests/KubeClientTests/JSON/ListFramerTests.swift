import KubeClient
import Testing

@Suite("ListFramer")
struct ListFramerTests {
    private struct Outcome: Equatable {
        var items: [String]
        var metadata: ListMetadata
        var kind: String
    }

    private func frame(_ text: String, by length: Int, limit: Int = 8 << 20) throws(KubeError) -> Outcome {
        try frame(pieces(Array(text.utf8), of: length), limit: limit)
    }

    private func frame(_ pieces: [[UInt8]], limit: Int = 8 << 20) throws(KubeError) -> Outcome {
        var framer = ListFramer(limit: limit)
        var items: [String] = []
        for piece in pieces {
            try unsafe framer.receive(piece.span.bytes) { items.append(String(decoding: copy($0), as: UTF8.self)) }
        }
        return Outcome(items: items, metadata: try framer.finish(), kind: framer.kind)
    }

    private static let lengths = [1, 2, 3, 7, 64, 1000, 1 << 20]

    @Test("items, kind and metadata, whatever the pieces", arguments: lengths)
    func typical(_ length: Int) throws {
        let text =
            #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"42","continue":"abc","#
            + #""remainingItemCount":7},"items":[{"metadata":{"name":"a]}"}},{"data":{"k":"\"}]\\"}},{}]}"# + "\n"
        #expect(
            try frame(text, by: length)
                == Outcome(
                    items: [#"{"metadata":{"name":"a]}"}}"#, #"{"data":{"k":"\"}]\\"}}"#, "{}"],
                    metadata: ListMetadata(
                        resourceVersion: ResourceVersion(rawValue: "42"), continueToken: "abc", remainingItemCount: 7),
                    kind: "ConfigMapList"))
    }

    @Test("metadata may stand after the items", arguments: lengths)
    func metadataLast(_ length: Int) throws {
        let text =
            #"{"apiVersion":"v1","items":[1,"two",null,[3],true],"other":{"items":[9]},"kind":"List","#
            + #""metadata":{"selfLink":"","resourceVersion":"1","continue":""}}"#
        #expect(
            try frame(text, by: length)
                == Outcome(
                    items: ["1", "\"two\"", "null", "[3]", "true"],
                    metadata: ListMetadata(resourceVersion: ResourceVersion(rawValue: "1")), kind: "List"))
    }

    @Test("an indented document", arguments: lengths)
    func indented(_ length: Int) throws {
        let text = """
            {
              "kind" : "SecretList",
              "metadata" : { "resourceVersion" : "5" },
              "items" : [
                {
                  "a" : [ ]
                } ,
                2 ,
                { }
              ] ,
              "z" : -1.5e3
            }

            """
        let outcome = try frame(text, by: length)
        #expect(outcome.items == ["{\n      \"a\" : [ ]\n    }", "2", "{ }"])
        #expect(outcome.metadata.resourceVersion.rawValue == "5")
    }

    @Test(
        "a list without items",
        arguments: [
            #"{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[]}"#,
            #"{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":null}"#,
            #"{"items":null,"kind":"PodList","metadata":{"resourceVersion":"5"}}"#,
            #"{"kind":"PodList","metadata":{"resourceVersion":"5"}}"#,
            #"{ "metadata" : { "resourceVersion" : "5" } , "items" : [ ] }"#,
            #"{"items":[],"metadata":{"resourceVersion":"5"}}"#,
            #"{"it\u0065ms":[],"metadata":{"resourceVersion":"5"}}"#,
        ])
    func empty(_ text: String) throws {
        for length in Self.lengths {
            let outcome = try frame(text, by: length)
            #expect(outcome.items.isEmpty)
            #expect(outcome.metadata.resourceVersion.rawValue == "5")
        }
    }

    @Test("only the items of the document itself are lent")
    func nestedItems() throws {
        let text = #"{"a":{"items":[1]},"kind":"List","b":"\"items\":[2]","items":[{"items":[3]}],"c":[{"items":[4]}]}"#
        #expect(try frame(text, by: 1).items == [#"{"items":[3]}"#])
    }

    @Test("a document that is cut off is refused, wherever it is cut")
    func truncated() throws {
        let text = #"{"kind":"PodList","metadata":{"resourceVersion":"5"},"items":[{"a":"b"},{"c":[1]}]}"#
        for length in 0..<text.utf8.count {
            let error = #expect(throws: KubeError.self, "\(length) bytes") {
                try frame([Array(text.utf8.prefix(length))])
            }
            #expect(error?.code == .decoding)
        }
        _ = try frame(text, by: 5)
    }

    @Test(
        "what is no list is refused at once, with the reason",
        arguments: [
            ("k8s\0abc", "the answer is not JSON"), ("404 page not found", "the answer is not JSON"),
            ("[]", "the answer is not JSON"), ("null", "the answer is not JSON"),
            ("\u{FEFF}{}", "the answer is not JSON"),
            (#"{"items":{}}"#, "the list is not well-formed JSON"),
            (#"{"items":[1,]}"#, "the list is not well-formed JSON"),
            (#"{"items":[}"#, "the list is not well-formed JSON"),
            (#"{"items":[1}"#, "the list is not well-formed JSON"),
            (#"{"items" []}"#, "the list is not well-formed JSON"),
            (#"{items:[]}"#, "the list is not well-formed JSON"),
            (#"{"a":1,}"#, "the list is not well-formed JSON"), (#"{"a":}"#, "the list is not well-formed JSON"),
            (#"{"a":1 2}"#, "the list is not well-formed JSON"),
            (#"{"items":[]}x"#, "the list is not well-formed JSON"),
            (#"{"items":[]}{}"#, "the list is not well-formed JSON"), (#"{,}"#, "the list is not well-formed JSON"),
            (#"{"items":[1 2]}"#, "the list is not well-formed JSON"),
            (#"{"items":[1],"items":[2]}"#, "the list has its items twice"),
        ])
    func refused(_ text: String, _ reason: String) {
        for length in Self.lengths {
            var framer = ListFramer()
            let error = #expect(throws: KubeError.self) {
                for piece in pieces(Array(text.utf8), of: length) {
                    try unsafe framer.receive(piece.span.bytes) { _ in }
                }
            }
            #expect(error?.code == .decoding)
            #expect(error?.message == reason)
        }
    }

    @Test("a document that is one object is no list", arguments: [#"{"kind":"Pod","metadata":{"name":"a"}}"#, "{}"])
    func notAList(_ text: String) {
        let error = #expect(throws: KubeError.self) { try frame(text, by: 3) }
        #expect(error?.message == "the answer is not a list")
    }

    @Test(
        "metadata that cannot be read is an error without its text",
        arguments: [
            #"{"metadata":{"resourceVersion":["hunter2"]}}"#, #"{"metadata":["hunter2"]}"#, #"{"kind":{"hunter2":1}}"#,
        ])
    func badMetadata(_ text: String) {
        let error = #expect(throws: KubeError.self) { try frame(text, by: 4) }
        #expect(error?.code == .decoding)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("an item over the limit is refused, and the limit named", arguments: [1, 10, 1000])
    func limit(_ length: Int) throws {
        let fitting = #"{"items":["12345678","12345678"],"kind":"List"}"#
        #expect(try frame(fitting, by: length, limit: 10).items.count == 2)
        let error = #expect(throws: KubeError.self) { try frame(fitting, by: length, limit: 9) }
        #expect(error?.message == "an item of the list is larger than 9 bytes, the most that is accepted")
    }

    @Test("a value that nobody looks at is not held against the limit")
    func skippedValues() throws {
        let text = #"{"other":""# + String(repeating: "x", count: 10_000) + #"","items":[1]}"#
        #expect(try frame(text, by: 100, limit: 16).items == ["1"])
    }

    @Test("the default limit of 8 MiB is named as such")
    func defaultLimit() throws {
        var framer = ListFramer()
        let start = Array(#"{"items":[""#.utf8)
        let megabyte = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
        try unsafe framer.receive(start.span.bytes) { _ in }
        let error = #expect(throws: KubeError.self) {
            for _ in 0..<9 { try unsafe framer.receive(megabyte.span.bytes) { _ in } }
        }
        #expect(error?.message == "an item of the list is larger than 8 MiB, the most that is accepted")
    }

    @Test("an error of the body ends the list and comes through")
    func bodyError() {
        var framer = ListFramer()
        let text = Array(#"{"items":[1,2,3]}"#.utf8)
        var seen = 0
        let error = #expect(throws: KubeError.self) {
            try unsafe framer.receive(text.span.bytes) { (_) throws(KubeError) in
                seen += 1
                if seen == 2 { throw KubeError(.cancelled, "mine") }
            }
        }
        #expect(error?.message == "mine")
        #expect(seen == 2)
    }

    @Test("an item inside one piece is lent in place")
    func zeroCopy() throws {
        var framer = ListFramer()
        let text = Array(#"{"items":[{"a":1},{"b":2}]}"#.utf8)
        try unsafe text.withUnsafeBytes { document in
            try unsafe framer.receive(document.bytes) { item in
                unsafe item.withUnsafeBytes { item in
                    guard let start = item.baseAddress, let base = document.baseAddress else { return }
                    unsafe #expect(start >= base && start < base + document.count)
                }
            }
        }
    }

    @Test("random documents in random pieces give the items of the tree")
    func random() throws {
        var random = SeededGenerator()
        for _ in 0..<300 {
            let value = JSONValue.object(
                JSONObject(
                    [
                        ("kind", "ThingList"), ("metadata", ["resourceVersion": .string(randomText(&random))]),
                        ("extra", randomValue(depth: 3, &random)),
                        (
                            "items",
                            .array(
                                (0..<Int.random(in: 0...5, using: &random)).map { _ in randomValue(depth: 4, &random) })
                        ),
                    ].shuffled(using: &random)))
            let text = Bool.random(using: &random) ? value.bytes : Array(value.prettyPrinted().utf8)
            var cut: [[UInt8]] = []
            var rest = text[...]
            while !rest.isEmpty {
                let length = Int.random(in: 1...20, using: &random)
                cut.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            let outcome = try frame(cut)
            #expect(
                try outcome.items.map { text throws(JSONError) in try parse(text) } == value["items"]?.array,
                "\(random)")
            #expect(
                outcome.metadata.resourceVersion.rawValue == value["metadata"]?["resourceVersion"]?.string, "\(random)")
            #expect(outcome.kind == "ThingList", "\(random)")
        }
    }
}

/// A text made of what framing and escaping have to mind.
func randomText(_ random: inout SeededGenerator) -> String {
    let parts = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "\n", "\u{2028}", "é", "😀", "abcdefghijkl", "<", " ", "items",
    ]
    return (0..<Int.random(in: 0...4, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
}

/// A tree of at most `depth` levels.
func randomValue(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(.random(using: &random))
    case 2: return JSONValue(Int.random(in: -1000...1000, using: &random))
    case 3: return .number("-1.5e+7")
    case 4: return .string(randomText(&random))
    case 5:
        return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in randomValue(depth: depth - 1, &random) })
    default:
        let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            (randomText(&random), randomValue(depth: depth - 1, &random))
        }
        return .object(JSONObject(members))
    }
}
