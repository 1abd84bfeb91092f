import KubeClient
import Testing

@Suite struct TimestampTests {
    @Test(
        "seconds since the epoch become the civil date",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (1_786_340_000, "2026-08-10T05:33:20Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
        ] as [(Int64, String)])
    func civilDate(seconds: Int64, text: String) { #expect(Timestamp(seconds: seconds).rfc3339 == text) }

    @Test(
        "RFC 3339 is read with any offset and fraction",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2000-02-29T00:00:00Z", 951_782_400, 0),
            ("2026-08-10T05:33:20Z", 1_786_340_000, 0), ("2026-08-10T07:33:20+02:00", 1_786_340_000, 0),
            ("2026-08-10T00:03:20-05:30", 1_786_340_000, 0), ("2026-08-10T05:33:20.5Z", 1_786_340_000, 500_000_000),
            ("2026-08-10T05:33:20.1234567891Z", 1_786_340_000, 123_456_789), ("1969-12-31T23:59:59Z", -1, 0),
            ("2100-03-01T00:00:00Z", 4_107_542_400, 0), ("2016-12-31T23:59:60Z", 1_483_228_800, 0),
            ("0000-01-01T00:00:00Z", -62_167_219_200, 0), ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
        ] as [(String, Int64, Int64)])
    func reading(text: String, seconds: Int64, nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(
        "anything else is no time",
        arguments: [
            "", "now", "2026-08-10", "2026-08-10T05:33:20", "2026-08-10 05:33:20Z", "2026-13-10T05:33:20Z",
            "2026-02-29T05:33:20Z", "2026-00-10T05:33:20Z", "2026-08-00T05:33:20Z", "2026-08-10T24:00:00Z",
            "2026-08-10T05:60:20Z", "2026-08-10T05:33:20.Z", "2026-08-10T05:33:20+2:00", "2026-08-10T05:33:20ZZ",
            "2026-08-10T05:33:20+24:00", "+026-08-10T05:33:20Z", "1786340000",
        ])
    func refusal(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

    @Test func `what is written is read, and sums go both ways`() {
        for seconds in stride(from: Int64(-60_000_000_000), to: 250_000_000_000, by: 7_654_321_987) {
            let time = Timestamp(seconds: seconds)
            #expect(Timestamp(rfc3339: time.rfc3339) == time)
        }
        let time = Timestamp(seconds: 10, nanoseconds: 100)
        for duration in [Duration.zero, .seconds(5), .nanoseconds(-200), .seconds(-20), .milliseconds(1500)] {
            let other = time.advanced(by: duration)
            #expect((0..<1_000_000_000).contains(other.nanoseconds))
            #expect(time.duration(to: other) == duration)
        }
    }

    @Test func `micro time has exactly six fraction digits`() {
        #expect(Timestamp(seconds: 0, nanoseconds: 42_999).rfc3339Micro == "1970-01-01T00:00:00.000042Z")
        #expect(Timestamp(seconds: 0).rfc3339Micro == "1970-01-01T00:00:00.000000Z")
    }
}
