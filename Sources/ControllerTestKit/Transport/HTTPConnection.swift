import NIOCore
import NIOHTTP1

/// One connection: requests one after the other, until either side closes.
struct HTTPConnection: Sendable {
    typealias Parts = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

    let server: TestAPIServer
    let channel: any Channel

    /// Serves the connection; whatever goes wrong with it ends it and nothing else.
    func run() async {
        let channel = channel
        let wrapped = channel.eventLoop.submit {
            // What is closed already would never say so.
            guard channel.isActive else { throw ConnectionLost() }
            return try Parts(wrappingChannelSynchronously: channel)
        }
        guard let parts = try? await wrapped.get() else { return channel.close(promise: nil) }
        // Tells an exchange that waits, such as an idle watch, that the client is gone.
        let closed = Mailbox()
        channel.closeFuture.whenComplete { _ in closed.post(.closed) }
        try? await parts.executeThenClose { inbound, outbound in
            try await channel.setOption(.autoRead, value: true).get()
            channel.read()
            var parts = inbound.makeAsyncIterator()
            while let (head, body) = try await Self.request(&parts) {
                try await respond(to: head, body, outbound, closed)
                guard head.isKeepAlive else { return }
            }
        }
    }

    private static func request(
        _ parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    ) async throws -> (HTTPRequestHead, [UInt8])? {
        guard case .head(let head)? = try await parts.next(isolation: #isolation) else { return nil }
        var body: [UInt8] = []
        while let part = try await parts.next(isolation: #isolation) {
            switch part {
            // One byte past the limit is enough to know.
            case .body(let buffer) where body.count <= ServerState.bodyLimit: body += buffer.readableBytesView
            case .body: continue
            case .end: return (head, body)
            case .head: return nil
            }
        }
        return nil
    }

    private func respond(
        to head: HTTPRequestHead, _ body: [UInt8], _ outbound: Outbound, _ closed: Mailbox
    ) async throws {
        let exchange = server.begin(
            ServerRequest(
                method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                body: body))
        let writer = ChannelWriter(outbound: outbound, isHead: head.method == .HEAD)
        if let response = exchange.immediate {
            server.noteAnswer(exchange, status: response.status)
            return try await writer.whole(response)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let server = server
            group.addTask { try await server.finish(exchange, writer) }
            group.addTask {
                _ = try await closed.next()
                throw ConnectionLost()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        try await writer.end()
    }
}

/// Writes an answer to a channel, every piece flushed.
private struct ChannelWriter: ResponseWriter, Sendable {
    var outbound: HTTPConnection.Outbound
    var isHead: Bool

    func begin(status: Int, headers: [(name: String, value: String)]) async throws {
        try await outbound.write(.head(Self.head(status, headers)))
    }

    func write(_ bytes: [UInt8]) async throws {
        guard !isHead else { return }
        try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: bytes))))
    }

    func end() async throws { try await outbound.write(.end(nil)) }

    /// A whole answer in one write.
    func whole(_ response: ServerResponse) async throws {
        let headers = [("Content-Type", response.contentType), ("Content-Length", String(response.body.count))]
        var parts: [HTTPServerResponsePart] = [
            .head(Self.head(response.status, headers + response.headers))
        ]
        if !isHead { parts.append(.body(.byteBuffer(ByteBuffer(bytes: response.body)))) }
        try await outbound.write(contentsOf: parts + [.end(nil)])
    }

    private static func head(_ status: Int, _ headers: [(name: String, value: String)]) -> HTTPResponseHead {
        HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(headers))
    }
}
