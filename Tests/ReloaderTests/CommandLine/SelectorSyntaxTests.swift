import Testing

@testable import Reloader

@Suite struct SelectorSyntaxTests {
    @Test(
        "selectors that servers take are taken",
        arguments: [
            "a", "!a", "a=b", "a==b", "a!=b", "a = b", "a=", "a in (b,c)", "a in ()", "a notin (b)", "a in(b)", "a>1",
            "a < 2",
            "example.com/a-b_c.d=E", "a,b=c,!d", " a=b , c ", "! a", "a=b,c in (d, e),!f", "in in (in)", "in=x",
        ])
    func valid(selector: String) { #expect(labelSelectorFault(selector) == nil) }

    @Test(
        "others are refused, and the term is shown",
        arguments: [
            ("", "nothing between two commas, or at an end, in \"\""), ("a=b,", "at an end, in \"\""),
            ("a=b,,c", "nothing between"), ("a=*", "\"*\" is no label value in \"a=*\""),
            ("=b", "\"\" is no label key"),
            ("a b", "no operator"), ("a in b", "no operator"), ("a=b c", "\"b c\" is no label value"),
            ("a=-b", "\"-b\" is no label value"), ("Up.per/a=b", "must be a domain"), ("a/b/c=d", "is no label key"),
            ("a>b", "no whole number after >"), ("a in (b,*)", "\"*\" is no label value"), ("ä=b", "is no label key"),
            ("a=\(String(repeating: "b", count: 64))", "is no label value"), ("!", "is no label key"),
            ("a in (b", "no ) for the ("), ("a notin (", "no ) for the ("), ("a>-1", "no whole number after >"),
            ("a<+5", "no whole number after <"),
        ])
    func invalid(selector: String, fault: String) {
        #expect(labelSelectorFault(selector)?.contains(fault) == true, "\(labelSelectorFault(selector) ?? "-")")
    }

    @Test(
        "a selector flag that is none ends at once",
        arguments: [
            (
                ["--namespace-selector=a=b c"],
                #"'namespace-selector' is not a label selector: "b c" is no label value in "a=b c""#
            ),
            (["--resource-label-selector=a b"], "'resource-label-selector' is not a label selector: no operator"),
            (["--resource-label-selector=a,"], "nothing between two commas"),
            (["--namespaces=a,,b"], "'namespaces' has an empty item"),
        ])
    func usage(arguments: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try CommandLineParser.parse(arguments) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "-")")
    }

    @Test func `where namespaces are named, the selector of namespaces is not looked at`() throws {
        _ = try CommandLineParser.parse(["--namespaces=a", "--namespace-selector=a b"])
        _ = try CommandLineParser.parse(["--namespace-selector=a b"], environment: ["KUBERNETES_NAMESPACE": "x"])
    }
}
