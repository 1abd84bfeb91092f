import KubeClient

/// The URL alphabet of base64 without padding, in which continue tokens are written.
extension Base64 {
    static func urlEncode(_ bytes: [UInt8]) -> String {
        let text = encode(bytes).utf8.filter { $0 != UInt8(ascii: "=") }
        return String(decoding: text.map { byte in urlAlphabet.first { $0.plain == byte }?.url ?? byte }, as: UTF8.self)
    }

    /// Nil for text that is no base64.
    static func urlDecode(_ text: String) -> [UInt8]? {
        var plain = text.utf8.map { byte in urlAlphabet.first { $0.url == byte }?.plain ?? byte }
        while plain.count % 4 != 0 { plain.append(UInt8(ascii: "=")) }
        return decode(String(decoding: plain, as: UTF8.self))
    }

    private static let urlAlphabet = [
        (plain: UInt8(ascii: "+"), url: UInt8(ascii: "-")), (plain: UInt8(ascii: "/"), url: UInt8(ascii: "_")),
    ]
}
