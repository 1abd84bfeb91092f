import NIOCore
import NIOPosix
import TestSupport

/// A connection to a port of this machine that speaks bytes.
struct LoopbackClient: Sendable {
    private let channel: any Channel
    private let replies: Replies

    init(host: String = "127.0.0.1", port: Int?) async throws {
        let replies = Replies()
        self.replies = replies
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(replies.handler())
                }
            }
            .connect(host: host, port: port ?? 0).get()
    }

    func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

    /// Everything that came until the server closed the connection.
    func untilClosed() async throws -> String {
        try await channel.closeFuture.get()
        return replies.journal.entries.joined()
    }

    /// What came so far, once it ends with `suffix`.
    func until(_ suffix: String) async -> String {
        var count = 0
        while true {
            let text = replies.journal.entries.joined()
            if text.hasSuffix(suffix) { return text }
            count = await replies.journal.entries(count + 1).count
        }
    }

    /// One request with a connection of its own; the status line, the headers and the body.
    static func request(_ path: String, method: String = "GET", port: Int?) async throws -> Reply {
        let client = try await LoopbackClient(port: port)
        client.send("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return Reply(try await client.untilClosed())
    }

    struct Reply: Sendable {
        var status: Int
        var head: String
        var body: String

        init(_ text: String) {
            var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
            let end = lines.firstIndex(of: "") ?? lines.endIndex
            head = lines[..<end].joined(separator: "\n").lowercased()
            status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
            lines = lines[end...].dropFirst()
            body = lines.joined(separator: "\r\n")
        }
    }

    private final class Replies: Sendable {
        let journal = Journal<String>()

        func handler() -> Handler { Handler(replies: self) }

        final class Handler: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            let replies: Replies
            init(replies: Replies) { self.replies = replies }
            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                replies.journal.append(String(buffer: unwrapInboundIn(data)))
            }
            func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
        }
    }
}
