import ControllerTestKit
import KubeClient
import Testing

@Suite("Field selector")
struct FieldSelectorTests {
    private func kind(_ resource: APIResource) throws -> ResourceKind {
        try #require(KindRegistry.builtIn.kind(of: resource))
    }

    @Test(
        "an Event is selected by what it is about",
        arguments: [
            ("involvedObject.name=web", true), ("involvedObject.name=db", false), ("reason=Reloaded,type=Normal", true),
            ("reason!=Reloaded", false), ("involvedObject.uid=", true), ("source=golden", true), ("", true),
        ])
    func events(selector: String, expected: Bool) throws {
        let events = try kind(.events)
        let event = try JSONValue.parsed(
            #"{"metadata":{"name":"e"},"involvedObject":{"kind":"Deployment","name":"web"},"reason":"Reloaded","type":"Normal","source":{"component":"golden"}}"#
        )
        #expect(try FieldSelector(parsing: selector, for: events).matches(event, events) == expected)
    }

    @Test("a cluster-scoped kind has no namespace to select by")
    func clusterScoped() throws {
        let namespaces = try kind(.namespaces)
        #expect(throws: APIFailure.self) { try FieldSelector(parsing: "metadata.namespace=x", for: namespaces) }
    }

    @Test("escaped commas and equal signs belong to the value")
    func escapes() throws {
        let selector = try FieldSelector(parsing: #"metadata.name=a\,b\=c\\d"#, for: kind(.configMaps))
        #expect(selector.requirements.map(\.value) == [#"a,b=c\d"#])
    }

    @Test("every recorded selection is answered alike", .enabled(if: Fixtures.areAvailable, Fixtures.reason))
    func recorded() throws {
        for step in try Fixtures.steps("lists/field-selector") {
            guard let text = step.query["fieldSelector"], let target = step.target, target.name == nil,
                let kind = target.kind, let answer = step.answer
            else { continue }
            let document = try JSONValue.parsed(answer)
            if step.status == 200 {
                let selector = try FieldSelector(parsing: text, for: kind)
                for item in document["items"]?.elements ?? [] { #expect(selector.matches(item, kind), "\(step)") }
            } else {
                let failure = #expect(throws: APIFailure.self, "\(step)") {
                    try FieldSelector(parsing: text, for: kind)
                }
                #expect(failure.map { goJSON($0.statusJSON) } == goJSON(document), "\(step)")
            }
        }
    }
}
