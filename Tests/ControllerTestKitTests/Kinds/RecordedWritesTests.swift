import ControllerTestKit
import KubeClient
import Testing

@Suite("Writes", .enabled(if: Fixtures.areAvailable, Fixtures.reason))
struct RecordedWritesTests {
    @Test(
        "every recorded create, update and patch is answered as the real server did",
        arguments: Fixtures.transcripts(
            in: "configmaps", "secrets", "patch", "workloads", "leases", "events", "writes"))
    func answersAlike(transcript: String) throws {
        var replay = Replay()
        let exceptions = Self.notByRules[transcript, default: []].union(Self.differences[transcript, default: []])
        var differing: Set<Int> = []
        for step in try Fixtures.steps(transcript) {
            guard let outcome = try replay.replay(step) else { continue }
            let (answer, expected) = (goJSON(outcome.answer), goJSON(outcome.expected))
            let warnings = outcome.warnings.map { "299 - \(goQuoted($0))" }
            let hasTheirWarnings = step.status >= 300 || warnings == step.warnings
            if exceptions.contains(step.id) {
                if answer != expected || !hasTheirWarnings { differing.insert(step.id) }
                continue
            }
            #expect(answer == expected, "\(step)")
            #expect(hasTheirWarnings, "\(step): \(warnings), not \(step.warnings)")
        }
        #expect(differing == exceptions, "exceptions that are none")
    }

    /// Refusals that come from storage, admission plugins, request options or content negotiation, not from the rules of
    /// the kind.
    private static let notByRules: [String: Set<Int>] = [
        "configmaps/too-large": [2, 4], "events/core-v1-errors": [5], "leases/leader-election": [3],
        "leases/update-creates": [3], "patch/dry-run-and-force": [5], "workloads/job-delete-recreate": [3],
        "writes/admission-denied": [1, 2, 4, 5], "writes/create-errors": [2, 3, 5, 9],
        "writes/dry-run": [9, 10, 11],
        "writes/field-manager": [7, 8], "writes/finalizers": [8], "writes/namespace-lifecycle": [4, 7],
        "writes/put-conflict": [7, 8, 9], "writes/put-identity": [3, 4], "writes/quota-exceeded": [3],
        "writes/webhook-unreachable": [1],
    ]

    /// What the rules do otherwise.
    private static let differences: [String: Set<Int>] = [
        // The message quotes the server's internal Go structs.
        "workloads/job": [2, 3], "workloads/pod-delete": [3],
        // A gated Pod has a condition that says so.
        "workloads/pod-subresources": [1],
    ]
}
