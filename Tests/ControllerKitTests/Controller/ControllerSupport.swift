import KubeClient
import TestSupport

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
