import Testing

@testable import KubeClient

@Suite struct YAMLReaderTests {
    private func read(
        _ text: String, _ duplicateKeys: YAMLReader.DuplicateKeys = .refused
    ) throws(YAMLError) -> [JSONValue] {
        try YAMLReader.documents(Array(text.utf8), file: "test.yaml", duplicateKeys: duplicateKeys)
    }

    private func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members { object[name] = value }
        return .object(object)
    }

    @Test(
        "a plain scalar means what sigs.k8s.io/yaml takes it for",
        arguments: [
            ("null", JSONValue.null), ("~", .null), ("Null", .null), ("NULL", .null), ("nUll", .string("nUll")),
            ("true", .bool(true)), ("True", .bool(true)), ("TRUE", .bool(true)), ("tRue", .string("tRue")),
            ("yes", .bool(true)), ("on", .bool(true)), ("y", .bool(true)), ("Y", .bool(true)), ("ON", .bool(true)),
            ("false", .bool(false)), ("no", .bool(false)), ("off", .bool(false)), ("n", .bool(false)),
            ("Off", .bool(false)), ("oFF", .string("oFF")), ("yep", .string("yep")),
            ("0", .number("0")), ("-0", .number("0")), ("42", .number("42")), ("+42", .number("42")),
            ("-7", .number("-7")), ("1_000", .number("1000")), ("0777", .number("511")), ("0o777", .number("511")),
            ("0x1F", .number("31")), ("-0x10", .number("-16")), ("0b101", .number("5")), ("-0b11", .number("-3")),
            ("08", .number("8")), ("18446744073709551615", .number("18446744073709551615")),
            ("-9223372036854775808", .number("-9223372036854775808")),
            ("18446744073709551616", .number("1.8446744073709552e+19")),
            ("1.5", .number("1.5")), (".5", .number("0.5")), ("1.", .number("1")), ("1e3", .number("1000")),
            ("-2.5E-3", .number("-0.0025")), ("1e", .string("1e")), ("1.2.3", .string("1.2.3")),
            ("+", .string("+")), ("-", .string("-")), ("--5", .string("--5")), (".", .string(".")),
            ("0x", .string("0x")), ("0xZZ", .string("0xZZ")), ("_1", .string("_1")),
            ("2024-01-02", .string("2024-01-02")), ("12:30:45", .string("12:30:45")), ("190:20", .string("190:20")),
            ("12e4567", .string("12e4567")), ("-1_2e4567", .string("-1_2e4567")), ("1e-4567", .number("0")),
            ("500m", .string("500m")), ("1Gi", .string("1Gi")), ("v1", .string("v1")), ("٣", .string("٣")),
        ])
    func plainScalar(text: String, expected: JSONValue) throws {
        // A lone dash would begin a sequence at the top.
        #expect(try read("[\(text)]") == [.array([expected])] || (text == "-" && (try? read("[-]")) == nil))
    }

    @Test(
        "what is quoted, or a block, is a string whatever it looks like",
        arguments: ["'true'", "\"true\"", "! true", "!!str true", "|-\n  true", ">-\n  true"])
    func quoted(text: String) throws { #expect(try read("a: \(text)") == [object(["a": .string("true")])]) }

    @Test("an explicit tag decides, and what does not fit it is refused")
    func tags() throws {
        #expect(try read("!!int '3'") == [.number("3")])
        #expect(try read("!!float 3") == [.number("3")])
        #expect(try read("!!bool 'yes'") == [.bool(true)])
        #expect(try read("!!null ''") == [.null])
        #expect(try read("!!binary aGk=") == [.string("hi")])
        #expect(try read("!!timestamp 2024-01-02") == [.string("2024-01-02")])
        #expect(try read("!local 3") == [.string("3")])
        for text in [
            "!!int x", "!!int 1.5", "!!bool 3", "!!float x", "!!float 1e999", "!!null x", "!!binary '*'", ".inf",
            "-.Inf", ".nan",
        ] {
            #expect(throws: YAMLError.self, "\(text)") { try read(text) }
        }
    }

    @Test("a stream holds any number of documents")
    func documents() throws {
        #expect(try read("").isEmpty)
        #expect(try read("# only a comment\n").isEmpty)
        #expect(
            try read("a: 1\n---\nb: 2\n...\n---\n---\nc: 3\n") == [
                object(["a": .number("1")]), object(["b": .number("2")]), .null, object(["c": .number("3")]),
            ])
    }

    @Test("JSON is YAML")
    func json() throws {
        let text = #"{"a": [1, 2.5, true, null, "x\ny", "\u00e9"], "b": {}}"#
        #expect(
            try read(text) == [
                object([
                    "a": .array([.number("1"), .number("2.5"), .bool(true), .null, .string("x\ny"), .string("é")]),
                    "b": .object(JSONObject()),
                ])
            ])
    }

    @Test("a byte order mark is passed over, and UTF-16 is understood")
    func byteOrderMark() throws {
        #expect(try read("\u{FEFF}a: 1") == [object(["a": .number("1")])])
        let utf16: [UInt8] = [0xFF, 0xFE] + "a: é".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(try YAMLReader.documents(utf16, file: "x") == [object(["a": .string("é")])])
    }

    @Test("keys become strings as in JSON")
    func keys() throws {
        #expect(
            try read("{1: a, yes: b, 'no': c, 1.5: d}") == [
                object(["1": .string("a"), "true": .string("b"), "no": .string("c"), "1.5": .string("d")])
            ])
        #expect(throws: YAMLError.self) { try read("~: a") }
        #expect(throws: YAMLError.self) { try read("[a]: b") }
    }

    @Test("a key that comes twice is refused in a manifest; in a kubeconfig the last counts, in the first one's place")
    func duplicateKeys() throws {
        let error = #expect(throws: YAMLError.self) { try read("a: 1\nb: 2\na: 3\n") }
        #expect(error?.description == "test.yaml:3:1: the key is in this mapping already")
        #expect(try read("a: 1\nb: 2\na: 3\n", .lastCounts) == [object(["a": .number("3"), "b": .number("2")])])
    }

    @Test("an alias is a copy of what its anchor marks, in the same document only")
    func aliases() throws {
        #expect(
            try read("a: &x [1]\nb: *x\nc: &y z\nd: *y") == [
                object(["a": .array([.number("1")]), "b": .array([.number("1")]), "c": .string("z"), "d": .string("z")])
            ])
        #expect(try read("[&x 1, *x, &x 2, *x]") == [.array(["1", "1", "2", "2"].map { .number($0) })])
        #expect(throws: YAMLError.self) { try read("&x 1\n---\n*x") }
        let cycle = #expect(throws: YAMLError.self) { try read("a: &x\n  b: *x\n") }
        #expect(cycle?.description == "test.yaml:2:6: the alias is inside the value that it stands for")
        let unknown = #expect(throws: YAMLError.self) { try read("a: *secret") }
        #expect(unknown?.description == "test.yaml:1:4: no anchor of that name stands before the alias")
    }

    @Test("a merge key fills in what the mapping lacks, from the first source that has it")
    func mergeKeys() throws {
        let text = """
            base: &base {a: 1, b: 1}
            more: &more {b: 2, c: 2}
            one: {<<: *base, b: 9}
            late: {b: 9, <<: *base}
            list: {<<: [*base, *more], d: 3}
            quoted: {'<<': 1}
            """
        let document = try #require(try read(text).first)
        guard case .object(let members) = document else { return }
        #expect(members["one"] == object(["b": .number("9"), "a": .number("1")]))
        #expect(members["late"] == object(["b": .number("9"), "a": .number("1")]))
        #expect(
            members["list"] == object(["a": .number("1"), "b": .number("1"), "c": .number("2"), "d": .number("3")]))
        #expect(members["quoted"] == object(["<<": .number("1")]))
        #expect(throws: YAMLError.self) { try read("<<: 1") }
        #expect(throws: YAMLError.self) { try read("<<: [{a: 1}, 2]") }
    }

    @Test("aliases of aliases do not grow without bound, in number or in bytes")
    func bombs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let element = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: element, count: 10).joined(separator: ", "))]\n"
        }
        let nodes = #expect(throws: YAMLError.self) { try read(text) }
        #expect(nodes?.reason == "more than 1048576 values or 64 MiB once aliases are expanded")
        let long = String(repeating: "x", count: 1 << 20)
        let bytes = #expect(throws: YAMLError.self) {
            try read("a: &a \(long)\nb: [\(Array(repeating: "*a", count: 64).joined(separator: ", "))]\n")
        }
        #expect(bytes?.line == 2)
    }

    @Test("nesting deeper than 256 is refused, and 256 is not")
    func depth() throws {
        let open = String(repeating: "[", count: 256)
        let close = String(repeating: "]", count: 256)
        #expect(try read(open + close).count == 1)
        let error = #expect(throws: YAMLError.self) { try read("[\(open)\(close)]") }
        #expect(error?.reason == "nested deeper than 256")
    }

    @Test(
        "a syntax error has file, line and column, and quotes no value",
        arguments: [
            ("a: 1\nb: [hunter2\n", 3), ("a: 'hunter2\n", 2), ("\ta: hunter2", 1), ("a: b: hunter2", 1),
            ("a: \"\\q hunter2\"", 1), ("a:\n  - 1\n b: hunter2", 3), ("hunter2: @x", 1), ("%BAD hunter2\n---", 1),
        ])
    func syntaxErrors(text: String, line: Int) {
        let error = #expect(throws: YAMLError.self) { try read(text) }
        #expect(error?.line == line)
        #expect(error?.description.hasPrefix("test.yaml:\(line):") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("a broken encoding has its place too")
    func brokenEncoding() {
        let error = #expect(throws: YAMLError.self) {
            try YAMLReader.documents(Array("a: 1\nb: ".utf8) + [0xFF, 0xFE], file: "f")
        }
        #expect(error?.line == 2)
        #expect(error?.column == 4)
    }

    @Test("values know where they stand")
    func places() throws {
        let document = try #require(try YAMLReader.nodes(Array("a:\n  b: [1,\n   2]\n".utf8), file: "f").first)
        let list = try #require(document["a"]?["b"])
        guard case .sequence(let elements) = list.content else { return }
        #expect(list.line == 2 && list.column == 6)
        #expect(elements.map(\.line) == [2, 3])
    }
}
