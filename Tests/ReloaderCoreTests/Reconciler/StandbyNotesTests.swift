import Testing

@testable import ReloaderCore

@Suite struct StandbyNotesTests {
    @Test func `what was collected long before the takeover counts as done, what is younger does not`() {
        var notes = StandbyNotes<String>()
        notes.collected("old", at: .seconds(10))
        notes.collected("young", at: .seconds(20))
        let answers = ["old", "young", "unknown"].map { notes.leaderHadTime(for: $0, at: .seconds(41)) }
        #expect(answers == [true, false, false])
    }

    @Test func `the last collection counts, and only once`() {
        var notes = StandbyNotes<String>()
        notes.collected("a", at: .seconds(0))
        notes.collected("a", at: .seconds(40))
        let answers = [41, 100].map { notes.leaderHadTime(for: "a", at: .seconds($0)) }
        #expect(answers == [false, false])
    }
}
