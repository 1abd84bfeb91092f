import KubeClient
import Testing

@Suite("JSONWriter")
struct JSONWriterTests {
    @Test("members keep the order of the calls, and commas stand between values only")
    func structure() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("b", "x")
            writer.field("a", 1)
            writer.field("c", true)
            writer.object("o") { _ in }
            writer.array("l") { _ in }
            writer.array("n") { writer in
                writer.int(-1)
                writer.null()
                writer.object { $0.field("k", false) }
                writer.array { $0.string("") }
                writer.raw(Array("[ 1]".utf8))
            }
            writer.field("v", ["z": [1, "2", .null]])
        }
        #expect(
            writer.string
                == #"{"b":"x","a":1,"c":true,"o":{},"l":[],"n":[-1,null,{"k":false},[""],[ 1]],"v":{"z":[1,"2",null]}}"#
        )
    }

    @Test("a value that ends in a bracket or colon is still followed by a comma")
    func commas() {
        var writer = JSONWriter()
        writer.array { writer in
            writer.string("[")
            writer.string("{")
            writer.string(":")
            writer.string("")
            writer.array { _ in }
        }
        #expect(writer.string == #"["[","{",":","",[]]"#)
    }

    @Test(
        "strings are escaped as Go escapes them",
        arguments: [
            ("", ""), ("abc", "abc"), ("\"", #"\""#), ("\\", #"\\"#), ("/", "/"), ("\u{8}\u{C}\n\r\t", #"\b\f\n\r\t"#),
            ("\0\u{1}\u{B}\u{1F}", #"\u0000\u0001\u000b\u001f"#), ("\u{7F}", "\u{7F}"),
            ("<a>&</a>", #"\u003ca\u003e\u0026\u003c/a\u003e"#),
            ("\u{2027}\u{2028}\u{2029}\u{202A}", "\u{2027}\\u2028\\u2029\u{202A}"), ("é漢😀\u{FFFD}", "é漢😀\u{FFFD}"),
            ("a<", #"a\u003c"#), ("'", "'"),
        ])
    func escaping(_ text: String, _ expected: String) {
        var writer = JSONWriter()
        writer.string(text)
        #expect(writer.string == "\"\(expected)\"")
    }

    @Test("without HTML escaping only HTML's characters differ")
    func withoutHTML() {
        var writer = JSONWriter(escapesHTML: false)
        writer.string("<&>\u{2028}\"\n")
        #expect(writer.string == #""<&>\u2028\"\n""#)
    }

    @Test("the annotation that Reloader writes has Go's bytes")
    func annotation() {
        var source = JSONWriter()
        source.object { writer in
            writer.field("type", "CONFIGMAP")
            writer.field("name", "my-config")
            writer.field("namespace", "default")
            writer.field("hash", "6b3093988321555757cc9b88a5f2d59101a0261c")
            writer.array("containerRefs") { $0.string("app") }
            writer.field("observedAt", 1_786_340_000)
        }
        var patch = JSONWriter()
        patch.object { $0.object("annotations") { $0.field("from", source.string) } }
        #expect(
            patch.string
                == #"{"annotations":{"from":"{\"type\":\"CONFIGMAP\",\"name\":\"my-config\",\"namespace\":\"default\","#
                + #"\"hash\":\"6b3093988321555757cc9b88a5f2d59101a0261c\",\"containerRefs\":[\"app\"],"#
                + #"\"observedAt\":1786340000}"}}"#)
    }

    @Test("what is written reads back as the same tree, for random strings")
    func roundTrip() throws {
        var random = SeededGenerator()
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x10FFFF), using: &random))
                    ?? "\u{FFFD}"
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            let value = JSONValue.object([String(text): .string(String(text))])
            #expect(try JSONValue(parsing: value.bytes) == value, "\(random)")
        }
    }
}
