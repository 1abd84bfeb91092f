import Testing

@testable import KubeClient

@Suite struct TimestampParsingTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0, 0), ("2026-11-22T10:02:08Z", 1_795_341_728, 0),
        ("2000-02-29T23:59:59.5Z", 951_868_799, 500_000_000), ("2026-11-22T12:02:08.000000001+02:00", 1_795_341_728, 1),
        ("2026-11-22t04:32:08z", 1_795_321_928, 0), ("1969-12-31T23:59:59-00:30", 1799, 0),
    ])
    func `RFC 3339 is read`(text: String, seconds: Int64, nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(arguments: [
        "", "2026", "2026-11-22", "2026-11-22T10:02:08", "2026-13-22T10:02:08Z", "2026-11-22T24:02:08Z",
        "2026-11-22T10:02:08.Z", "2026-11-22T10:02:08+2", "2026-11-22T10:02:08Zx", "+026-11-22T10:02:08Z",
    ])
    func `anything else is not`(text: String) { #expect(Timestamp(rfc3339: text) == nil) }

    @Test(arguments: [0, 951_868_799, 1_795_341_728, -1, 4_102_444_799] as [Int64])
    func `what is written is read`(seconds: Int64) {
        #expect(Timestamp(rfc3339: Timestamp(seconds: seconds).rfc3339)?.seconds == seconds)
    }
}
