import Testing

@testable import Reloader

@Suite struct LegacySelectorTests {
    @Test(
        "items become one label selector, with the two old conveniences",
        arguments: [
            ([], nil), (["app=web"], "app=web"), (["app:web"], "app=web"), (["app:web:x"], "app=web"),
            (["app:*"], "app"),
            (["app=*"], "app"), (["a=1", "b:2"], "a=1,b=2"), (["team in (a", "b)"], "team in (a,b)"),
            (["a=*,b=c"], "a=*,b=c"),
        ] as [([String], String?)])
    func selectors(items: [String], selector: String?) { #expect(labelSelector(ofItems: items) == selector) }
}
