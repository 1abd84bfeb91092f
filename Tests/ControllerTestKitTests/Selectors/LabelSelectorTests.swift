import ControllerTestKit
import KubeClient
import Testing

@Suite("Label selector")
struct LabelSelectorTests {
    static let labels = ["app": "web", "tier": "front", "n": "5", "empty": "", "in": "notin"]

    @Test(
        "requirements select as in the API",
        arguments: [
            ("", true), ("app=web", true), ("app==web", true), ("app=db", false), ("app!=db", true),
            ("app!=web", false),
            ("nosuch!=x", true), ("nosuch=x", false), ("app", true), ("nosuch", false), ("!nosuch", true),
            ("!app", false),
            ("app in (web,db)", true), ("app in (db)", false), ("nosuch in (x)", false), ("app notin (db)", true),
            ("app notin (web)", false), ("nosuch notin (x)", true), ("app=web,tier=front", true),
            ("app=web,tier=back", false), ("n>4", true), ("n>5", false), ("n<6", true), ("app>1", false),
            ("nosuch>1", false),
            ("empty=", true), ("empty in ()", true), ("empty in (,x)", true), ("app=", false),
            (" app = web , tier ", true),
            ("in=notin", true), ("in in (in, notin)", true), ("!in", false),
        ])
    func selects(selector: String, expected: Bool) throws {
        #expect(try LabelSelector(parsing: selector).matches(Self.labels) == expected)
    }

    @Test(
        "every recorded list selects the recorded objects", .enabled(if: Fixtures.areAvailable, Fixtures.reason),
        arguments: Fixtures.transcripts(in: "lists"))
    func recorded(transcript: String) throws {
        for step in try Fixtures.steps(transcript) {
            guard step.method == "GET", let selector = step.query["labelSelector"], let answer = step.answer else {
                continue
            }
            let document = try JSONValue.parsed(answer)
            if step.status == 200 {
                let parsed = try LabelSelector(parsing: selector)
                for item in document["items"]?.elements ?? [] {
                    guard case .object(let members)? = item["metadata", "labels"] else { continue }
                    let labels = members.members.map { ($0.name, $0.value.text ?? "") }
                    #expect(parsed.matches(Dictionary(labels) { $1 }), "\(step) \(selector)")
                }
            } else if step.status == 400, transcript.contains("label-selector") {
                let failure = #expect(throws: APIFailure.self) { try LabelSelector(parsing: selector) }
                #expect(failure.map { goJSON($0.statusJSON) } == goJSON(document), "\(step) \(selector)")
            }
        }
    }

    @Test("names of many objects are told apart", arguments: [("set=five", 5), ("set=five,app=web", 2)])
    func exclusion(selector: String, count: Int) throws {
        let objects = (0..<10).map { ["set": $0 < 5 ? "five" : "other", "app": $0 % 3 == 0 ? "web" : "db"] }
        let parsed = try LabelSelector(parsing: selector)
        #expect(objects.count { parsed.matches($0) } == count)
    }
}
