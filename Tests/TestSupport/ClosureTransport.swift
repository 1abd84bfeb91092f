package import KubeClient
import Synchronization

/// Answers requests by a closure, and remembers them.
package final class ClosureTransport: Transport {
    package typealias Handler = @Sendable (HTTPRequest, any ResponseReceiver) async throws(KubeError) -> Void

    package var host: String { "in-process" }

    private let handler: Handler
    private let sent = Mutex<[HTTPRequest]>([])

    package init(_ handler: @escaping Handler) { self.handler = handler }

    package var requests: [HTTPRequest] { sent.withLock { $0 } }

    package func perform(
        _ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver
    ) async throws(KubeError) {
        sent.withLock { $0.append(request) }
        try await handler(request, receiver)
    }
}

extension ResponseReceiver {
    /// The head of an answer and the first part of its body.
    package func answer(
        _ body: String, status: Int = 200, type: String = "application/json"
    ) throws(KubeError) {
        try receive(HTTPResponseHead(status: status, headers: [("Content-Type", type)]))
        try send(body)
    }

    /// A part of the body, in pieces of `size` bytes.
    package func send(_ text: String, inPiecesOf size: Int = .max) throws(KubeError) {
        let bytes = Array(text.utf8)
        let span = unsafe bytes.span.bytes
        var start = 0
        while start < span.byteCount {
            let end = start + min(size, span.byteCount - start)
            try receive(span.extracting(start..<end))
            start = end
        }
    }
}
