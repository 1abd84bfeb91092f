package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Serves a ``TestAPIServer`` over HTTP/1.1 on a loopback port: keep-alive, watches as chunked streams.
///
/// The port is bound by ``TestAPIServer/listen(host:port:)`` and connections queue from then on; they are served while
/// ``run()`` runs. TLS comes with the product `ControllerTestKitTLS`.
public final class HTTPListener: Sendable {
    /// The server's base URL, such as `http://127.0.0.1:41234`.
    public let url: String
    /// The bound port.
    public let port: Int

    private let server: TestAPIServer
    private let channel: any Channel
    private let accepted: AsyncStream<any Channel>
    private let open: OpenChannels

    /// Binds the port; `preparing` puts what comes below HTTP into the pipeline of a new connection.
    package init(
        server: TestAPIServer, host: String, port: Int, scheme: String = "http",
        preparing: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws {
        let open = OpenChannels()
        let (accepted, continuation) = AsyncStream.makeStream(of: (any Channel).self)
        (self.server, self.open, self.accepted) = (server, open, accepted)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            // Nothing is read before somebody serves the connection.
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try preparing(channel)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        WhenActive {
                            open.insert(channel)
                            continuation.yield(channel)
                        })
                }
            }
            .bind(host: host, port: port).get()
        channel.closeFuture.whenComplete { _ in continuation.finish() }
        self.port = channel.localAddress?.port ?? port
        url = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(self.port)"
    }

    /// Serves until the task is cancelled, then closes every connection and the port.
    public func run() async throws {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await connection in accepted {
                    let server = server
                    group.addTask { await HTTPConnection(server: server, channel: connection).run() }
                }
                group.cancelAll()
            }
        } onCancel: {
            channel.close(promise: nil)
        }
        // Also those that nobody has begun to serve.
        open.closeAll()
        try Task.checkCancellation()
    }
}

/// Hands a connection over once it can be used: between its initializer and that moment lie two hops between threads.
private final class WhenActive: ChannelInboundHandler {
    typealias InboundIn = Any
    private let perform: @Sendable () -> Void

    init(_ perform: @escaping @Sendable () -> Void) { self.perform = perform }

    func channelActive(context: ChannelHandlerContext) {
        perform()
        context.fireChannelActive()
    }
}

/// The connections of a listener, so that none outlives it.
private final class OpenChannels: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func insert(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { [self] _ in channels.withLock { _ = $0.removeValue(forKey: id) } }
    }

    func closeAll() { for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) } }
}

extension TestAPIServer {
    /// Binds a port, zero for any that is free; ``HTTPListener/run()`` serves it.
    public func listen(host: String = "127.0.0.1", port: Int = 0) async throws -> HTTPListener {
        try await HTTPListener(server: self, host: host, port: port)
    }

    /// Serves a free loopback port for the length of `body`, which gets the base URL.
    public func withHTTPListener<Result: Sendable>(
        _ body: (_ url: String) async throws -> Result
    ) async throws -> Result {
        try await listen().serving { listener in try await body(listener.url) }
    }
}

extension HTTPListener {
    /// Serves for the length of `body`.
    public func serving<Result: Sendable>(
        _ body: (HTTPListener) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            defer { group.cancelAll() }
            return try await body(self)
        }
    }
}
