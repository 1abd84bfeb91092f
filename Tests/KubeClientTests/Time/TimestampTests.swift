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

    @Test func `micro time has exactly six fraction digits`() {
        #expect(Timestamp(seconds: 0, nanoseconds: 42_999).rfc3339Micro == "1970-01-01T00:00:00.000042Z")
        #expect(Timestamp(seconds: 0).rfc3339Micro == "1970-01-01T00:00:00.000000Z")
    }
}
