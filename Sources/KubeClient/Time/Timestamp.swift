#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A point in wall-clock time, as `metav1.Time` and `metav1.MicroTime` carry it.
///
/// For what goes into objects and logs. Durations and deadlines are measured with a `Clock`, never with this.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public var seconds: Int64
    /// Nanoseconds of the second, 0 to 999,999,999.
    public var nanoseconds: Int64

    /// Creates a timestamp.
    public init(seconds: Int64, nanoseconds: Int64 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The current wall-clock time.
    public static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// RFC 3339 in UTC with whole seconds, as `metav1.Time`: `2026-11-22T10:02:08Z`.
    public var rfc3339: String { String(decoding: rfc3339Bytes, as: UTF8.self) }

    /// ``rfc3339``, for readers that make no string of it.
    var rfc3339Bytes: [UInt8] {
        var text = civil
        text.append(UInt8(ascii: "Z"))
        return text
    }

    /// RFC 3339 in UTC with exactly six fraction digits, as `metav1.MicroTime`.
    public var rfc3339Micro: String {
        var text = civil
        text.append(nanoseconds / 1000, width: 6, after: ".")
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether `lhs` is earlier.
    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        (lhs.seconds, lhs.nanoseconds) < (rhs.seconds, rhs.nanoseconds)
    }

    // Days to civil date after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that
    // begin on 1 March, so that the leap day comes last.
    private var civil: [UInt8] {
        let days = seconds.floorDivided(by: 86_400)
        let second = seconds - days * 86_400
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        var text: [UInt8] = []
        text.reserveCapacity(28)
        text.append(year, width: 4)
        text.append(month, width: 2, after: "-")
        text.append(day, width: 2, after: "-")
        text.append(second / 3600, width: 2, after: "T")
        text.append(second / 60 % 60, width: 2, after: ":")
        text.append(second % 60, width: 2, after: ":")
        return text
    }
}

// Lists of 10,000 objects have 10,000 times: no strings on the way.
extension [UInt8] {
    /// Appends decimal digits, with zeros in front up to a width.
    fileprivate mutating func append(_ number: Int64, width: Int, after separator: Unicode.Scalar? = nil) {
        if let separator { append(UInt8(ascii: separator)) }
        if number < 0 { append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        for _ in 1..<width { divisor *= 10 }
        while number.magnitude / divisor > 9 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(number.magnitude / divisor % 10))
            divisor /= 10
        }
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
