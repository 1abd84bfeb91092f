import Testing

@testable import Reloader

@Suite struct LegacySelectorTests {
    @Test(
        "items become one label selector, with the two old conveniences",
        arguments: [
            ([], nil), (["app=web"], "app=web"), (["app:web"], "app=web"), (["app:web:x"], "app=web"),
            (["app:*"], "app"),
            (["app=*"], "app"), (["a=1", "b:2"], "a=1,b=2"), (["team in (a", "b)"], "team in (a,b)"),
            // What the chart of v1.4.21 makes of namespaceSelector: one item, in which that program does not start.
            (["a=*,b=c"], "a,b=c"), (["env=prod,team=*"], "env=prod,team"), (["env:prod,team:x"], "env=prod,team=x"),
            (["env:prod,team:*,!old"], "env=prod,team,!old"), (["env in (a,b),team:x"], "env in (a,b),team=x"),
            (["a=1,b in (c", "d:e)"], "a=1,b in (c,d=e)"), (["team!=*"], "!team"),
            (["env=prod, team=*"], "env=prod, team"),
            (["a==b"], "a==b"), (["example.com/a:b"], "example.com/a=b"),
        ] as [([String], String?)])
    func selectors(items: [String], selector: String?) { #expect(labelSelector(ofItems: items) == selector) }
}
