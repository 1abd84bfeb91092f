import KubeClient
import Synchronization

@testable import ControllerTestKit

/// Sends the requests of a transcript to a fresh server and compares the answers.
struct Replayer {
    let transcript: Transcript
    let server: TestAPIServer
    let clock: ManualClock
    private var correspondence = Correspondence()
    /// Steps that are not sent.
    private let skipped: Set<Int>
    private(set) var findings: [String] = []

    init(_ transcript: Transcript, skipping skipped: Set<Int>) throws {
        self.transcript = transcript
        self.skipped = skipped
        clock = ManualClock()
        server = TestAPIServer(clock: clock, seed: 1)
        RecordedUsers.configure(server)
        try seed()
    }

    // MARK: What was there before the first step

    private mutating func seed() throws {
        for namespace in transcript.namespacesBefore { server.createNamespaceIfAbsent(namespace) }
        for text in Coverage.extraObjects[transcript.name] ?? [] { try server.create(json: text) }
        let borrowed = try (Coverage.borrowedObjects[transcript.name] ?? []).flatMap {
            try Transcript($0.transcript).objects(shownByStep: $0.step)
        }
        for object in borrowed + transcript.objectsBefore(skipping: skipped) {
            if object["kind"]?.string == "Namespace" {
                let labels = JSONValue.dict(("metadata", .dict(("labels", object["metadata", "labels"] ?? .dict()))))
                let name = ObjectKey(name: ObjectMeta(object).name)
                let stored = try server.patch(.namespaces, name, .merge(goJSONBytes(labels)))
                correspondence.mixedOwners.insert(ObjectMeta(object).uid)
                correspondence.bind(ObjectMeta(object).uid, to: ObjectMeta(stored).uid)
                continue
            }
            var body = object
            body.modify("metadata") { $0.set("resourceVersion", nil) }
            let managers = object["metadata", "managedFields"]?.array ?? []
            let stored = try server.create(body, fieldManager: managers.first?["manager"]?.string ?? "test")
            let (recorded, ours) = (ObjectMeta(object), ObjectMeta(stored))
            if managers.count > 1 { correspondence.mixedOwners.insert(recorded.uid) }
            correspondence.bind(recorded.uid, to: ours.uid)
            correspondence.bind(version: recorded.resourceVersion, to: ours.resourceVersion)
        }
        correspondence.start = server.transaction { $0.version }
    }

    // MARK: Steps

    mutating func run() async throws {
        var open: [(step: Transcript.Step, number: Int, frames: Collector, task: Task<Void, any Error>)] = []
        for (index, step) in transcript.steps.enumerated() where !skipped.contains(step.id) {
            let exchange = server.begin(request(step))
            let collector = Collector()
            if let response = exchange.immediate {
                compare(step, status: response.status, response.headers, response.body)
            } else {
                let task = Task { [server] in try await server.finish(exchange, collector) }
                if !exchange.isWatch {
                    try await clock.waitForSleepers(open.count + 1)
                    clock.advance(by: .seconds(3))
                }
                if step.frames == nil {
                    try await task.value
                    compare(step, status: collector.status, collector.headers, collector.body)
                } else {
                    open.append((step, exchange.number, collector, task))
                }
            }
            let later = transcript.steps[(index + 1)...].filter { !skipped.contains($0.id) }
            let done = open.filter { watch in !later.contains { $0.duringWatch.contains(watch.step.id) } }
            guard !done.isEmpty else { continue }
            for watch in done {
                let number = watch.number
                try await server.waitForRequest { $0.number == number }
            }
            open.removeAll { watch in done.contains { $0.step.id == watch.step.id } }
            // Watches of a transcript differ in path or parameters, so the target tells which to close.
            server.closeWatches { attributes in !open.contains { $0.step.path == attributes.path } }
            for watch in done {
                try await watch.task.value
                compareFrames(watch.step, watch.frames)
            }
        }
    }

