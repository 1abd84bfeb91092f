/// An object's uid in 16 bytes when it is a lower-case UUID, as the API server makes them; the text otherwise.
///
/// A uid's text costs 80 bytes of heap, about a third of everything that is kept per config.
enum CompactUID: Hashable, Sendable {
    case uuid(UInt64, UInt64)
    case text(String)

    init(_ text: String) {
        var (halves, digits) = ((UInt64(0), UInt64(0)), 0)
        for (index, byte) in text.utf8.enumerated() {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "-") where Self.isHyphen(index): continue
            default:
                self = .text(text)
                return
            }
            if Self.isHyphen(index) || digits == 32 {
                self = .text(text)
                return
            }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(value)
            } else {
                halves.1 = halves.1 << 4 | UInt64(value)
            }
            digits += 1
        }
        self = digits == 32 ? .uuid(halves.0, halves.1) : .text(text)
    }

    private static func isHyphen(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }

    /// The text as it was given.
    var text: String {
        guard case .uuid(let high, let low) = self else {
            if case .text(let text) = self { return text }
            return ""
        }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for half in [high, low] {
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                if Self.isHyphen(text.count) { text.append(UInt8(ascii: "-")) }
                text.append(digits[Int(half >> shift & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
