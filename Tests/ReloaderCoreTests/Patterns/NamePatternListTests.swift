import ReloaderCore
import Testing

@Suite struct NamePatternListTests {
    static let names = ["abc", "barfoo", "foo", "axx", "xxb", "app-config"]

    /// Checked with RE2 itself.
    @Test(
        "items match as text between ^ and $",
        arguments: [
            ("*", names),
            ("*foo", ["barfoo", "foo"]),
            ("foo*", ["foo"]),
            ("a|b", ["abc", "axx", "xxb", "app-config"]),
            ("app-.*", ["app-config"]),
            ("?x", ["axx"]),
            ("+x", []),
            ("(?i)APP", []),
            ("", []),
            ("(?i)APP-CONFIG", ["app-config"]),
            ("foo", ["foo"]),
            ("fo.", ["foo"]),
            ("(foo|abc)", ["abc", "foo"]),
            ("f(o)+", ["foo"]),
            ("[a-f]{3}", ["abc"]),
        ])
    func vectors(_ item: String, _ expected: [String]) {
        let list = NamePatternList(item)
        #expect(list.invalid.isEmpty)
        #expect(Self.names.filter { list.match($0) != nil } == expected)
    }

    @Test(
        "items that are no expressions are passed over and reported",
        arguments: [
            ("bad[", "error parsing regexp: missing closing ]: `[$`"),
            ("a**", "error parsing regexp: invalid nested repetition operator: `**`"),
            ("(?=x)", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"),
            ("app-config-(?!dev)", "error parsing regexp: invalid or unsupported Perl syntax: `(?!`"),
        ])
    func invalid(_ item: String, _ problem: String) {
        let list = NamePatternList("\(item),app-config")
        #expect(list.invalid.map(\.item) == [item])
        #expect(list.invalid.map(\.description) == [problem])
        #expect(list.match("app-config") == "app-config")
    }

    @Test("plain names are told apart from patterns")
    func kinds() {
        let list = NamePatternList(" other , app-config,my_name,App1,app.v1,\txy*,, ,a\\.b")
        #expect(list.names == ["other", "app-config", "my_name", "App1"])
        #expect(list.patterns.map(\.item) == ["app.v1", "xy*", "a\\.b"])
        #expect(list.match("appxv1") == "app.v1")
        #expect(list.match("a.b") == "a\\.b")
        #expect(list.match("other") == "other")
        #expect(list.match("") == nil)
    }

    @Test("white space inside an item belongs to it")
    func innerSpace() { #expect(NamePatternList("a b").match("a b") == "a b") }

    @Test("an annotation cannot compile to more than a fixed amount of memory")
    func bounded() {
        let list = NamePatternList((0..<200).map { "a\($0){1000}" }.joined(separator: ","))
        #expect(!list.patterns.isEmpty && list.patterns.count < 100)
        #expect(list.invalid.allSatisfy { $0.problem.contains("expression too large") })
        #expect(list.patterns.count + list.invalid.count == 200)
    }
}
