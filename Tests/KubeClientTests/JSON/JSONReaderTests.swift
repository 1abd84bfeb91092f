import KubeClient
import Testing

@Suite("JSONReader")
struct JSONReaderTests {
    // MARK: Syntax

    @Test(
        "a well-formed document is accepted, by reading and by skipping",
        arguments: [
            "null", "true", "false", "0", "-0", "-1", "12.5e-3", "1E+9", "\"\"", "\"a\"", "[]", "{}", " \t\r\n[ ] \n",
            "[1,\"a\",null,true,false,{},[]]", #"{"a":1,"b":{"c":[{}]}}"#, #"{"":{"":""}}"#, #"{"a":1,"a":2}"#,
            #""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00""#, "\"\u{7F}\u{2028}é漢😀\"", "[[[[[[]]]]]]", "[ {} , [ ] , 1 ]",
        ])
    func wellFormed(_ text: String) throws {
        _ = try parse(text)
        try read(text) { (reader) throws(JSONError) in try reader.skip() }
        try read(text) { (_) throws(JSONError) in }
    }

    @Test(
        "a malformed document is refused, by reading and by skipping",
        arguments: [
            "", " ", "nul", "nulll", "tru", "falsy", "True", "NaN", "Infinity", "-Infinity", "undefined", "'a'",
            "01", "-01", "+1", "-", "--1", ".5", "1.", "1.e1", "1e", "1e+", "1e1.5", "0x1", "1_000", "1a", "1 2",
            "\"", "\"a", "\"a\\", "\"a\\\"", #""\x""#, #""\u""#, #""\u12""#, #""\u12G4""#, #""\u 123""#, #""\'""#,
            "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "\"aaaaaaaaaaaaaaaa\u{1}\"",
            "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "]", "[]]", "[1,,2]",
            "{", "{}}", "{1:2}", "{a:1}", #"{"a"}"#, #"{"a":}"#, #"{"a":1"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a" 1}"#,
            #"{"a":1 "b":2}"#, #"{"a":1]"#, #"{"a"::1}"#, #"{"a":1};"#, #"{"a":1}{"b":2}"#, "[1]//", "/*a*/1",
            "\u{FEFF}{}", "\u{A0}1", "1\u{B}",
        ])
    func malformed(_ text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
        #expect(throws: JSONError.self) { try read(text) { (reader) throws(JSONError) in try reader.skip() } }
        #expect(throws: JSONError.self) { try read(text) { (_) throws(JSONError) in } }
    }

    @Test("every beginning of a document is refused as cut off")
    func truncated() throws {
        let text = #"{"a":[1.5e3,true,null,"x\n\u00e9"],"b":{"c":"0123456789abcdef"}}"#
        _ = try parse(text)
        for length in 0..<text.utf8.count {
            let beginning = Array(text.utf8.prefix(length))
            #expect(throws: JSONError.self, "\(length) bytes") { try JSONValue(parsing: beginning) }
            #expect(throws: JSONError.self, "\(length) bytes") { try read(beginning) { (_) throws(JSONError) in } }
        }
    }

    @Test(
        "ill-formed UTF-8 is refused where a string is read",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE2, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3, 0x28],
            [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98], [0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0xFF],
        ] as [[UInt8]])
    func invalidUTF8(_ content: [UInt8]) {
        let document = [0x22] + content + [0x22]
        #expect(throws: JSONError.self) { try JSONValue(parsing: document) }
        #expect(throws: JSONError.self) {
            try read(document) { (reader) throws(JSONError) in try reader.withStringBytes { _ in } }
        }
        #expect(throws: JSONError.self, "in a name") { try JSONValue(parsing: [0x7B] + document + Array(":1}".utf8)) }
        #expect(throws: JSONError.self, "beside an escape") {
            try JSONValue(parsing: [0x22, 0x5C, 0x6E] + content + [0x5C, 0x6E, 0x22])
        }
    }

    @Test("well-formed UTF-8 at the limits of each length is accepted")
    func validUTF8() throws {
        let text = "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFD}\u{FFFF}\u{10000}\u{10FFFF}"
        #expect(try parse("\"\(text)\"") == .string(text))
    }

    @Test("containers may stand inside each other to the limit, not deeper", arguments: ["[", "{\"a\":"])
    func depth(_ open: String) throws {
        func document(_ depth: Int) -> String {
            let close = open == "[" ? "]" : "}"
            return String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        }
        let limit = JSONReader.maximumDepth
        _ = try parse(document(limit))
        try read(document(limit)) { (_) throws(JSONError) in }
        #expect(throws: JSONError.self) { try parse(document(limit + 1)) }
        #expect(throws: JSONError.self) { try read(document(limit + 1)) { (_) throws(JSONError) in } }
        #expect(throws: JSONError.self) { try parse(String(repeating: open, count: 1_000_000)) }
        #expect(throws: JSONError.self) { try read(document(1_000_000)) { (_) throws(JSONError) in } }
    }

    @Test("levels that are read and levels that are skipped count together")
    func mixedDepth() throws {
        func document(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        func readTwoLevels(_ text: String) throws(JSONError) {
            try read(text) { (reader) throws(JSONError) in
                try reader.forEachElement { (reader) throws(JSONError) in
                    try reader.forEachElement { (_) throws(JSONError) in }
                }
            }
        }
        try readTwoLevels(document(JSONReader.maximumDepth))
        #expect(throws: JSONError.self) { try readTwoLevels(document(JSONReader.maximumDepth + 1)) }
    }

    @Test("siblings do not add to the depth")
    func siblings() throws {
        let many = "[" + Array(repeating: "[{}]", count: 5_000).joined(separator: ",") + "]"
        #expect(try parse(many).array?.count == 5_000)
        try read(many) { (_) throws(JSONError) in }
    }

    // MARK: Errors

    @Test(
        "an error says where and never quotes the document",
        arguments: [
            (#"{"password":hunter2}"#, 12), (#"["hunter2",]"#, 11), (#"{"hunter2":"hunter2"#, 19),
            (#""hunter2\q""#, 8), ("\"hunter2\n\"", 8), (#""hunter2" hunter2"#, 10),
        ])
    func errorOffset(_ text: String, _ offset: Int) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.offset == offset)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test("a value of another kind is an error that names both kinds and leaves the reader in front of it")
    func wrongKind() throws {
        try read(#"[{"a":1}]"#) { (reader) throws(JSONError) in
            let first = #expect(throws: JSONError.self) { try reader.string() }
            #expect(first?.reason == "expected a string, found an array")
            #expect(throws: JSONError.self) { try reader.bool() }
            #expect(throws: JSONError.self) { try reader.int() }
            #expect(throws: JSONError.self) { try reader.double() }
            #expect(throws: JSONError.self) { try reader.withStringBytes { _ in } }
            #expect(throws: JSONError.self) { try reader.forEachField { (_, _) in } }
            #expect(try JSONValue(from: &reader) == [["a": 1]])
        }
        #expect(throws: JSONError.self) { try read("1") { (reader) throws(JSONError) in try reader.string() } }
        #expect(throws: JSONError.self) { try read("{}") { (reader) throws(JSONError) in try reader.int() } }
        #expect(throws: JSONError.self) { try read("\"1\"") { (reader) throws(JSONError) in try reader.int() } }
    }

    @Test("a failed read deep inside leaves the value to be skipped")
    func recovery() throws {
        var last = 0
        try read(#"{"a":{"b":[1,{"c":"x","d":[2]}],"e":3},"z":4}"#) { (reader) throws(JSONError) in
            try reader.forEachField { (name, reader) throws(JSONError) in
                if name == "z" { return last = try reader.int() }
                let result: Void? = try? reader.forEachField { (_, reader) throws(JSONError) in
                    try reader.forEachElement { (reader) throws(JSONError) in
                        try reader.forEachField { (_, reader) throws(JSONError) in _ = try reader.int() }
                    }
                }
                #expect(result == nil)
            }
        }
        #expect(last == 4)
    }

    // MARK: Values

    @Test("null is the zero value of whatever is asked for")
    func null() throws {
        #expect(try read("null") { (reader) throws(JSONError) in try reader.string() } == "")
        #expect(try read("null") { (reader) throws(JSONError) in try reader.int() } == 0)
        #expect(try read("null") { (reader) throws(JSONError) in try reader.double() } == 0)
        #expect(try read("null") { (reader) throws(JSONError) in try reader.bool() } == false)
        #expect(try read("null") { (reader) throws(JSONError) in try reader.number() } == "0")
        #expect(
            try read("null") { (reader) throws(JSONError) in try reader.withStringBytes { $0.byteCount } } == 0)
        try read("null") { (reader) throws(JSONError) in
            try reader.forEachField { (_, _) in Issue.record("null has no fields") }
        }
        try read("null") { (reader) throws(JSONError) in
            try reader.forEachElement { _ in Issue.record("null has no elements") }
        }
    }

    @Test("peek names the kind without consuming the value")
    func peek() throws {
        let kinds: [(String, JSONReader.ValueKind)] = [
            ("{}", .object), (" [1]", .array), ("\"a\"", .string), ("-1", .number), ("7", .number), ("true", .bool),
            ("false", .bool), ("null", .null),
        ]
        for (text, kind) in kinds {
            try read(text) { (reader) throws(JSONError) in
                #expect(try reader.peek() == kind)
                #expect(try reader.peek() == kind)
                try reader.skip()
            }
        }
    }

    @Test(
        "escapes are undone as Go undoes them",
        arguments: [
            (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u0000"#, "\0"), (#"\u00e9\u00E9"#, "éé"),
            (#"\uD83D\uDE00"#, "😀"), (#"x\ud83d\ude00y"#, "x😀y"), (#"\u2028"#, "\u{2028}"),
            (#"\uD83D"#, "\u{FFFD}"), (#"\uDE00"#, "\u{FFFD}"), (#"\uDE00\uD83D"#, "\u{FFFD}\u{FFFD}"),
            (#"\uD83Dx"#, "\u{FFFD}x"), (#"\uD83D\n"#, "\u{FFFD}\n"), (#"\uD83D\uD83D\uDE00"#, "\u{FFFD}😀"),
            (#"\uD83D\u0041"#, "\u{FFFD}A"), (#"\\u0041"#, "\\u0041"), ("é\\u003c漢", "é<漢"),
            (#"0123456789abcdef\n0123456789abcdef"#, "0123456789abcdef\n0123456789abcdef"),
        ])
    func escapes(_ content: String, _ expected: String) throws {
        #expect(try parse("\"\(content)\"") == .string(expected))
        let bytes = try read("\"\(content)\"") { (reader) throws(JSONError) in
            try reader.withStringBytes { copy($0) }
        }
        #expect(bytes == Array(expected.utf8))
    }

    @Test("a string ends at its quote, wherever that is in a word", arguments: 0..<40)
    func stringLengths(_ length: Int) throws {
        let content = String(repeating: "a", count: length)
        #expect(
            try parse("[\"\(content)\",\"\(content)\\\"\",\"é\(content)\"]") == [
                .string(content), .string(content + "\""), .string("é" + content),
            ])
    }

    @Test(
        "integers to the limits of 64 bits",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ])
    func integers(_ text: String, _ value: Int) throws {
        #expect(try read(text) { (reader) throws(JSONError) in try reader.int() } == value)
    }

    @Test(
        "what is no 64-bit integer is refused as one",
        arguments: [
            "1.0", "1e2", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "1.5", "-1E0",
        ])
    func notIntegers(_ text: String) {
        #expect(throws: JSONError.self) { try read(text) { (reader) throws(JSONError) in try reader.int() } }
    }

    @Test("doubles", arguments: [("0", 0), ("-1.5", -1.5), ("1e3", 1000), ("2.5E-1", 0.25), ("1e-999", 0)])
    func doubles(_ text: String, _ value: Double) throws {
        #expect(try read(text) { (reader) throws(JSONError) in try reader.double() } == value)
    }

    @Test("a number beyond the largest double is refused as one")
    func infinity() {
        #expect(throws: JSONError.self) { try read("1e999") { (reader) throws(JSONError) in try reader.double() } }
    }

    @Test("the raw text of a value is lent without what surrounds it")
    func rawValue() throws {
        var texts: [String] = []
        try read(#"{ "a" : [1, {"b" : null}] , "c" : "x\n" , "d" : 1.50 }"#) { (reader) throws(JSONError) in
            try reader.forEachField { (_, reader) throws(JSONError) in
                texts.append(String(decoding: try reader.withRawValue { copy($0) }, as: UTF8.self))
            }
        }
        #expect(texts == [#"[1, {"b" : null}]"#, #""x\n""#, "1.50"])
    }

    @Test("reading and skipping agree on randomly damaged documents, and a tree that reads is written and read again")
    func damage() throws {
        var random = SeededGenerator()
        let alphabet = Array(#"{}[]",:\u0123eE+-.tfn "#.utf8) + [0x00, 0x0A, 0x7F]
        for _ in 0..<20_000 {
            var document = randomValue(depth: 4, &random).bytes
            for _ in 0..<Int.random(in: 0...3, using: &random) where !document.isEmpty {
                let place = Int.random(in: 0..<document.count, using: &random)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: document.remove(at: place)
                case 1: document.insert(byte, at: place)
                // Beside a multi-byte sequence only reading, which checks UTF-8, would notice.
                case 2 where document[place] < 0x80: document[place] = byte
                default: document.removeSubrange(place...)
                }
            }
            guard String(validating: document, as: UTF8.self) != nil else { continue }
            let tree = try? JSONValue(parsing: document)
            let skipped: Void? = try? read(document) { (reader) throws(JSONError) in try reader.skip() }
            #expect((tree == nil) == (skipped == nil), "\(random): \(document)")
            if let tree { #expect(try JSONValue(parsing: tree.bytes) == tree, "\(random): \(document)") }
        }
    }

    // MARK: Objects

    @Test("a field that the body leaves alone is skipped, one that it looks at is not lost")
    func unconsumedFields() throws {
        var names: [String] = []
        var value = 0
        try read(#"{"a":{"x":[1,2]},"b":[],"c":"s","d":1,"e":null,"f":7}"#) { (reader) throws(JSONError) in
            try reader.forEachField { (name, reader) throws(JSONError) in
                names.append(name.string)
                _ = try reader.peek()
                if name == "f" { value = try reader.int() }
            }
        }
        #expect(names == ["a", "b", "c", "d", "e", "f"])
        #expect(value == 7)
    }

    @Test("a body cannot read beyond its value")
    func overconsumption() {
        #expect(throws: JSONError.self) {
            try read(#"{"a":1,"b":2}"#) { (reader) throws(JSONError) in
                try reader.forEachField { (_, reader) throws(JSONError) in
                    _ = try reader.int()
                    _ = try reader.int()
                }
            }
        }
    }

    @Test("an error of the body comes through")
    func bodyError() {
        let error = #expect(throws: JSONError.self) {
            try read(#"{"a":[1]}"#) { (reader) throws(JSONError) in
                try reader.forEachField { (_, reader) throws(JSONError) in
                    try reader.forEachElement { (_) throws(JSONError) in throw JSONError(offset: 99, reason: "mine") }
                }
            }
        }
        #expect(error == JSONError(offset: 99, reason: "mine"))
    }

    @Test("a name that occurs twice is lent twice, in order")
    func duplicateNames() throws {
        var values: [Int] = []
        try read(#"{"a":1,"b":2,"a":3}"#) { (reader) throws(JSONError) in
            try reader.forEachField { (name, reader) throws(JSONError) in
                if name == "a" { values.append(try reader.int()) }
            }
        }
        #expect(values == [1, 3])
        #expect(try parse(#"{"a":1,"b":2,"a":3}"#).description == #"{"a":3,"b":2}"#)
    }

    @Test("elements come in order, and those that are left alone are skipped")
    func elements() throws {
        var values: [Int] = []
        try read(#"[1,"x",[2],{"a":3},4]"#) { (reader) throws(JSONError) in
            try reader.forEachElement { (reader) throws(JSONError) in
                if try reader.peek() == .number { values.append(try reader.int()) }
            }
        }
        #expect(values == [1, 4])
    }

    @Test("what a projection does with a document that it does not read to the end is checked all the same")
    func uncheckedRest() {
        #expect(throws: JSONError.self) {
            try read(#"{"a":1,"b":[}"#) { (reader) throws(JSONError) in
                try reader.forEachField { (name, reader) throws(JSONError) in
                    if name == "a" { _ = try reader.int() }
                }
            }
        }
    }
}

@Suite("FieldName")
struct FieldNameTests {
    private func names(_ text: String, _ body: (borrowing FieldName) -> Void) throws {
        try read(text) { (reader) throws(JSONError) in try reader.forEachField { (name, _) in body(name) } }
    }

    @Test("a name is equal byte for byte")
    func equality() throws {
        try names(#"{"metadata":1}"#) { name in
            #expect(name == "metadata")
            #expect(!(name == "metadat"))
            #expect(!(name == "metadata2"))
            #expect(!(name == "Metadata"))
            #expect(!(name == ""))
        }
        try names(#"{"":1}"#) { name in
            #expect(name == "")
            #expect(!(name == "a"))
        }
        try names("{\"e\u{301}\":1}") { name in #expect(!(name == "\u{e9}"), "equivalent, yet another name") }
    }

    @Test("an escaped name is compared by what it stands for")
    func escapedNames() throws {
        try names(#"{"met\u0061data":1}"#) { name in
            #expect(name == "metadata")
            #expect(name.string == "metadata")
        }
        try names(#"{"a\/b\n":1}"#) { name in #expect(name == "a/b\n") }
    }

    @Test("names can be switched over")
    func switching() throws {
        var found: [Int] = []
        try names(#"{"a":1,"bc":1,"d":1,"\u0062c":1}"#) { name in
            switch name {
            case "a": found.append(1)
            case "bc": found.append(2)
            default: found.append(0)
            }
        }
        #expect(found == [1, 2, 0, 2])
    }
}
