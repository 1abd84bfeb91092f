/// RFC 4648 base64 as Secrets and `binaryData` carry it.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The base64 text of bytes, padded.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var pending: UInt32 = 0
        var count = 0
        func flush(_ digits: Int) {
            for index in 0..<4 {
                let digit = alphabet[Int(pending >> (18 - 6 * UInt32(index))) & 63]
                text.append(index < digits ? digit : UInt8(ascii: "="))
            }
        }
        for byte in bytes {
            pending |= UInt32(byte) << (16 - 8 * UInt32(count))
            count += 1
            if count == 3 {
                flush(4)
                (pending, count) = (0, 0)
            }
        }
        if count > 0 { flush(count + 1) }
        return String(decoding: text, as: UTF8.self)
    }

    /// How many bytes a well-formed text stands for.
    package static func decodedCount(of text: String) -> Int {
        let digits = text.utf8.count { $0 != UInt8(ascii: "=") && $0 != 10 && $0 != 13 }
        return digits * 6 / 8
    }

    /// The bytes of a text; nil when it is not base64.
    package static func decode(_ text: String) -> [UInt8]? {
        guard firstFault(in: text) == nil else { return nil }
        var bytes: [UInt8] = []
        var (pending, bits): (UInt32, UInt32) = (0, 0)
        for byte in text.utf8 {
            guard let digit = value(of: byte) else { continue }
            pending = pending << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        return bytes
    }

    /// Where Go's decoder gives up: the offset of the first byte that cannot be; nil for well-formed text.
    package static func firstFault(in text: String) -> Int? {
        var digits = 0
        var padding = 0
        for (offset, byte) in text.utf8.enumerated() {
            if byte == 10 || byte == 13 { continue }
            if padding > 0 {
                guard byte == UInt8(ascii: "="), digits + padding < 4 else { return offset }
                padding += 1
            } else if byte == UInt8(ascii: "=") {
                guard digits >= 2 else { return offset }
                padding = 1
            } else if value(of: byte) == nil {
                return offset
            } else {
                digits = (digits + 1) % 4
            }
        }
        if padding > 0 { return digits + padding == 4 ? nil : text.utf8.count }
        return digits == 0 ? nil : text.utf8.count - digits
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
