import ControllerTestKit
import Testing

@testable import ReloaderCore

@Suite struct RegularExpressionTests {
    struct Match: CustomTestStringConvertible {
        let expression: String
        let matching: [String]
        let others: [String]
        var testDescription: String { expression }

        init(_ expression: String, _ matching: [String], not others: [String] = []) {
            (self.expression, self.matching, self.others) = (expression, matching, others)
        }
    }

    static let matches = [
        Match("", ["", "a"]),
        Match("b", ["abc", "b"], not: ["", "a", "B"]),
        Match("^$", [""], not: ["a"]),
        Match("^a$", ["a"], not: ["ab", "ba", "a\n"]),
        Match("a|", ["", "a", "b"]),
        Match("^(a|b|cd)$", ["a", "b", "cd"], not: ["", "c", "d", "ab"]),
        Match("^(|a)$", ["", "a"], not: ["aa"]),
        Match("^(|a)*$", ["", "aaa"], not: ["b"]),
        Match("^(a*)*$", ["", "aa"], not: ["b"]),
        Match("^(a*)+$", ["", "aa"], not: ["b"]),
        Match(
            "^(a+)+$", ["a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
            not: ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", ""]),
        Match("^ab?c$", ["ac", "abc"], not: ["abbc"]),
        Match("^ab??c$", ["ac", "abc"], not: ["abbc"]),
        Match("^ab*?c$", ["ac", "abbc"]),
        Match("^ab+?c$", ["abc"], not: ["ac"]),
        Match("^a{3}$", ["aaa"], not: ["aa", "aaaa"]),
        Match("^a{2,}$", ["aa", "aaaaa"], not: ["a"]),
        Match("^a{1,3}$", ["a", "aa", "aaa"], not: ["", "aaaa"]),
        Match("^a{0}b$", ["b"], not: ["ab"]),
        Match("^a{0,}b$", ["b", "aab"]),
        Match("^a{0,1}b$", ["b", "ab"], not: ["aab"]),
        Match("^(ab){2}?$", ["abab"], not: ["ab"]),
        Match("^(a|b){2}$", ["ab", "ba", "aa"], not: ["a", "abc"]),
        Match("^(?:a{2}){3}$", ["aaaaaa"], not: ["aaaaa"]),
        Match("^a{,3}$", ["a{,3}"], not: ["a", "aaa"]),
        Match("^a{x$", ["a{x"]),
        Match("^a{01}$", ["a{01}"], not: ["a"]),
        Match("^{$", ["{"]),
        Match("^}]$", ["}]"]),
        Match("^.$", ["a", "é", "😀"], not: ["", "\n", "ab"]),
        Match("^(?s).$", ["\n"]),
        Match("^(?s:.)$", ["\n"]),
        Match("^(?s)(?-s).$", ["a"], not: ["\n"]),
        Match("(?m)^b$", ["a\nb", "b\nc"], not: ["ab"]),
        Match("^b$", ["b"], not: ["a\nb", "b\n"]),
        Match("\\Ab\\z", ["b"], not: ["a\nb"]),
        Match("(?m)\\Ab\\z", ["b"], not: ["a\nb"]),
        Match("^(?i)abC$", ["ABC", "abc", "aBc"], not: ["ab"]),
        Match("^a(?i)b|c$", ["aB", "ab", "C", "c"], not: ["AB"]),
        Match("^a(?i:b)c$", ["aBc"], not: ["aBC", "ABc"]),
        Match("^(a(?i)b)c$", ["aBc"], not: ["aBC"]),
        Match("^(?i)[a-c]$", ["B"], not: ["D"]),
        Match("^(?i)[^a-c]$", ["d"], not: ["A", "b"]),
        Match("^(?i)\u{212A}$", ["k", "K"]),
        Match("^(?i)k$", ["\u{212A}"]),
        Match("^(?i)\\W$", ["-"], not: ["k", "K", "s", "\u{212A}"]),
        Match("^(?U)a+$", ["aa"]),
        Match("^(?iU)A+$", ["aa"]),
        Match("^(?)a$", ["a"]),
        Match("^(?P<name>a)(?<other>b)$", ["ab"]),
        Match("^[abc]$", ["a", "b", "c"], not: ["d", ""]),
        Match("^[^abc]$", ["d", "\n", "é"], not: ["a", "b", ""]),
        Match("^[]a]$", ["]", "a"], not: ["b"]),
        Match("^[^]a]$", ["b"], not: ["]", "a"]),
        Match("^[a-]$", ["a", "-"], not: ["b"]),
        Match("^[-a]$", ["a", "-"], not: ["b"]),
        Match("^[a-c-e]$", ["b", "-", "e"], not: ["d"]),
        Match("^[a\\-c]$", ["a", "-", "c"], not: ["b"]),
        Match("^[\\d-]+$", ["1-2"], not: ["a"]),
        Match("^[\\]\\\\]$", ["]", "\\"]),
        Match("^[[:alpha:]_]+$", ["aZ_"], not: ["1"]),
        Match("^[[:^digit:]]$", ["a"], not: ["1"]),
        Match("^[^[:digit:]]$", ["a"], not: ["1"]),
        Match("^[[:alpha]$", [":", "[", "a", "l"], not: ["b"]),
        Match("^[[:space:]]$", ["\u{b}", " "], not: ["a"]),
        Match("^[[:punct:]]$", ["!", "[", "~"], not: ["a", " "]),
        Match("^[[:word:]][[:xdigit:]]$", ["_f"], not: ["_g"]),
        Match("^[[:upper:]]$", ["A"], not: ["a"]),
        Match("^(?i)[[:upper:]]$", ["A", "a"], not: ["1"]),
        Match("^[é-ü]$", ["ö"], not: ["a", "ý"]),
        Match("^\\d\\D\\w\\W\\s\\S$", ["1a_- x"], not: ["aaa- x"]),
        Match("^\\s$", [" ", "\t", "\n", "\u{c}", "\r"], not: ["\u{b}", "a"]),
        Match("\\bfoo\\b", ["foo", "a-foo.b", "foo-bar"], not: ["afoo", "foo_"]),
        Match("\\Bfoo", ["afoo"], not: ["foo", "-foo"]),
        Match("^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\\\\\-\\_\\ $", [".*+?()[]{}|^$\\-_ "]),
        Match("^\\a\\f\\n\\r\\t\\v$", ["\u{7}\u{c}\n\r\t\u{b}"]),
        Match("^\\x41\\x{42}\\x{1F600}$", ["AB😀"]),
        Match("^\\0$", ["\0"]),
        Match("^\\101\\0101$", ["A\u{8}1"]),
        Match("^\\Qa.b*\\E+$", ["a.b*", "a.b**"], not: ["axb*"]),
        Match("^\\Qa.b", ["a.b"]),
        Match("^\\Q\\E*a$", ["a", "ba"]),
        Match("^\\pL\\PL\\p{Lu}\\p{^Lu}\\p{Nd}$", ["a1Ab7"], not: ["11Ab7"]),
        Match("^[\\p{Latin}\\pN]+$", ["aZ9"], not: ["-"]),
        Match("^\\p{Greek}$", [], not: ["a", "1"]),
        Match("^\\p{Any}$", ["a", "\n", "é"]),
        Match("^*$", ["", "anything"]),
        Match("^+x$", ["x"], not: ["ax"]),
        Match("^?x$", ["x", "ax"], not: ["xa"]),
        Match("^a$|^b$", ["a", "b"], not: ["ab"]),
        Match("$^", [""], not: ["a"]),
        Match("(((((((((a)))))))))", ["a"]),
        Match("a(?i)*b", ["b", "aab"]),
        Match("^\u{e9}$", ["é"], not: ["e\u{301}"]),
    ]

    @Test("matches as RE2 does", arguments: matches)
    func match(_ vector: Match) throws {
        let program = try RegexParser.parse(vector.expression)
        for text in vector.matching { #expect(program.matches(text), "\(vector.expression) on \(text)") }
        for text in vector.others { #expect(!program.matches(text), "\(vector.expression) on \(text)") }
    }

    @Test(
        "refuses what RE2 refuses, in the words of Go",
        arguments: [
            ("*", "missing argument to repetition operator: `*`"),
            ("+?", "missing argument to repetition operator: `+?`"),
            ("a|*", "missing argument to repetition operator: `*`"),
            ("(*a)", "missing argument to repetition operator: `*`"),
            ("(|*)", "missing argument to repetition operator: `*`"),
            ("{3}", "missing argument to repetition operator: `{3}`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a*+", "invalid nested repetition operator: `*+`"),
            ("a??*", "invalid nested repetition operator: `??*`"),
            ("a+{2}", "invalid nested repetition operator: `+{2}`"),
            ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`"),
            ("a{2}*?b", "invalid nested repetition operator: `{2}*?`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{1,1001}", "invalid repeat count: `{1,1001}`"),
            ("a{1001,}", "invalid repeat count: `{1001,}`"),
            ("a{3,2}", "invalid repeat count: `{3,2}`"),
            ("a{99999999999}", "invalid repeat count: `{99999999999}`"),
            ("a{1,99999999999}", "invalid repeat count: `{1,99999999999}`"),
            ("(a{100}){11}", "invalid repeat count: `{11}`"),
            ("((a{10}){10}b){11}", "invalid repeat count: `{11}`"),
            ("(a{11}|b{2}){100}", "invalid repeat count: `{100}`"),
            ("(a", "missing closing ): `(a`"),
            ("(a(b)", "missing closing ): `(a(b)`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("x[", "missing closing ]: `[`"),
            ("[]", "missing closing ]: `[]`"),
            ("[^]", "missing closing ]: `[^]`"),
            ("[a-", "missing closing ]: `[a-`"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("[a-\\d]", "invalid escape sequence: `\\d`"),
            ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
            ("\\", "trailing backslash at end of expression: ``"),
            ("a\\", "trailing backslash at end of expression: ``"),
            ("\\1", "invalid escape sequence: `\\1`"),
            ("(a)\\1b", "invalid escape sequence: `\\1`"),
            ("\\8", "invalid escape sequence: `\\8`"),
            ("\\Z", "invalid escape sequence: `\\Z`"),
            ("\\C", "invalid escape sequence: `\\C`"),
            ("\\G", "invalid escape sequence: `\\G`"),
            ("\\é", "invalid escape sequence: `\\é`"),
            ("\\x", "invalid escape sequence: `\\x`"),
            ("\\xg1", "invalid escape sequence: `\\xg1`"),
            ("\\x{}", "invalid escape sequence: `\\x{}`"),
            ("\\x{110000}", "invalid escape sequence: `\\x{110000`"),
            ("\\pX", "invalid character class range: `\\pX`"),
            ("\\p{Nope}", "invalid character class range: `\\p{Nope}`"),
            ("\\p{L", "invalid character class range: `\\p{L`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
            ("(?<=a)", "invalid named capture: `(?<=a)`"),
            ("(?<!a)b>", "invalid named capture: `(?<!a)b>`"),
            ("(?P<n", "invalid named capture: `(?P<n`"),
            ("(?P<>a)", "invalid named capture: `(?P<>`"),
            ("(?P<a b>c)", "invalid named capture: `(?P<a b>`"),
            ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`"),
            ("(?>a)", "invalid or unsupported Perl syntax: `(?>`"),
            ("(?#a)", "invalid or unsupported Perl syntax: `(?#`"),
            ("(?x)", "invalid or unsupported Perl syntax: `(?x`"),
            ("(?-)", "invalid or unsupported Perl syntax: `(?-)`"),
            ("(?i--s)", "invalid or unsupported Perl syntax: `(?i--`"),
            ("(?i", "invalid or unsupported Perl syntax: `(?i`"),
        ])
    func refusal(_ expression: String, _ problem: String) {
        #expect {
            try RegexParser.parse(expression)
        } throws: {
            "\($0)" == "error parsing regexp: \(problem)"
        }
    }

    @Test("deep nesting is refused before it can exhaust anything")
    func depth() throws {
        let open = String(repeating: "(", count: 1000)
        let close = String(repeating: ")", count: 1000)
        #expect(try RegexParser.parse("\(open)a\(close)").matches("a"))
        #expect(throws: RegexError.self) { try RegexParser.parse("(\(open)a\(close))") }
        #expect(throws: RegexError.self) { try RegexParser.parse(String(repeating: "(", count: 200_000)) }
    }

    @Test("an expression cannot grow beyond a fixed size")
    func size() throws {
        #expect(throws: RegexError.self) { try RegexParser.parse(String(repeating: "a{1000}", count: 40)) }
        #expect(throws: RegexError.self) { try RegexParser.parse("(\(String(repeating: "abcde", count: 20))){1000}") }
        #expect(try RegexParser.parse("(a{10}){100}").matches(String(repeating: "a", count: 1000)))
    }

    @Test("time does not explode with the expression")
    func linear() throws {
        let program = try RegexParser.parse(
            "^\(String(repeating: "a?", count: 200))\(String(repeating: "a", count: 200))$")
        #expect(program.matches(String(repeating: "a", count: 200)))
        #expect(!program.matches(String(repeating: "a", count: 199)))
        #expect(
            !(try RegexParser.parse("^(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)x$").matches(
                String(repeating: "a", count: 253))))
    }

    @Test("anything that a person or a machine may write is either an expression or an error")
    func totality() {
        let pieces = [
            "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", ".", "\\", "a", "1", ",", "-", ":", "?i", "?:",
            "\\p{",
            "[:alpha:]", "\\Q", "\\E", "\\x{", "P<", ">", "{2}", "{1,3}", "é", "\\b",
        ]
        var random = SeededRandom(seed: 20_240_817)
        for _ in 0..<20_000 {
            let expression = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            if let program = try? RegexParser.parse(expression) { _ = program.matches("a-1.b") }
        }
    }
}
