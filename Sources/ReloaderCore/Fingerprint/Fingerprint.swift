/// The SHA-1 of a config's payload: what markers carry and what changes are detected by.
///
/// 20 bytes, stored inline. Compatible with markers that other versions of Reloader wrote; it is an identity of content, not a protection.
public struct Fingerprint: Hashable, Sendable {
    private let words: Words

    /// Five words in reading order; a tuple would not be hashable.
    private struct Words: Hashable, Sendable {
        var (a, b, c, d, e): (UInt32, UInt32, UInt32, UInt32, UInt32)
    }

    /// Reads 20 bytes; nil for any other count.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 20 else { return nil }
        self.init(Array(bytes).span)
    }

    /// Reads 20 bytes.
    init(_ bytes: Span<UInt8>) {
        func word(_ start: Int) -> UInt32 { (start..<start + 4).reduce(0) { $0 << 8 | UInt32(bytes[$1]) } }
        words = Words(a: word(0), b: word(4), c: word(8), d: word(12), e: word(16))
    }

    /// Reads 40 hexadecimal digits of either case; nil for anything else.
    public init?(hex: some StringProtocol) {
        let digits = hex.utf8.compactMap(Self.value(ofHexDigit:))
        guard digits.count == 40, hex.utf8.count == 40 else { return nil }
        self.init(bytes: (0..<20).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] })
    }

    private init(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32) {
        words = Words(a: a, b: b, c: c, d: d, e: e)
    }

    private static func value(ofHexDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// 40 lower-case hexadecimal digits, as written into markers.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(40)
        for word in [words.a, words.b, words.c, words.d, words.e] {
            for shift in stride(from: UInt32(28), through: 0, by: -4) { text.append(digits[Int(word >> shift & 15)]) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Of an empty payload.
    public static let empty = Fingerprint(0xda39_a3ee, 0x5e6b_4b0d, 0x3255_bfef, 0x9560_1890, 0xafd8_0709)

    /// What the annotations strategy records for a deleted config: the SHA-1 of `__RELOADER_EMPTY_DELETE_MARKER__`.
    public static let deletion = Fingerprint(0xaae4_5bad, 0xef99_284e, 0x4dae_01d6, 0x0461_54ea, 0x9d99_532f)
}

extension Fingerprint: CustomStringConvertible {
    /// ``hex``.
    public var description: String { hex }
}
