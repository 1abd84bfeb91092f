import KubeClient
import Synchronization

/// Answers requests from a script, in order, and remembers them.
final class ScriptedTransport: Transport {
    var host: String { "in-process" }

    struct Step: Sendable {
        var status = 200
        var headers: [(name: String, value: String)] = [("Content-Type", "application/json")]
        var pieces: [String] = []
        /// Thrown after the pieces, or at once when there is no status.
        var failure: KubeError?

        static func json(_ status: Int = 200, _ pieces: String...) -> Step { Step(status: status, pieces: pieces) }
        static func lost(after pieces: String...) -> Step {
            Step(
                status: pieces.isEmpty ? 0 : 200, pieces: pieces, failure: KubeError(.transport, "connection reset"))
        }
    }

    private let steps: Mutex<[Step]>
    private let sent = Mutex<[HTTPRequest]>([])

    init(_ steps: Step...) { self.steps = Mutex(steps) }

    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        sent.withLock { $0.append(request) }
        guard let step = steps.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
            throw KubeError(.transport, "the script is over")
        }
        if step.status != 0 {
            try receiver.receive(HTTPResponseHead(status: step.status, headers: step.headers))
            for piece in step.pieces {
                let bytes = Array(piece.utf8)
                try unsafe receiver.receive(bytes.span.bytes)
            }
        }
        if let failure = step.failure { throw failure }
    }
}
