import KubeClient
import Testing

@Suite("JSONValue")
struct JSONValueTests {
    @Test(
        "a compact document is written as it was read",
        arguments: [
            "null", "true", "[]", "{}", #"{"z":1,"a":[1.50,-0,1e+2,10000000000000000000000]}"#,
            #"["a\n\u003c\u2028é"]"#,
            #"{"a":{"b":{"c":null}}}"#,
        ])
    func verbatim(_ text: String) throws { #expect(try parse(text).description == text) }

    @Test("whitespace is dropped")
    func whitespace() throws { #expect(try parse(" { \"a\" : [ 1 , 2 ] }\n").description == #"{"a":[1,2]}"#) }

    @Test("literals make trees")
    func literals() {
        let value: JSONValue = ["s": "x", "i": 1, "b": true, "n": .null, "a": [1, "2"], "o": ["k": -1]]
        #expect(value.description == #"{"s":"x","i":1,"b":true,"n":null,"a":[1,"2"],"o":{"k":-1}}"#)
    }

    @Test("accessors give the value of their kind only")
    func accessors() {
        let value: JSONValue = ["s": "x", "i": 12, "d": .number("1.5"), "b": true, "n": .null, "a": [1], "o": [:]]
        #expect(value["s"]?.string == "x")
        #expect(value["i"]?.int == 12)
        #expect(value["i"]?.double == 12)
        #expect(value["d"]?.double == 1.5)
        #expect(value["d"]?.int == nil)
        #expect(value["b"]?.bool == true)
        #expect(value["n"]?.isNull == true)
        #expect(value["a"]?.array == [1])
        #expect(value["a"]?[0] == 1)
        #expect(value["a"]?[1] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["o"]?.object?.isEmpty == true)
        #expect(value["s"]?.int == nil)
        #expect(value["i"]?.string == nil)
        #expect(value["x"] == nil)
        #expect(value["s"]?["x"] == nil)
    }

    @Test("members and elements are assigned, appended and removed")
    func mutation() {
        var value = JSONValue.null
        value["a"] = 1
        value["b"] = [1, 2]
        value["b"]?[2] = 3
        value["b"]?[0] = nil
        value["c"] = 4
        value["a"] = nil
        value["c"]?["x"] = 5
        value["b"]?[7] = 8
        #expect(value.description == #"{"b":[2,3],"c":4}"#)
    }

    @Test("equality ignores the order of members and nothing else")
    func equality() throws {
        #expect(try parse(#"{"a":1,"b":2}"#) == parse(#"{"b":2,"a":1}"#))
        #expect(try parse(#"{"a":1,"b":2}"#).hashValue == parse(#"{"b":2,"a":1}"#).hashValue)
        #expect(try parse("[1,2]") != parse("[2,1]"))
        #expect(try parse("1") != parse("1.0"))
        #expect(try parse("1") != parse("\"1\""))
        #expect(try parse(#"{"a":null}"#) != parse("{}"))
        #expect(try parse("\"e\u{301}\"") != parse("\"\u{e9}\""))
    }

    @Test("pretty printing has one member or element a line")
    func prettyPrinting() throws {
        #expect(
            try parse(#"{"a":[1,{"b":"<"}],"c":{},"d":[]}"#).prettyPrinted() == """
                {
                  "a": [
                    1,
                    {
                      "b": "\\u003c"
                    }
                  ],
                  "c": {},
                  "d": []
                }
                """)
        #expect(try parse("[1]").prettyPrinted(indent: 4) == "[\n    1\n]")
        #expect(try parse("1").prettyPrinted() == "1")
    }

    @Test("names are sorted by their bytes at every level")
    func sorting() throws {
        let value = try parse(#"{"b":[{"z":1,"y":2}],"a":0,"B":0,"é":0,"aa":0}"#)
        #expect(value.sortedByName().description == #"{"B":0,"a":0,"aa":0,"b":[{"y":2,"z":1}],"é":0}"#)
    }
}

@Suite("JSONObject")
struct JSONObjectTests {
    @Test("small and large objects behave the same", arguments: [0, 1, 15, 16, 17, 40])
    func sizes(_ count: Int) {
        var object = JSONObject()
        for index in 0..<count { object["k\(index)"] = JSONValue(index) }
        #expect(object.count == count)
        #expect(object.names == (0..<count).map { "k\($0)" })
        for index in 0..<count { #expect(object["k\(index)"] == JSONValue(index)) }
        #expect(object["other"] == nil)

        for index in 0..<count where index.isMultiple(of: 3) { object["k\(index)"] = nil }
        for index in 0..<count {
            #expect(object["k\(index)"] == (index.isMultiple(of: 3) ? nil : JSONValue(index)))
        }
        object["new"] = "x"
        #expect(object.names.last == "new")
        for index in 0..<count { object["k\(index)"] = "changed" }
        for index in 0..<count { #expect(object["k\(index)"] == "changed") }
        #expect(object["new"] == "x")
    }

    @Test("random writes agree with a plain list of pairs")
    func model() {
        var random = SeededGenerator()
        var object = JSONObject()
        var model: [(String, JSONValue)] = []
        for _ in 0..<2_000 {
            let name = "k\(Int.random(in: 0..<40, using: &random))"
            let position = model.firstIndex { $0.0 == name }
            if Bool.random(using: &random) {
                let value = JSONValue(Int.random(in: 0..<9, using: &random))
                object[name] = value
                if let position { model[position].1 = value } else { model.append((name, value)) }
            } else {
                object[name] = nil
                if let position { model.remove(at: position) }
            }
            #expect(object.names == model.map(\.0), "\(random)")
            #expect(object.members.map(\.value) == model.map(\.1), "\(random)")
        }
    }

    @Test("names are told apart by their bytes", arguments: [2, 30])
    func equivalentNames(_ count: Int) {
        var object = JSONObject((0..<count).map { ("k\($0)", 0) })
        object["e\u{301}"] = 1
        object["\u{e9}"] = 2
        #expect(object.count == count + 2)
        #expect(object["e\u{301}"] == 1)
        #expect(object["\u{e9}"] == 2)
    }

    @Test("a large object is read in linear time", .timeLimit(.minutes(1)))
    func large() throws {
        let text = "{" + (0..<200_000).map { "\"key-\($0)\":\($0)" }.joined(separator: ",") + "}"
        let value = try parse(text)
        #expect(value["key-199999"]?.int == 199_999)
        #expect(value.bytes == Array(text.utf8))
    }
}

@Suite("JSONPointer")
struct JSONPointerTests {
    // The document of RFC 6901, section 5.
    private let document =
        #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#

    @Test(
        "the examples of RFC 6901",
        arguments: [
            ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"),
            ("/e^f", "3"),
            ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"),
        ])
    func examples(_ text: String, _ expected: String) throws {
        let pointer = try #require(JSONPointer(parsing: text))
        #expect(try parse(document)[at: pointer]?.description == expected)
        #expect(pointer.description == text)
        let object = try decode(UnstructuredObject.self, document)
        #expect(object[at: pointer]?.description == expected)
    }

    @Test("the empty pointer is the whole document")
    func whole() throws { #expect(try parse(document)[at: ""]?.description == document) }

    @Test(
        "what is not there is nil",
        arguments: ["/x", "/foo/2", "/foo/-", "/foo/00", "/foo/01", "/foo/+1", "/foo/0/x", "/a"])
    func missing(_ text: String) throws {
        let pointer = try #require(JSONPointer(parsing: text))
        #expect(try parse(document)[at: pointer] == nil)
        #expect(try decode(UnstructuredObject.self, document)[at: pointer] == nil)
    }

    @Test("what is no pointer does not parse", arguments: ["a", "a/b", "/~", "/~2", "/a~", " /a"])
    func invalid(_ text: String) { #expect(JSONPointer(parsing: text) == nil) }

    @Test("~01 is ~1 and not a slash")
    func escapeOrder() { #expect(JSONPointer(parsing: "/~01")?.tokens == ["~1"]) }

    @Test("assigning creates objects on the way, replaces, appends and removes")
    func assigning() {
        var value = JSONValue.null
        value[at: "/metadata/labels/app"] = "web"
        value[at: "/metadata/labels/a~1b"] = 1
        value[at: "/list"] = [1, 2]
        value[at: "/list/-"] = 3
        value[at: "/list/0"] = 0
        value[at: "/list/3"] = 4
        value[at: "/list/1"] = nil
        value[at: "/list/9"] = 9
        value[at: "/list/9/x"] = 9
        value[at: "/metadata/labels/app/x"] = 9
        value[at: "/metadata/gone/x"] = nil
        #expect(value.description == #"{"metadata":{"labels":{"app":"web","a/b":1}},"list":[0,3,4]}"#)
        value[at: "/metadata/labels"] = nil
        #expect(value.description == #"{"metadata":{},"list":[0,3,4]}"#)
        value[at: ""] = 1
        #expect(value == 1)
    }
}
