extension Timestamp {
    /// Reads RFC 3339: any offset, any number of fraction digits; nil for anything else.
    ///
    /// A leap second is the first second of the next minute.
    public init?(rfc3339 text: String) {
        var rest = Array(text.utf8)[...]
        guard let year = Self.digits(4, of: &rest), Self.skip("-", in: &rest),
            let month = Self.digits(2, of: &rest), Self.skip("-", in: &rest),
            let day = Self.digits(2, of: &rest), Self.skip("T", in: &rest),
            let hour = Self.digits(2, of: &rest), Self.skip(":", in: &rest),
            let minute = Self.digits(2, of: &rest), Self.skip(":", in: &rest),
            let second = Self.digits(2, of: &rest), let fraction = Self.fraction(of: &rest),
            let offset = Self.offset(of: &rest), rest.isEmpty,
            (1...12).contains(month), day >= 1, day <= Self.days(in: month, year), hour < 24, minute < 60, second <= 60
        else { return nil }
        let time = hour * 3600 + minute * 60 + second
        self.init(seconds: Self.days(toYear: year, month, day) * 86_400 + time - offset, nanoseconds: fraction)
    }

    /// The time that lies `duration` later.
    package func advanced(by duration: Duration) -> Timestamp {
        let (whole, attoseconds) = (duration + .nanoseconds(nanoseconds)).components
        let rest = attoseconds / 1_000_000_000
        return rest < 0
            ? Timestamp(seconds: seconds + whole - 1, nanoseconds: rest + 1_000_000_000)
            : Timestamp(seconds: seconds + whole, nanoseconds: rest)
    }

    /// The time from this moment to another; negative when the other is earlier.
    package func duration(to other: Timestamp) -> Duration {
        .seconds(other.seconds - seconds) + .nanoseconds(other.nanoseconds - nanoseconds)
    }

    // MARK: reading

    private static func digits(_ count: Int, of rest: inout ArraySlice<UInt8>) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private static func skip(_ character: Unicode.Scalar, in rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Nanoseconds; digits beyond them are passed over.
    private static func fraction(of rest: inout ArraySlice<UInt8>) -> Int64? {
        guard skip(".", in: &rest) else { return 0 }
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let kept = digits.prefix(9)
        let value = kept.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        return (kept.count..<9).reduce(value) { value, _ in value * 10 }
    }

    /// Seconds east of Greenwich.
    private static func offset(of rest: inout ArraySlice<UInt8>) -> Int64? {
        if skip("Z", in: &rest) { return 0 }
        let isWest = skip("-", in: &rest)
        guard isWest || skip("+", in: &rest), let hours = digits(2, of: &rest), skip(":", in: &rest),
            let minutes = digits(2, of: &rest), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// How many days a month has.
    package static func days(in month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date, for years from 0.
    ///
    /// The way back of `civil`: eras of 400 years that begin on 1 March.
    package static func days(toYear year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // One era more, so that January of the year 0 is not negative.
        let shifted = year - (month <= 2 ? 1 : 0) + 400
        let (era, yearOfEra) = (shifted / 400, shifted % 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era - 1) * 146_097 + dayOfEra - 719_468
    }
}
