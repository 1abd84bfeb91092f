import Testing

@testable import KubeClient

@Suite struct Base64Tests {
    @Test(
        "the vectors of RFC 4648 hold in both directions",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("\u{0}ÿ", "AMO/"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test("all byte values survive, at each length modulo three")
    func roundTrip() {
        let bytes = (0..<256).map { UInt8($0) }
        for count in 250...256 { #expect(Base64.decode(Base64.encode(bytes[..<count])) == Array(bytes[..<count])) }
    }

    @Test("line breaks are passed over")
    func lineBreaks() { #expect(Base64.decode("Zm9v\r\nYmFy\n") == Array("foobar".utf8)) }

    @Test(
        "malformed text is refused", arguments: ["Z", "Zg", "Zg=", "Zg===", "====", "Z=g=", "Zm9v!", "Zm-v", "Zm9véé"])
    func malformed(text: String) { #expect(Base64.decode(text) == nil) }
}