    private func request(_ step: Transcript.Step) -> ServerRequest {
        var headers = step.headers
        if step.header("User-Agent").isEmpty { headers.append(("User-Agent", "golden-recorder/1.0")) }
        if let token = RecordedUsers.token(for: step.identity) { headers.append(("Authorization", "Bearer \(token)")) }
        return ServerRequest(
            method: step.method, target: correspondence.translatedTarget(step.target), headers: headers,
            body: Array((step.body.map { correspondence.translated($0) } ?? "").utf8))
    }

    private mutating func compare(
        _ step: Transcript.Step, status: Int, _ headers: [(name: String, value: String)], _ body: [UInt8]
    ) {
        if step.frames != nil { return note(step, ["a watch recorded, here \(status)"]) }
        var differences: [String] = []
        if status != step.status {
            differences.append(
                "\(step.status) recorded, \(status) here: \(String(decoding: body.prefix(300), as: UTF8.self))")
        }
        let text = String(decoding: body, as: UTF8.self)
        let warnings = headers.filter { $0.name == "Warning" }.map(\.value)
        if warnings != step.responseHeaders["Warning"] ?? [] {
            differences.append("warnings \(step.responseHeaders["Warning"] ?? []) recorded, \(warnings) here")
        }
        let retryAfter = headers.first { $0.name == "Retry-After" }?.value
        if retryAfter != step.responseHeaders["Retry-After"]?.first {
            differences.append("Retry-After: \(retryAfter ?? "-") here")
        }
        let recorded = step.answer ?? ""
        if status == step.status, step.method != "HEAD" {
            if let left = try? GoJSONParser.parse(Array(recorded.utf8)).value,
                let right = try? GoJSONParser.parse(body).value
            {
                correspondence.bindGeneratedName(left, right, request: step.body ?? "")
                correspondence.compare(left, right)
            } else if recorded != text {
                differences.append("recorded \(recorded.prefix(200)) / here \(text.prefix(200))")
            }
        }
        note(step, differences + correspondence.takeMismatches())
    }

    private mutating func compareFrames(_ step: Transcript.Step, _ collector: Collector) {
        var differences: [String] = []
        // Bookmarks that time brings are the subject of their own suite.
        let recorded = (step.frames ?? []).filter { $0.cause != "timer" }
        let frames = collector.frames
        if recorded.count != frames.count {
            differences.append(
                "\(recorded.count) frames recorded, \(frames.count) here: "
                    + frames.map { String(decoding: $0.prefix(150), as: UTF8.self) }.joined(separator: " | "))
        }
        for (left, right) in zip(recorded, frames) {
            guard let text = left.text, let a = try? GoJSONParser.parse(Array(text.utf8)).value,
                let b = try? GoJSONParser.parse(right).value
            else {
                differences.append("a frame that is no JSON")
                continue
            }
            correspondence.compare(a, b)
        }
        note(step, differences + correspondence.takeMismatches())
    }

    private mutating func note(_ step: Transcript.Step, _ differences: [String]) {
        findings += differences.map { "step \(step.id) \(step.method) \(step.target.prefix(120)): \($0)" }
    }
}

extension Correspondence {
    /// A name that the server made up corresponds too.
    mutating func bindGeneratedName(_ recorded: JSONValue, _ ours: JSONValue, request: String) {
        guard request.contains("generateName") else { return }
        for holder in ["metadata", "details"] {
            if let left = recorded[holder, "name"]?.string, let right = ours[holder, "name"]?.string, left != right {
                bind(left, to: right)
            }
        }
    }
}

/// Keeps an answer.
final class Collector: ResponseWriter, Sendable {
    private struct State {
        var status = 0
        var headers: [(name: String, value: String)] = []
        var pieces: [[UInt8]] = []
    }

    private let state = Mutex(State())

    func begin(status: Int, headers: [(name: String, value: String)]) async throws {
        state.withLock { ($0.status, $0.headers) = (status, headers) }
    }

    func write(_ bytes: [UInt8]) async throws { state.withLock { $0.pieces.append(bytes) } }

    var status: Int { state.withLock { $0.status } }
    var headers: [(name: String, value: String)] { state.withLock { $0.headers } }
    var frames: [[UInt8]] { state.withLock { $0.pieces } }
    var body: [UInt8] { frames.flatMap { $0 } }
}
