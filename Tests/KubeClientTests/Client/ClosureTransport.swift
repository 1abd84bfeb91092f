import KubeClient
import Synchronization

/// Answers requests by a closure, and remembers them.
final class ClosureTransport: Transport {
    var host: String { "in-process" }

    typealias Handler = @Sendable (HTTPRequest, any ResponseReceiver) async throws(KubeError) -> Void

    private let handler: Handler
    private let sent = Mutex<[HTTPRequest]>([])

    init(_ handler: @escaping Handler) { self.handler = handler }

    var requests: [HTTPRequest] { sent.withLock { $0 } }

    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        sent.withLock { $0.append(request) }
        try await handler(request, receiver)
    }
}

extension ResponseReceiver {
    func answer(
        _ body: String, status: Int = 200, type: String = "application/json"
    ) throws(KubeError) {
        try receive(HTTPResponseHead(status: status, headers: [("Content-Type", type)]))
        try send(body)
    }

    func send(_ text: String) throws(KubeError) {
        let bytes = Array(text.utf8)
        try unsafe receive(bytes.span.bytes)
    }
}

/// Suspends until the task is cancelled.
func untilCancelled() async {
    let (nothing, source) = AsyncStream<Never>.makeStream()
    for await _ in nothing {}
    withExtendedLifetime(source) {}
}
