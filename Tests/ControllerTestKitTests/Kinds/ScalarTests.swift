import ControllerTestKit
import KubeClient
import Testing

@Suite("Scalars of the API")
struct ScalarTests {
    @Test(
        "base64 goes both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("žluť", "xb5sdcWl"),
        ])
    func base64(plain: String, encoded: String) {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.decodedCount(of: encoded) == plain.utf8.count)
    }

    @Test(
        "the first fault of base64 is where Go's decoder gives up",
        arguments: [
            ("Zm9v", nil), ("Zm9v\nZg==", nil), ("***", 0), ("not base64!", 3), ("x", 0), ("Zg", 0), ("Zg=", 3),
            ("Zm9vZg", 4),
            ("Zg==x", 4), ("Z===", 1),
        ])
    func base64Faults(text: String, offset: Int?) { #expect(Base64.firstFault(in: text) == offset) }

    @Test(
        "quantities are reduced",
        arguments: [
            ("1", "1"), ("1000m", "1"), ("500m", "500m"), ("0.5", "500m"), ("1.5", "1500m"), ("0", "0"), ("0m", "0"),
            ("1024Mi", "1Gi"), ("64Mi", "64Mi"), ("1500Mi", "1500Mi"), ("1000k", "1M"), ("2000", "2k"), ("1e3", "1e3"),
            ("-500m", "-500m"), ("1.25k", "1250"), ("100n", "100n"),
        ])
    func quantities(text: String, reduced: String) { #expect(Quantity(text)?.text == reduced) }

    @Test("text that is no quantity is refused", arguments: ["", "x", "1x", "m", "1.2.3", "--1", "1 Mi", "1ei"])
    func noQuantity(text: String) { #expect(Quantity(text) == nil) }

    @Test(
        "times are read in any zone and printed in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59Z", -1, "1969-12-31T23:59:59Z"),
            ("2000-02-29T12:34:56Z", 951_827_696, "2000-02-29T12:34:56Z"),
            ("2026-01-01T02:00:00+02:00", 1_767_225_600, "2026-01-01T00:00:00Z"),
            ("2025-12-31T18:30:00-05:30", 1_767_225_600, "2026-01-01T00:00:00Z"),
            ("2026-11-22T10:05:54.559986Z", 1_795_341_954, "2026-11-22T10:05:54Z"),
        ])
    func times(text: String, seconds: Int64, printed: String) throws {
        let time = try APITime(parsing: text, layout: .seconds)
        #expect(time.seconds == seconds)
        #expect(time.text(.seconds) == printed)
    }

    @Test(
        "a time that does not fit is refused in Go's words",
        arguments: [
            ("2026-13-01T00:00:00Z", "parsing time \"2026-13-01T00:00:00Z\": month out of range"),
            ("2026-02-29T00:00:00Z", "parsing time \"2026-02-29T00:00:00Z\": day out of range"),
            (
                "2026-02-28",
                "parsing time \"2026-02-28\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\""
            ),
            ("2026-01-01T00:00:00Zx", "parsing time \"2026-01-01T00:00:00Zx\": extra text: \"x\""),
        ])
    func noTime(text: String, message: String) {
        let failure = #expect(throws: APITime.ParsingFailure.self) { try APITime(parsing: text, layout: .seconds) }
        #expect(failure?.message == message)
    }

    @Test("MicroTime keeps its six digits")
    func microTime() throws {
        let time = try APITime(parsing: "2026-01-01T00:00:00.000120Z", layout: .microseconds)
        #expect(time.microseconds == 120)
        #expect(time.text(.microseconds) == "2026-01-01T00:00:00.000120Z")
    }

    @Test(
        "generated names are the prefix, cut to fit, and five characters",
        arguments: [
            ("a-", "a-bbbbb"), (String(repeating: "x", count: 70), String(repeating: "x", count: 58) + "bbbbb"),
        ])
    func generatedNames(prefix: String, name: String) {
        #expect(ResourceKind.generatedName(prefix) { 0 } == name)
    }
}
