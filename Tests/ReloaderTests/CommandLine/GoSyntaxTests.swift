import Testing

@testable import Reloader

@Suite struct GoSyntaxTests {
    @Test(
        "durations read as in Go",
        arguments: [
            ("0", 0), ("-0", 0), ("0s", 0), ("1ns", 1), ("1us", 1000), ("1µs", 1000), ("1μs", 1000), ("1ms", 1_000_000),
            ("300ms", 300_000_000), ("1.5s", 1_500_000_000), (".5s", 500_000_000), ("1.s", 1_000_000_000),
            ("1m30s", 90_000_000_000), ("-1h", -3_600_000_000_000), ("+2h45m", 9_900_000_000_000),
            ("1h0.000000001s", 3_600_000_000_001), ("0.3333333333333333333h", 1_200_000_000_000),
        ])
    func duration(_ text: String, _ nanoseconds: Int) throws {
        #expect(try goDuration(text) == .nanoseconds(nanoseconds))
    }

    @Test(
        "what Go refuses as a duration is refused with its words",
        arguments: [
            ("", #"time: invalid duration """#), ("x", #"time: invalid duration "x""#),
            ("-", #"time: invalid duration "-""#), (".s", #"time: invalid duration ".s""#),
            ("5", #"time: missing unit in duration "5""#), ("1h5", #"time: missing unit in duration "1h5""#),
            ("5d", #"time: unknown unit "d" in duration "5d""#), ("5 s", #"time: unknown unit " s" in duration "5 s""#),
            ("5S", #"time: unknown unit "S" in duration "5S""#), ("9999999h", #"time: invalid duration "9999999h""#),
            ("99999999999999999999s", #"time: invalid duration "99999999999999999999s""#),
        ])
    func badDuration(_ text: String, _ reason: String) {
        #expect(throws: FlagValueError(reason)) { try goDuration(text) }
    }

    @Test(
        "a list is one CSV record",
        arguments: [
            ("", []), ("a", ["a"]), ("a,b", ["a", "b"]), (",", ["", ""]), ("a,", ["a", ""]),
            (" a , b ", [" a ", " b "]),
            (#""a,b",c"#, ["a,b", "c"]), (#""a""b""#, [#"a"b"#]), (#""""#, [""]), (#""a","b""#, ["a", "b"]),
            ("a\nb", ["a"]), ("\n\na\r\nb", ["a"]), ("\"a\r\nb\",c", ["a\nb", "c"]), ("a\r", ["a"]),
            (#""a","#, ["a", ""]),
            ("ä,ö", ["ä", "ö"]),
        ])
    func csv(_ text: String, _ items: [String]) throws {
        #expect(try csvRecord(text) == items)
    }

    @Test(
        "a stray quote in a list is an error with its place",
        arguments: [
            (#"a"b"#, #"parse error on line 1, column 2: bare " in non-quoted field"#),
            (#"a,b"c"#, #"parse error on line 1, column 4: bare " in non-quoted field"#),
            (#"ä"b"#, #"parse error on line 1, column 3: bare " in non-quoted field"#),
            (#" "a""#, #"parse error on line 1, column 2: bare " in non-quoted field"#),
            (#""a"b"#, #"parse error on line 1, column 3: extraneous or missing " in quoted-field"#),
            (#""a"#, #"parse error on line 1, column 3: extraneous or missing " in quoted-field"#),
            (
                "\"a\nb\"c",
                #"record on line 1; parse error on line 2, column 2: extraneous or missing " in quoted-field"#
            ),
            ("\n", "EOF"),
        ])
    func badCSV(_ text: String, _ reason: String) {
        #expect(throws: FlagValueError(reason)) { try csvRecord(text) }
    }

    @Test(
        "listen addresses keep their form",
        arguments: [":9090", "127.0.0.1:0", "localhost:80", "[::1]:9090", ":65535"])
    func address(_ text: String) throws {
        #expect(try ListenAddress(parsing: text).description == text)
    }

    @Test(
        "listen addresses without a usable port are refused",
        arguments: ["", "9090", ":", ":x", ":65536", "::1:80", "a:-1"])
    func badAddress(_ text: String) {
        #expect(throws: FlagValueError.self) { try ListenAddress(parsing: text) }
    }

    @Test(
        "text is quoted as Go quotes it",
        arguments: [
            ("", #""""#), ("a b", #""a b""#), (#"a"b\c"#, #""a\"b\\c""#),
            ("a\nb\t\u{7}\u{1}\u{7f}", #""a\nb\t\a\x01\x7f""#),
            ("ä€😀", #""ä€😀""#), ("\u{a0}\u{200b}\u{feff}", #""\u00a0\u200b\ufeff""#), ("\u{10ffff}", #""\U0010ffff""#),
            ("'", #""'""#),
        ])
    func quoting(_ text: String, _ quoted: String) {
        #expect(goQuoted(text) == quoted)
    }
}
