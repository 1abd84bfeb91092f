import Testing

@testable import ControllerTestKit

/// A fresh server gives a recorded transcript's requests the recorded answers: status, body with the order of its
/// members, warnings, and the frames of watches in order.
///
/// What may differ: uids, versions, times and generated names, which must correspond one to one; the status of
/// workloads and the field managers there, which controllers write; bookmarks that time brings.
@Suite(.enabled(if: Fixtures.areAvailable, Fixtures.reason))
struct RecordedExchangesTests {
    @Test(arguments: Coverage.transcripts)
    func `a replayed request gets the recorded answer`(name: String) async throws {
        let transcript = try Transcript(name)
        let unsupported = Coverage.unsupportedSteps[name] ?? [:]
        let skipped = transcript.steps.filter { $0.isOtherEncoding || unsupported[$0.id] != nil }.map(\.id)
        var replayer = try Replayer(transcript, skipping: Set(skipped))
        try await replayer.run()
        #expect(replayer.findings == [])
    }

    @Test func `a definition and its resource live as they did in the recording`() async throws {
        let transcript = try Transcript(chain: Coverage.customResources)
        let unsupported = Coverage.unsupportedCustomResourceSteps
        let skipped = transcript.steps.filter { $0.isOtherEncoding || unsupported[$0.id] != nil }.map(\.id)
        var replayer = try Replayer(transcript, skipping: Set(skipped))
        try await replayer.run()
        #expect(replayer.findings == [])
    }

    @Test func `a step listed as unsupported exists and is not skipped for its encoding anyway`() throws {
        for (name, steps) in Coverage.unsupportedSteps {
            let recorded = try Transcript(name).steps.filter { !$0.isOtherEncoding }.map(\.id)
            #expect(Set(steps.keys).subtracting(recorded) == [], "\(name)")
        }
    }
}
