import NIOCore
import NIOHTTP1
import Synchronization

/// What all connections of one probe server share.
final class ProbeService: Sendable {
    struct Limits: Sendable {
        /// For a request to come in whole, and for its answer to be taken.
        var request: Duration = .seconds(10)
        /// For the next request on an open connection; longer than the usual interval between scrapes.
        var keepAlive: Duration = .seconds(75)
        /// Connections at the same time; more are closed at once.
        var connections = 64
    }

    let routes: [String: ProbeServer.Route]
    let limits: Limits
    let connections = Atomic<Int>(0)

    init(routes: [String: ProbeServer.Route], limits: Limits) {
        self.routes = routes
        self.limits = limits
    }

    func response(to uri: String) -> ProbeResponse {
        let path = uri.prefix { $0 != "?" && $0 != "#" }
        return routes[String(path)]?() ?? ProbeResponse(status: 404, "404 page not found\n")
    }
}

/// One connection: answers requests one after the other, and never waits for the other side without a deadline.
final class ProbeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let service: ProbeService
    private var head: HTTPRequestHead?
    private var deadline: Scheduled<Void>?
    private var isCounted = false

    init(service: ProbeService) { self.service = service }

    func channelActive(context: ChannelHandlerContext) {
        isCounted = true
        let count = service.connections.wrappingAdd(1, ordering: .relaxed).newValue
        guard count <= service.limits.connections else {
            context.close(promise: nil)
            return
        }
        expect(within: service.limits.request, on: context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        if isCounted { service.connections.wrappingSubtract(1, ordering: .relaxed) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            // From the first line on the rest must come at once, however long the connection had been idle.
            expect(within: service.limits.request, on: context.channel)
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ request: HTTPRequestHead, context: ChannelHandlerContext) {
        let response = service.response(to: request.uri)
        var head = HTTPResponseHead(version: request.version, status: .init(statusCode: response.status))
        head.headers.add(name: "Content-Type", value: response.contentType)
        head.headers.add(name: "Content-Length", value: "\(response.body.count)")
        head.headers.add(name: "X-Content-Type-Options", value: "nosniff")
        let keepsAlive = request.isKeepAlive
        if !keepsAlive { head.headers.add(name: "Connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD, !response.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        let channel = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { result in
            guard keepsAlive, case .success = result else {
                channel.close(promise: nil)
                return
            }
            bound.value.expect(within: bound.value.service.limits.keepAlive, on: channel)
        }
        // For a reader that does not read.
        expect(within: service.limits.request, on: channel)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    /// Closes the connection unless this is called again within `limit`; single bytes that come in do not count.
    private func expect(within limit: Duration, on channel: any Channel) {
        deadline?.cancel()
        deadline = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
    }
}
