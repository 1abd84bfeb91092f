import ControllerTestKit
import KubeClient
import Testing

@Suite("JSON as Go reads it")
struct GoJSONParserTests {
    private func parse(_ text: String) throws -> GoJSONParser.Document { try GoJSONParser.parse(Array(text.utf8)) }

    @Test(
        "faults are worded as Go words them",
        arguments: [
            ("", "unexpected end of JSON input"), ("{", "unexpected end of JSON input"),
            ("[1", "unexpected end of JSON input"), ("\"a", "unexpected end of JSON input"),
            ("data:", "invalid character 'd' looking for beginning of value"),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("1 x", "invalid character 'x' after top-level value"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("nul", "unexpected end of JSON input"), ("nulx", "invalid character 'x' in literal null (expecting 'l')"),
            ("-x", "invalid character 'x' in numeric literal"), ("01", "invalid character '1' after top-level value"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1ex", "invalid character 'x' in exponent of numeric literal"),
            ("\"\n\"", "invalid character '\\n' in string literal"),
            ("\"\\x\"", "invalid character 'x' in string escape code"),
            ("\"\\u12x4\"", "invalid character 'x' in \\u hexadecimal character escape"),
        ])
    func faults(text: String, message: String) {
        let failure = #expect(throws: GoJSONParser.Failure.self) { try parse(text) }
        #expect(failure?.message == message)
    }

    @Test("numbers keep their text, strings are unescaped, order stays")
    func values() throws {
        let document = try parse(#" {"b":1.50,"a":["\u00e9\ud83d\ude00\n\/",true,null,-0,1e5]} "#)
        #expect(goJSON(document.value) == #"{"b":1.50,"a":["é😀\n/",true,null,-0,1e5]}"#)
    }

    @Test("a lone surrogate becomes the replacement character")
    func surrogates() throws {
        #expect(try parse(#""\ud800x""#).value == .string("\u{FFFD}x"))
        #expect(try parse(#""\ud800\u0041""#).value == .string("\u{FFFD}A"))
    }

    @Test("the last of two members counts, and both are reported")
    func duplicates() throws {
        let document = try parse(#"{"a":1,"m":{"k":"1","k":"2"},"a":2}"#)
        #expect(goJSON(document.value) == #"{"a":2,"m":{"k":"2"}}"#)
        #expect(document.duplicates == ["a", "m.k"])
    }

    @Test("a document that is nested too deeply is refused, not a crash")
    func depth() {
        #expect(throws: GoJSONParser.Failure.self) { try parse(String(repeating: "[", count: 100_000)) }
    }

    @Test("what Go escapes is escaped")
    func writing() {
        let text = JSONValue.string("<a href=\"x\">&\u{2028}\u{1}\\")
        #expect(goJSON(text) == #""\u003ca href=\"x\"\u003e\u0026\u2028\u0001\\""#)
    }
}
