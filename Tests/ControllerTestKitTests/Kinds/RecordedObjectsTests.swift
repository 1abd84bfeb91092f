import ControllerTestKit
import KubeClient
import Testing

@Suite("Printed form", .enabled(if: Fixtures.areAvailable, Fixtures.reason))
struct RecordedObjectsTests {
    @Test(
        "every recorded object reads and prints back byte for byte",
        arguments: Fixtures.transcripts(
            in: "configmaps", "secrets", "patch", "workloads", "leases", "lists", "events", "writes", "content"))
    func printsBack(transcript: String) throws {
        for step in try Fixtures.steps(transcript) {
            guard let answer = step.answer, let document = try? JSONValue.parsed(answer) else { continue }
            let items = document["items"]?.elements ?? [document]
            for item in items {
                guard let kind = kind(of: item, in: document, step) else { continue }
                let printed = try kind.printed(item)
                #expect(goJSON(printed.value) == goJSON(item), "\(step)")
                #expect(printed.unknownFields == [], "\(step)")
            }
        }
    }

    private func kind(of item: JSONValue, in document: JSONValue, _ step: Fixtures.Step) -> ResourceKind? {
        if document["items"] != nil {
            guard let kind = step.target?.kind, document["kind"]?.text == kind.listKind else { return nil }
            return kind
        }
        guard let apiVersion = item["apiVersion"]?.text, let name = item["kind"]?.text else { return nil }
        return KindRegistry.builtIn.kind(apiVersion: apiVersion, kind: name)
    }
}
