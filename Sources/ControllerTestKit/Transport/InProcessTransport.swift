import KubeClient
import Synchronization

/// Carries exchanges to a ``TestAPIServer`` without sockets: the receiver is called on the calling task.
struct InProcessTransport: Transport {
    var host: String { "in-process" }

    let server: TestAPIServer
    /// Sent with every request.
    let headers: [(name: String, value: String)]

    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        if Task.isCancelled { throw KubeError(.cancelled, "\(request.method.rawValue) \(request.path): cancelled") }
        let exchange = server.begin(
            ServerRequest(
                method: request.method.rawValue, target: request.target, headers: request.headers + headers,
                body: request.body ?? []))
        let writer = ReceiverWriter(receiver: receiver)
        do {
            if let response = exchange.immediate {
                server.noteAnswer(exchange, status: response.status)
                return try await writer.send(response)
            }
            guard let timeout = request.timeout else { return try await server.finish(exchange, writer) }
            try await finish(exchange, writer, within: timeout)
        } catch let error as KubeError {
            throw error
        } catch is ConnectionLost {
            throw KubeError(.transport, "\(request.method.rawValue) \(request.path): the connection was lost")
        } catch is TimedOut {
            throw KubeError(.timeout, "\(request.method.rawValue) \(request.path): no answer in time")
        } catch {
            throw KubeError(.cancelled, "\(request.method.rawValue) \(request.path): cancelled")
        }
    }

    private struct TimedOut: Error {}

    private func finish(
        _ exchange: TestAPIServer.Exchange, _ writer: ReceiverWriter, within timeout: Duration
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (server, clock) = (server, server.clock)
            group.addTask { try await server.finish(exchange, writer) }
            group.addTask {
                try await clock.sleep(for: timeout)
                throw TimedOut()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// Hands an answer to a receiver.
struct ReceiverWriter: ResponseWriter, Sendable {
    var receiver: any ResponseReceiver

    func begin(status: Int, headers: [(name: String, value: String)]) async throws {
        try receiver.receive(HTTPResponseHead(status: status, headers: headers))
    }

    func write(_ bytes: [UInt8]) async throws { try unsafe receiver.receive(bytes.span.bytes) }
}
