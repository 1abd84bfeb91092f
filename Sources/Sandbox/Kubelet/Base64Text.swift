/// The text that a value of a Secret's `data` stands for; nil when it is not base64.
///
/// What is not UTF-8 gets replacement characters: environment variables are text.
func decodedBase64(_ text: String) -> String? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bytes: [UInt8] = []
    var (bits, count) = (UInt32(0), 0)
    let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }
    guard text.utf8.count % 4 == 0, text.utf8.count - digits.count <= 2 else { return nil }
    for digit in digits {
        guard let value = alphabet.firstIndex(of: digit) else { return nil }
        bits = bits << 6 | UInt32(value)
        count += 6
        if count >= 8 {
            count -= 8
            bytes.append(UInt8(bits >> UInt32(count) & 255))
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
