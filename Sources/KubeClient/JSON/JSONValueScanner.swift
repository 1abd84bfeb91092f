/// Finds where one JSON value ends, over pieces of any size; each byte is looked at once.
///
/// Counts brackets and minds strings, no more: it finds the end of every well-formed value, and leaves it to the reader
/// of the value to say that another is not well-formed.
struct JSONValueScanner: Sendable {
    private enum Mode { case beginning, structure, string, escape, scalar }

    private var mode = Mode.beginning
    private var depth = 0

    /// Where the value ends in the piece, nil when it goes on in the next.
    ///
    /// `offset` is where the value begins in its first piece, 0 in the others.
    mutating func end(in piece: BorrowedBytes, from offset: Int) -> Int? {
        var offset = offset
        while offset < piece.count {
            switch mode {
            case .beginning:
                switch piece[offset] {
                case UInt8(ascii: "\""): mode = .string
                case UInt8(ascii: "{"), UInt8(ascii: "["): (mode, depth) = (.structure, 1)
                default: mode = .scalar
                }
                offset += 1
            case .structure:
                let byte = piece[offset]
                offset += 1
                if byte == UInt8(ascii: "\"") {
                    mode = .string
                } else if byte | 0x20 == UInt8(ascii: "{") {
                    depth += 1
                } else if byte | 0x20 == UInt8(ascii: "}") {
                    depth -= 1
                    if depth == 0 { return offset }
                }
            case .string:
                guard let found = piece.firstQuoteOrBackslash(from: offset) else { return nil }
                offset = found + 1
                if piece[found] == UInt8(ascii: "\\") {
                    mode = .escape
                } else if depth == 0 {
                    return offset
                } else {
                    mode = .structure
                }
            case .escape:
                // The digits of \u need no care: none of them ends a string.
                mode = .string
                offset += 1
            case .scalar:
                switch piece[offset] {
                case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): return offset
                case let byte where byte.isJSONWhitespace: return offset
                default: offset += 1
                }
            }
        }
        return nil
    }
}

extension UInt8 {
    /// Space, line feed, carriage return or tab.
    @inline(__always)
    var isJSONWhitespace: Bool { self <= 0x20 && (self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09) }

    /// Whether a JSON value can begin with this byte.
    var beginsJSONValue: Bool {
        switch self {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            true
        default: false
        }
    }
}
