import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// Something that a Reloader is killed at, again and again: each time the end must be as if nothing had happened.
///
/// To try another path, add a scenario to ``CrashTests``.
struct CrashScenario: Sendable, CustomTestStringConvertible {
    /// What goes on, for people.
    var name: String
    var options = ReloaderOptions.ledgered()
    /// Custom resources that the server has to know.
    var resources: [APIResource] = []
    /// The kinds whose objects make up the end state.
    var kinds: [APIResource] = [.deployments]
    /// Fields that may differ at the end, whatever object they are of.
    var ignoredFields: Set<String> = []
    /// How many configs ``change`` updates.
    var changeCount = 1
    /// Sets the stage, before any Reloader runs.
    var prepare: @Sendable (Stage) throws -> Void
    /// What a running Reloader has to react to.
    var change: @Sendable (Stage) throws -> Void
    /// Whether it has done so, the ledger apart.
    var isDone: @Sendable (Stage) -> Bool

    var testDescription: String { name }

    /// What is there at the end, without what differs between two runs of one program.
    struct EndState: Hashable, Sendable {
        var objects: [String]
        var ledger: [String]
        /// How often Jobs were created, copies apart.
        var runs: Int
    }

    /// Runs it without a crash: what the end is, and how many writes lead there.
    func undisturbed() async throws -> (end: EndState, writes: Int) {
        let (stage, text) = try await prologue()
        let killer = Killer(stage.server)
        let runs = try await act(stage, after: text, isChanging: true)
        return (end(stage, runs), killer.writes)
    }

    /// Kills a Reloader at a point, starts another one, and returns what is there at the end.
    func killed(at point: CrashPoint) async throws -> EndState {
        let (stage, text) = try await prologue()
        let killer = Killer(stage.server, at: point)
        try await stage.run(options) { stage in
            await wait(on: stage, "it takes over") { stage.log.lines.contains { $0.contains("was last written") } }
            try await changeAll(stage)
            // Writes of the ledger may be fewer than they were before: then there is nothing to kill it at.
            await wait(on: stage, "it is killed \(point)") { killer.isDead || isOver(stage, after: text) }
        }
        let runs = Self.runs(stage, point)
        killer.detach()
        let others = try await act(stage, after: text, isChanging: false)
        return end(stage, runs + others)
    }

    /// A server, and a Reloader that ran there before: the ledger knows what is applied.
    private func prologue() async throws -> (stage: Stage, ledger: String) {
        let stage = Stage(resources: resources)
        try prepare(stage)
        try await stage.run(options) { stage in #expect(await stage.pump { stage.isLedgerQuiet }) }
        return (stage, stage.ledgerText)
    }

    private func isOver(_ stage: Stage, after ledger: String) -> Bool {
        isDone(stage) && stage.isLedgerQuiet && stage.ledgerText != ledger
    }

    /// Lets a Reloader run until all is done and stays so; returns how often Jobs were created.
    private func act(_ stage: Stage, after ledger: String, isChanging: Bool) async throws -> Int {
        let before = stage.log.lines.count
        stage.server.clearRequests()
        try await stage.run(options, logsStart: true) { stage in
            await wait(on: stage, "the next one takes over") {
                stage.log.lines[before...].contains { $0.contains("was last written") }
            }
            if isChanging { try await changeAll(stage) }
            await wait(on: stage, "the work is finished") { isOver(stage, after: ledger) }
            _ = await stage.pump(rounds: 100) { false }
        }
        return Self.runs(stage, nil)
    }

    /// Makes the changes, and lets time pass only when all of them have been heard of: they were made together.
    private func changeAll(_ stage: Stage) async throws {
        try change(stage)
        await stage.untilReceived(changeCount)
    }

    private func wait(on stage: Stage, _ what: String, until isDone: () -> Bool) async {
        if await stage.pump(until: isDone) { return }
        let lines = stage.log.lines.suffix(40).joined(separator: "\n")
        Issue.record("\(name): never comes about that \(what)\n\(stage.ledgerText)\n\(lines)")
    }

    /// How often Jobs were created, copies apart.
    private static func runs(_ stage: Stage, _ point: CrashPoint?) -> Int {
        // Of the writes without an answer the first is the one that it was killed at; the others never happened.
        let unanswered = stage.calls.first { write in
            write.status == nil && !write.attributes.isReadOnly && write.attributes.resource != "events"
        }
        return stage.calls.count { request in
            let isDone = request.status == 201 || point?.moment == .after && request.number == unanswered?.number
            return isDone && request.attributes.verb == "create" && request.attributes.resource == "jobs"
                && !request.bodyText.contains("parked-job")
        }
    }

    private func end(_ stage: Stage, _ runs: Int) -> EndState {
        let objects = kinds.flatMap { (try? stage.server.list($0)) ?? [] }
        return EndState(
            objects: objects.map { comparable($0).description.replacing(Self.time, with: "") }.sorted(),
            ledger: stage.ledgerEntries, runs: runs)
    }

    private static var uid: Regex<Substring> { /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/ }

    /// When a reload was planned, in the record of it.
    private static var time: Regex<Substring> { /"observedAt\\":\d+/ }

    private static let accidental: Set<String> = [
        "restartAt", "uid", "resourceVersion", "creationTimestamp", "controller-uid",
        "batch.kubernetes.io/controller-uid",
        "job-name",
        "batch.kubernetes.io/job-name",
    ]

    /// Who owns which fields, in an order that does not depend on when each of them wrote.
    private func managers(_ entries: JSONValue) -> JSONValue {
        let texts = (entries.array ?? []).map { entry -> String in
            var entry = entry
            entry["time"] = nil
            // Owner references are told apart by uid, which differs between two clusters.
            return entry.description.replacing(Self.uid, with: "uid")
        }
        return .array(texts.sorted().map { .string($0) })
    }

    private func comparable(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(comparable))
        case .object(let object):
            // The name of a run follows from the CronJob's uid.
            let isRun = value["ownerReferences"] != nil
            let hidden = Self.accidental.union(ignoredFields).union(isRun ? ["name"] : [])
            return .object(
                JSONObject(
                    object.members.filter { !hidden.contains($0.name) }.map { member in
                        (
                            member.name,
                            member.name == "managedFields" ? managers(member.value) : comparable(member.value)
                        )
                    }))
        default: return value
        }
    }
}
