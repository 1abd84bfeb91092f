import KubeClient

/// A point in time as API objects carry it: `metav1.Time` (whole seconds) or `metav1.MicroTime` (six fraction digits).
package struct APITime: Hashable, Sendable {
    /// How a time is written.
    ///
    /// The layout text is the one that Go's messages quote.
    package enum Layout: String, Sendable {
        case seconds = "2006-01-02T15:04:05Z07:00"
        case microseconds = "2006-01-02T15:04:05.000000Z07:00"
    }

    /// Text that is no time of the layout.
    package struct ParsingFailure: Error, Equatable, Sendable { package var message: String }

    /// Seconds since 1970-01-01T00:00:00Z.
    package var seconds: Int64
    /// Microseconds inside the second.
    package var microseconds: Int

    package init(seconds: Int64, microseconds: Int = 0) {
        self.seconds = seconds
        self.microseconds = microseconds
    }

    /// The time in UTC.
    package func text(_ layout: Layout) -> String {
        let time = Timestamp(seconds: seconds, nanoseconds: Int64(microseconds) * 1000)
        return switch layout {
        case .seconds: time.rfc3339
        case .microseconds: time.rfc3339Micro
        }
    }

    /// Reads a time as Go does: the layout to the letter, any zone.
    ///
    /// A fraction is allowed and dropped for ``Layout/seconds``.
    package init(parsing text: String, layout: Layout) throws(ParsingFailure) {
        var rest = Substring(text)
        func failure(_ expected: String) -> ParsingFailure {
            ParsingFailure(
                message: "parsing time \(goQuoted(text)) as \(goQuoted(layout.rawValue)): cannot parse "
                    + "\(goQuoted(String(rest))) as \(goQuoted(expected))")
        }
        func number(_ count: Int, _ expected: String) throws(ParsingFailure) -> Int64 {
            let digits = rest.prefix(count)
            guard digits.utf8.count == count, digits.utf8.allSatisfy({ (48...57).contains($0) }),
                let value = Int64(digits)
            else { throw failure(expected) }
            rest = rest.dropFirst(count)
            return value
        }
        func literal(_ character: Character) throws(ParsingFailure) {
            guard rest.first == character else { throw failure(String(character)) }
            rest = rest.dropFirst()
        }
        func range(_ value: Int64, _ range: ClosedRange<Int64>, _ what: String) throws(ParsingFailure) {
            guard !range.contains(value) else { return }
            throw ParsingFailure(message: "parsing time \(goQuoted(text)): \(what) out of range")
        }
        let year = try number(4, "2006")
        try literal("-")
        let month = try number(2, "01")
        try range(month, 1...12, "month")
        try literal("-")
        let day = try number(2, "02")
        try literal("T")
        let hour = try number(2, "15")
        try range(hour, 0...23, "hour")
        try literal(":")
        let minute = try number(2, "04")
        try range(minute, 0...59, "minute")
        try literal(":")
        let second = try number(2, "05")
        try range(second, 0...59, "second")
        try range(day, 1...Timestamp.days(in: month, year), "day")
        var microseconds = 0
        if layout == .microseconds {
            let digits = rest.dropFirst().prefix(6)
            guard rest.first == ".", digits.utf8.count == 6, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw failure(".000000")
            }
            microseconds = Int(digits) ?? 0
            rest = rest.dropFirst(7)
        } else if rest.first == "." {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            if !digits.isEmpty { rest = rest.dropFirst(1 + digits.count) }
        }
        var offset: Int64 = 0
        if rest.first == "Z" {
            rest = rest.dropFirst()
        } else {
            let zone = rest.prefix(6)
            let parts = zone.dropFirst().split(separator: ":")
            guard zone.utf8.count == 6, zone.first == "+" || zone.first == "-", parts.count == 2,
                let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60
            else { throw failure("Z07:00") }
            offset = (hours * 3600 + minutes * 60) * (zone.first == "-" ? -1 : 1)
            rest = rest.dropFirst(6)
        }
        guard rest.isEmpty else {
            throw ParsingFailure(message: "parsing time \(goQuoted(text)): extra text: \(goQuoted(String(rest)))")
        }
        let clock = hour * 3600 + minute * 60 + second - offset
        self.init(seconds: Timestamp.days(toYear: year, month, day) * 86_400 + clock, microseconds: microseconds)
    }
}
