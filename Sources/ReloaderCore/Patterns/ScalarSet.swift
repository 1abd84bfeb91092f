/// A set of Unicode scalars for character classes: a bit per ASCII character, sorted ranges beyond.
struct ScalarSet: Hashable, Sendable {
    static let last: UInt32 = 0x10FFFF

    private var low: UInt64 = 0
    private var high: UInt64 = 0
    /// Disjoint, ascending, not adjacent; all at or above 128.
    private var wide: [ClosedRange<UInt32>] = []

    init() {}

    init(_ ranges: ClosedRange<Unicode.Scalar>...) {
        for range in ranges { insert(range.lowerBound.value...range.upperBound.value) }
    }

    /// The ASCII characters that fulfil the condition.
    init(ascii condition: (Unicode.Scalar) -> Bool) {
        for value in UInt8.min..<128 where condition(Unicode.Scalar(value)) { insert(UInt32(value)...UInt32(value)) }
    }

    static let digits = ScalarSet("0"..."9")
    static let words = ScalarSet("0"..."9", "A"..."Z", "_"..."_", "a"..."z")
    static let spaces = ScalarSet("\t"..."\n", "\u{c}"..."\r", " "..." ")
    static let all = ScalarSet().inverted
    static let allButNewline = ScalarSet("\n"..."\n").inverted

    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return low >> UInt64(scalar) & 1 == 1 }
        if scalar < 128 { return high >> UInt64(scalar - 64) & 1 == 1 }
        return wide.contains { $0.contains(scalar) }
    }

    mutating func insert(_ range: ClosedRange<UInt32>) {
        for scalar in range.prefix(while: { $0 < 128 }) {
            if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
        }
        guard range.upperBound >= 128 else { return }
        wide.append(max(range.lowerBound, 128)...range.upperBound)
        normalize()
    }

    mutating func formUnion(_ other: ScalarSet) {
        low |= other.low
        high |= other.high
        guard !other.wide.isEmpty else { return }
        wide += other.wide
        normalize()
    }

    private mutating func normalize() {
        var merged: [ClosedRange<UInt32>] = []
        for range in wide.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        wide = merged
    }

    /// Everything that is not in the set.
    var inverted: ScalarSet {
        var result = ScalarSet()
        (result.low, result.high) = (~low, ~high)
        var next: UInt32 = 128
        for range in wide {
            if range.lowerBound > next { result.wide.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { result.wide.append(next...Self.last) }
        return result
    }

    /// The set with the other case of each ASCII letter, and with the two scalars beyond ASCII that fold to one.
    ///
    /// Names of Kubernetes objects are ASCII, so letters beyond it are left as they are.
    var folded: ScalarSet {
        var result = self
        let letters: UInt64 = 0x07FF_FFFE
        let upper = high & letters
        let lower = (high >> 32) & letters
        result.high |= upper << 32 | lower
        for (letter, partner) in [("k", "\u{212A}"), ("s", "\u{17F}")] as [(Unicode.Scalar, Unicode.Scalar)] {
            if result.contains(letter.value) {
                result.insert(partner.value...partner.value)
            } else if contains(partner.value) {
                result.insert(letter.value...letter.value)
                result.insert(letter.value - 32...letter.value - 32)
            }
        }
        return result
    }
}
