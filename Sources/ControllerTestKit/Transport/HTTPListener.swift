package import NIOCore
import NIOHTTP1
import NIOPosix

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
    private let channel: NIOAsyncChannel<HTTPConnection.Channel, Never>

    /// Binds the port; `preparing` puts what comes below HTTP into the pipeline of a new connection.
    package init(
        server: TestAPIServer, host: String, port: Int, scheme: String = "http",
        preparing: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws {
        self.server = server
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try preparing(channel)
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    return try HTTPConnection.Channel(wrappingChannelSynchronously: channel)
                }
            }
        self.port = channel.channel.localAddress?.port ?? port
        url = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(self.port)"
    }

    /// Serves until the task is cancelled, then closes every connection and the port.
    public func run() async throws {
        try await channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    let server = server
                    group.addTask { await HTTPConnection(server: server, channel: connection).run() }
                }
                group.cancelAll()
            }
        }
    }
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
