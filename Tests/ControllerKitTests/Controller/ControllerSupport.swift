import KubeClient
import Logging
import Synchronization

@testable import ControllerKit

/// An object with nothing but an identity and a value.
struct Widget: KubeObject {
    var id: ObjectKey
    var uid = "u"
    var resourceVersion = ResourceVersion(rawValue: "1")
    var value = 0

    init(_ name: String, uid: String = "u", value: Int = 0) {
        id = ObjectKey(namespace: "n", name: name)
        self.uid = uid
        self.value = value
    }

    init(from reader: inout JSONReader) throws(JSONError) { self.init("unused") }
}

/// Opens once; those who wait before go on then.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }

    /// Returns when the gate is open or the task is cancelled; for one waiter.
    func wait() async { for await _ in stream {} }
}

/// Collects what happens, in order, and lets a test wait for it.
final class Journal<Entry: Sendable>: Sendable {
    private struct State {
        var entries: [Entry] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var entries: [Entry] { state.withLock { $0.entries } }

    func append(_ entry: Entry) {
        let satisfied = state.withLock { state in
            state.entries.append(entry)
            let satisfied = state.waiters.filter { $0.count <= state.entries.count }
            state.waiters.removeAll { $0.count <= state.entries.count }
            return satisfied
        }
        for waiter in satisfied { waiter.continuation.resume() }
    }

    /// Suspends until there are `count` entries; returns them all.
    @discardableResult
    func entries(_ count: Int) async -> [Entry] {
        await withCheckedContinuation { continuation in
            let isSatisfied = state.withLock { state in
                if state.entries.count >= count { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isSatisfied { continuation.resume() }
        }
        return entries
    }
}

/// A reconciler made of a closure.
struct Reconciling: Reconciler {
    typealias Key = String
    let body: @Sendable (String, ReconcileContext) async throws -> Outcome
    init(_ body: @escaping @Sendable (String, ReconcileContext) async throws -> Outcome) { self.body = body }
    func reconcile(_ key: String, _ context: ReconcileContext) async throws -> Outcome { try await body(key, context) }
}

extension Informer where Object == Widget {
    /// An informer whose list comes when `gate` opens and whose watch stays silent.
    static func widgets(_ widgets: [Widget], after gate: Gate? = nil) -> Informer<Widget> {
        let source = ReflectorSource<Widget>(
            list: { _, body async throws(KubeError) -> ListMetadata in
                await gate?.wait()
                for widget in widgets { body(widget) }
                return ListMetadata(resourceVersion: ResourceVersion(rawValue: "1"))
            },
            watch: { _, _ async throws(KubeError) -> Void in
                await Gate().wait()
                throw KubeError(.cancelled, "cancelled")
            })
        return Informer<Widget>(
            source, resource: APIResource(group: "", version: "v1", plural: "widgets", kind: "Widget"),
            options: InformerOptions(streamingList: false), logger: .silent)
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// A logger whose lines, with level and metadata, go to a journal.
    static func into(_ journal: Journal<String>) -> Logger {
        Logger(label: "test") { _ in JournalLogHandler(journal: journal) }
    }
}

private struct JournalLogHandler: LogHandler {
    let journal: Journal<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        journal.append("\(event.level): \(event.message)\(fields)")
    }
}
