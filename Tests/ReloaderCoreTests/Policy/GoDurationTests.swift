import ReloaderCore
import Testing

@Suite struct GoDurationTests {
    @Test(
        "reads what Go reads",
        arguments: [
            ("5m", .seconds(300)), ("1h30m", .seconds(5400)), ("1.5h", .seconds(5400)), ("0", .zero), ("-0", .zero),
            ("+0", .zero), ("-5s", .seconds(-5)), ("+3s", .seconds(3)), (".5s", .milliseconds(500)),
            ("5.s", .seconds(5)), ("100us", .microseconds(100)), ("100µs", .microseconds(100)),
            ("100μs", .microseconds(100)), ("300ms", .milliseconds(300)), ("1ns", .nanoseconds(1)),
            ("0s", .zero), ("1h2m3s4ms5us6ns", .nanoseconds(3_723_004_005_006)), ("1m1m", .seconds(120)),
            ("0.3333333333333333333h", .nanoseconds(1_200_000_000_000)), ("0.100000000000000000000h", .seconds(360)),
            ("9223372036854775807ns", .nanoseconds(Int64.max)), ("-9223372036854775808ns", .nanoseconds(Int64.min)),
            ("0.9223372036854775807s", .nanoseconds(922_337_203)),
        ] as [(String, Duration)])
    func valid(_ text: String, _ expected: Duration) { #expect(GoDuration.parse(text) == expected) }

    @Test(
        "refuses what Go refuses",
        arguments: [
            "10", "1d", "", " 5m", "5 m", "5m ", "1e3s", "-", "+", ".", "-.", ".s", "+.s", "s", "1s1", "1.2.3s", "00",
            "- 5s",
            "--5s", "5S", "9223372036854775808ns", "-9223372036854775809ns", "3000000h", "9223372036854775807ns1ns",
            "-9223372036854775808ns1ns",
            "99999999999999999999s", "1h-30m", "∞",
        ])
    func invalid(_ text: String) { #expect(GoDuration.parse(text) == nil) }

    @Test func `parts whose sum does not fit 64 bits are refused, where Go starts again at zero`() {
        #expect(GoDuration.parse("9223372036854775808ns9223372036854775808ns") == nil)
        #expect(GoDuration.parse("-9223372036854775808ns9223372036854775808ns") == nil)
    }
}

@Suite struct GoBoolTests {
    @Test("twelve words are Booleans", arguments: ["1", "t", "T", "TRUE", "true", "True"])
    func yes(_ text: String) { #expect(GoBool.parse(text) == true) }

    @Test("twelve words are Booleans", arguments: ["0", "f", "F", "FALSE", "false", "False"])
    func no(_ text: String) { #expect(GoBool.parse(text) == false) }

    @Test("nothing else is", arguments: ["tRUE", "yes", "on", "", " true", "2", "y"])
    func neither(_ text: String) { #expect(GoBool.parse(text) == nil) }
}
