import Testing

@testable import KubeClient

@Suite struct StringSearchingTests {
    @Test(
        "a text is found wherever it stands",
        arguments: [
            ("text/html; charset=utf-8", true), ("html", true), ("application/xhtml+xml", true), ("htm", false),
            ("", false), ("hthtmll", true), ("application/json", false),
        ])
    func holds(text: String, isFound: Bool) {
        #expect(text.holds("html") == isFound)
        #expect(text[...].holds("html") == isFound)
        #expect(text.holds(""))
    }
}
