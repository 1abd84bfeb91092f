extension Timestamp {
    /// Reads RFC 3339, with any fraction and offset; nil for anything else.
    package init?(rfc3339 text: String) {
        var digits = text.utf8[...]
        func number(_ count: Int) -> Int64? {
            guard digits.count >= count else { return nil }
            let field = digits.prefix(count)
            guard field.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
            digits = digits.dropFirst(count)
            return field.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        func take(_ characters: String) -> UInt8? {
            guard let first = digits.first, characters.utf8.contains(first) else { return nil }
            digits = digits.dropFirst()
            return first
        }
        guard let year = number(4), take("-") != nil, let month = number(2), take("-") != nil, let day = number(2),
            take("Tt ") != nil, let hour = number(2), take(":") != nil, let minute = number(2), take(":") != nil,
            let second = number(2), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var nanoseconds: Int64 = 0
        if take(".") != nil {
            var unit: Int64 = 100_000_000
            guard let first = number(1) else { return nil }
            nanoseconds = first * unit
            while let digit = number(1) {
                unit /= 10
                nanoseconds += digit * unit
            }
        }
        var offset: Int64 = 0
        if let sign = take("+-") {
            guard let hours = number(2), take(":") != nil, let minutes = number(2) else { return nil }
            offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
        } else {
            guard take("Zz") != nil else { return nil }
        }
        guard digits.isEmpty else { return nil }
        // Civil date to days: the way back of `civil`.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        self.init(
            seconds: days * 86_400 + hour * 3600 + minute * 60 + second - offset, nanoseconds: nanoseconds)
    }
}
