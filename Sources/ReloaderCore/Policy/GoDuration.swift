/// Durations as Go's `time.ParseDuration` reads them, such as `1h30m`, `1.5h` or `-300ms`.
public enum GoDuration {
    /// The duration, exact to a nanosecond; nil for what Go refuses: no unit, unknown unit, white space, more than 292 years.
    public static func parse(_ text: String) -> Duration? {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return .zero }
        guard !rest.isEmpty else { return nil }

        let limit = UInt64(1) << 63
        var total: UInt64 = 0
        while !rest.isEmpty {
            // Both are at most 2^63, so their sum can be too large even for its type.
            guard let part = part(&rest), part <= limit - total else { return nil }
            total += part
        }
        if isNegative { return .nanoseconds(total == limit ? Int64.min : -Int64(total)) }
        return total < limit ? .nanoseconds(Int64(total)) : nil
    }

    /// Reads one number with its unit; the result is at most 2^63 nanoseconds.
    private static func part(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        let limit = UInt64(1) << 63
        let start = rest.count
        var value: UInt64 = 0
        while let digit = digit(rest.first) {
            guard value <= limit / 10 else { return nil }
            value = value * 10 + digit
            guard value <= limit else { return nil }
            rest.removeFirst()
        }
        var hasDigits = rest.count < start

        // Digits beyond what fits are read but no longer change the fraction.
        var (fraction, scale, isFull) = (UInt64(0), 1.0, false)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            while let digit = digit(rest.first) {
                hasDigits = true
                rest.removeFirst()
                if isFull || fraction > (limit - 1) / 10 {
                    isFull = true
                    continue
                }
                let next = fraction * 10 + digit
                guard next <= limit else {
                    isFull = true
                    continue
                }
                (fraction, scale) = (next, scale * 10)
            }
        }
        guard hasDigits else { return nil }

        let name = rest.prefix { $0 != UInt8(ascii: ".") && digit($0) == nil }
        rest = rest.dropFirst(name.count)
        guard let unit = nanoseconds(perUnit: String(decoding: name, as: UTF8.self)), value <= limit / unit else {
            return nil
        }
        let total = value * unit + UInt64(Double(fraction) * (Double(unit) / scale))
        return total <= limit ? total : nil
    }

    private static func digit(_ byte: UInt8?) -> UInt64? {
        guard let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        return UInt64(byte - UInt8(ascii: "0"))
    }

    private static func nanoseconds(perUnit unit: String) -> UInt64? {
        switch unit {
        case "ns": 1
        case "us", "\u{B5}s", "\u{3BC}s": 1_000
        case "ms": 1_000_000
        case "s": 1_000_000_000
        case "m": 60_000_000_000
        case "h": 3_600_000_000_000
        default: nil
        }
    }
}
