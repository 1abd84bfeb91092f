package import KubeClient

/// What the API server says about base64 that clients send, as Go's decoder sees it.
extension Base64 {
    /// How many bytes a well-formed text stands for.
    package static func decodedCount(of text: String) -> Int {
        let digits = text.utf8.count { $0 != UInt8(ascii: "=") && $0 != 10 && $0 != 13 }
        return digits * 6 / 8
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
}
