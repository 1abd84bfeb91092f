import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP endpoint on a loopback port that keeps what it is sent and answers by a script.
final class Receiver: Sendable {
    struct Request: Sendable {
        var method: String
        /// As sent: absolute when the sender takes this for a proxy.
        var target: String
        var headers: [(name: String, value: String)]
        var body: String

        subscript(header name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    enum Reply: Sendable {
        case answer(Int, body: String = "", headers: [(String, String)] = [])
        /// The request is never answered.
        case silence
        /// The connection is closed instead.
        case close
    }

    private let state: Mutex<(replies: [Reply], requests: [Request])>
    private let bound = Mutex<(any Channel)?>(nil)

    private init(_ replies: [Reply]) { state = Mutex((replies, [])) }

    var requests: [Request] { state.withLock { $0.requests } }
    var port: Int { bound.withLock { $0?.localAddress?.port } ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }

    /// Listens for the length of `body`; the last of `replies` is given again and again.
    static func run(_ replies: Reply..., body: (Receiver) async throws -> Void) async throws {
        let receiver = Receiver(replies)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(receiver))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        receiver.bound.withLock { $0 = channel }
        let result: Result<Void, any Error>
        do { result = .success(try await body(receiver)) } catch { result = .failure(error) }
        try await channel.close()
        try result.get()
    }

    /// Waits, without sleeping, until this many requests are here.
    func untilReceived(_ count: Int) async -> [Request] {
        while requests.count < count, !Task.isCancelled { await Task.yield() }
        return requests
    }

    private func take(_ request: Request) -> Reply {
        state.withLock { state in
            state.requests.append(request)
            return state.replies.count > 1 ? state.replies.removeFirst() : state.replies.first ?? .answer(200)
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let receiver: Receiver
        private var request = Request(method: "", target: "", headers: [], body: "")

        init(_ receiver: Receiver) { self.receiver = receiver }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(
                    method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                    body: "")
            case .body(let bytes): request.body += String(buffer: bytes)
            case .end: reply(context)
            }
        }

        private func reply(_ context: ChannelHandlerContext) {
            switch receiver.take(request) {
            case .silence: break
            case .close: context.close(promise: nil)
            case .answer(let status, let body, let headers):
                var fields = HTTPHeaders(headers)
                fields.add(name: "Content-Length", value: "\(body.utf8.count)")
                let head = HTTPResponseHead(
                    version: .http1_1, status: .init(statusCode: status), headers: fields)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
