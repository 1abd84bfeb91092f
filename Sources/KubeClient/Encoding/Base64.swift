/// The standard alphabet of RFC 4648, as kubeconfigs and Secrets use it.
package enum Base64 {
    /// The bytes that the text stands for; nil when it is malformed.
    ///
    /// Whitespace is passed over, padding is required.
    package static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var (bits, count, padding): (UInt32, Int, Int) = (0, 0, 0)
        for character in text.utf8 {
            if character == UInt8(ascii: "=") {
                padding += 1
                count += 1
                continue
            }
            if [0x20, 0x09, 0x0A, 0x0D].contains(character) { continue }
            guard padding == 0, let value = value(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count % 4 == 0 { bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)] }
        }
        guard count % 4 == 0, padding <= 2 else { return nil }
        switch padding {
        case 1: bytes += [UInt8(bits >> 10 & 255), UInt8(bits >> 2 & 255)]
        case 2: bytes.append(UInt8(bits >> 4 & 255))
        default: break
        }
        return bytes
    }

    /// The text for the bytes, padded.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            if count % 3 == 0 { text += [18, 12, 6, 0].map { alphabet[Int(bits >> $0 & 63)] } }
        }
        switch count % 3 {
        case 1: text += [alphabet[Int(bits >> 2 & 63)], alphabet[Int(bits << 4 & 63)]] + Array("==".utf8)
        case 2:
            text += [10, 4].map { alphabet[Int(bits >> $0 & 63)] } + [alphabet[Int(bits << 2 & 63)]] + Array("=".utf8)
        default: break
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The six bits of a character; nil when it is not in the alphabet.
    package static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
