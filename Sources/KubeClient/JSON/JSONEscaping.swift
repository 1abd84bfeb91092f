extension [UInt8] {
    /// Appends `text` as a JSON string, escaped as Go's `encoding/json` does since Go 1.22.
    mutating func appendJSONString(_ text: String, escapesHTML: Bool) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { buffer in
            let content = unsafe BorrowedBytes(UnsafeRawBufferPointer(buffer))
            appendEscaped(content, escapesHTML: escapesHTML)
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ content: BorrowedBytes, escapesHTML: Bool) {
        var copied = 0
        for offset in 0..<content.count {
            let byte = content[offset]
            guard byte.mayNeedEscape, let escape = content.escape(at: offset, escapesHTML: escapesHTML)
            else { continue }
            content[copied..<offset].append(to: &self)
            self += escape.text.utf8
            copied = offset + escape.length
        }
        content[copied..<content.count].append(to: &self)
    }
}

extension BorrowedBytes {
    /// How the character at `offset` is escaped, and how many bytes it occupies here; nil when it stands for itself.
    fileprivate func escape(at offset: Int, escapesHTML: Bool) -> (text: String, length: Int)? {
        switch self[offset] {
        case UInt8(ascii: "\""): ("\\\"", 1)
        case UInt8(ascii: "\\"): ("\\\\", 1)
        case 0x08: ("\\b", 1)
        case 0x09: ("\\t", 1)
        case 0x0A: ("\\n", 1)
        case 0x0C: ("\\f", 1)
        case 0x0D: ("\\r", 1)
        case 0..<0x10: ("\\u000" + String(self[offset], radix: 16), 1)
        case 0x10..<0x20: ("\\u00" + String(self[offset], radix: 16), 1)
        case UInt8(ascii: "<") where escapesHTML: ("\\u003c", 1)
        case UInt8(ascii: ">") where escapesHTML: ("\\u003e", 1)
        case UInt8(ascii: "&") where escapesHTML: ("\\u0026", 1)
        // U+2028 and U+2029 end a line in JavaScript; Go escapes them whatever the option.
        case 0xE2 where offset + 2 < count && self[offset + 1] == 0x80 && self[offset + 2] | 1 == 0xA9:
            (self[offset + 2] == 0xA8 ? "\\u2028" : "\\u2029", 3)
        default: nil
        }
    }
}

extension UInt8 {
    /// Whether an escape can begin with this byte; cheap, for the many that cannot.
    @inline(__always)
    fileprivate var mayNeedEscape: Bool {
        self < 0x20 || self == 0x22 || self == 0x5C || self == 0x3C || self == 0x3E || self == 0x26 || self == 0xE2
    }
}
