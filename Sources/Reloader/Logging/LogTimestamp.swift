import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A moment in whole seconds with the zone's distance from UTC, written as RFC 3339 does.
struct LogTimestamp: Hashable, Sendable {
    /// Seconds since 1970 in UTC.
    var seconds: Int
    /// Seconds that the local clock is ahead of UTC.
    var utcOffset: Int

    /// `2026-01-31T13:59:07+02:00`, or `Z` for an offset of zero.
    var rfc3339: String {
        let local = Timestamp(seconds: Int64(seconds + utcOffset)).rfc3339
        return "\(local.dropLast())\(zone)"
    }

    private var zone: String {
        guard utcOffset != 0 else { return "Z" }
        let minutes = abs(utcOffset) / 60
        return "\(utcOffset < 0 ? "-" : "+")\(Self.padded(minutes / 60)):\(Self.padded(minutes % 60))"
    }

    /// The system's clock and time zone.
    static func now() -> LogTimestamp {
        var moment = time(nil)
        var local = unsafe tm()
        // A zone that cannot be read is UTC.
        guard unsafe localtime_r(&moment, &local) != nil else { return LogTimestamp(seconds: moment, utcOffset: 0) }
        return unsafe LogTimestamp(seconds: moment, utcOffset: local.tm_gmtoff)
    }

    private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}
