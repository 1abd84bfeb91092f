import Testing

@testable import ControllerTestKit

@Suite struct StringFormatTests {
    @Test(arguments: [
        ("date", ["2026-02-28"], ["2026-02-30", "26-02-28", ""]),
        (
            "date-time", ["2026-11-22T10:02:08Z", "2026-11-22t10:02:08.5+02:00"],
            ["2026-11-22", "2026-11-22T24:00:00Z", "2026-11-22T10:02:08", "now"]
        ),
        ("duration", ["5m", "1h30m", "-1.5s", "0", "22 ns", "3 days"], ["", "5", "5 parsecs", "m"]),
        ("uri", ["https://a.example/b?c", "/a", "urn:x"], ["a", "", "http://a b/"]),
        ("email", ["a@b.example", "A <a@b.example>"], ["a", "a@", "@b"]),
        ("hostname", ["a", "a-b.example.com", "1.example"], ["-a", "a..b", "a_b", ""]),
        ("ipv4", ["10.0.0.1"], ["10.0.0", "256.0.0.1", "::1"]),
        ("ipv6", ["::1", "fe80::1:2"], ["10.0.0.1", "1::2::3"]),
        ("cidr", ["10.0.0.0/8", "::/0"], ["10.0.0.0", "10.0.0.0/33", "::/129"]),
        ("mac", ["00:00:5e:00:53:01", "0000.5e00.5301"], ["00:00:5e", "zz:00:5e:00:53:01"]),
        (
            "uuid", ["5f0c2d3e-8a1b-4c5d-9e6f-000000001000", "5F0C2D3E8A1B4C5D9E6F000000001000"],
            ["5f0c2d3e", "5f0c2d3e-8a1b-4c5d-9e6f-00000000100g"]
        ),
        ("uuid4", ["5f0c2d3e-8a1b-4c5d-9e6f-000000001000"], ["5f0c2d3e-8a1b-3c5d-9e6f-000000001000"]),
        ("byte", ["YQ=="], ["YQ", "*"]), ("k8s-short-name", ["a-b"], ["a.b", "A"]), ("k8s-long-name", ["a.b"], ["a_b"]),
    ])
    func `a format tells its texts from others`(keyword: String, good: [String], bad: [String]) throws {
        let format = try #require(StringFormat(keyword: keyword))
        for text in good { #expect(format.holds(for: text), "\(text)") }
        for text in bad { #expect(!format.holds(for: text), "\(text)") }
    }

    @Test(arguments: ["int32", "int64", "float", "double", "password", "phone"])
    func `what the server does not check is no format here`(keyword: String) {
        #expect(StringFormat(keyword: keyword) == nil)
    }
}
