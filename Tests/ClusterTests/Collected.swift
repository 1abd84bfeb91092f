import KubeClient
import Synchronization

/// The object that was looked for.
final class Found: Sendable {
    private let state = Mutex<UnstructuredObject?>(nil)
    var object: UnstructuredObject? { state.withLock { $0 } }
    func set(_ object: UnstructuredObject) { state.withLock { $0 = object } }
}

/// The body of an answer, in memory.
final class CollectedAnswer: ResponseReceiver {
    private let state = Mutex<[UInt8]>([])
    var body: [UInt8] { state.withLock { $0 } }

    func receive(_ head: HTTPResponseHead) {}
    func receive(_ bytes: RawSpan) {
        state.withLock { state in unsafe bytes.withUnsafeBytes { unsafe state.append(contentsOf: $0) } }
    }
}
