import Testing

@testable import KubeClient

/// Escapes at every place.
@Suite struct JSONUnescapingTests {
    private static let escapes = [
        (#"\n"#, "\n"), (#"\t"#, "\t"), (#"\r"#, "\r"), (#"\b"#, "\u{8}"), (#"\f"#, "\u{C}"), (#"\""#, "\""),
        (#"\\"#, "\\"), (#"\/"#, "/"), (#"\u00e9"#, "é"), (#"\u4e2d"#, "中"), (#"\ud83d\ude00"#, "😀"),
        (#"\ud83d"#, "\u{FFFD}"), (#"\u0000"#, "\0"),
    ]

    private func string(_ content: String) throws(JSONError) -> String {
        try read("\"\(content)\"") { (reader) throws(JSONError) in try reader.string() }
    }

    private func bytes(_ content: String) throws(JSONError) -> [UInt8] {
        try read("\"\(content)\"") { (reader) throws(JSONError) in
            try reader.withStringBytes { (bytes) throws(JSONError) in copy(bytes) }
        }
    }

    @Test(arguments: escapes)
    func `an escape reads the same at every offset`(escape: String, meaning: String) throws {
        let plain = "abcdefghijklmnopqrstuvwxyz"
        for offset in 0...plain.count {
            let (head, tail) = (plain.prefix(offset), plain.dropFirst(offset))
            #expect(try string("\(head)\(escape)\(tail)") == "\(head)\(meaning)\(tail)")
            #expect(try bytes("\(head)\(escape)\(tail)") == Array("\(head)\(meaning)\(tail)".utf8))
            #expect(try string("\(head)\(escape)\(escape)x\(escape)") == "\(head)\(meaning)\(meaning)x\(meaning)")
        }
    }

    @Test func `many short runs are joined`() throws {
        var (text, meaning) = ("", "")
        for number in 0..<500 {
            let (escape, character) = Self.escapes[number % 8]
            let run = String(repeating: "ß", count: number % 13)
            text += run + escape
            meaning += run + character
        }
        #expect(try string(text) == meaning)
    }
}
