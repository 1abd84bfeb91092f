public import KubeClient
public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small HTTP/1.1 server for probes and metrics: fixed paths, answers from closures, one thread.
///
/// Any method is answered; `HEAD` without the body; unknown paths with 404. Plain HTTP without authentication, so no
/// route may show anything secret. A connection that sends or reads too slowly is closed, and there are never more than
/// 64 of them.
public final class ProbeServer: Service {
    /// Gives the answer of one path; called on the server's thread, must not block.
    public typealias Route = @Sendable () -> ProbeResponse

    private struct Listener {
        var group: MultiThreadedEventLoopGroup
        var channel: any Channel
    }

    private let address: ListenAddress?
    private let service: ProbeService
    private let logger: Logger
    private let listener = Mutex<Listener?>(nil)

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - address: `host:port`, `:port` for all interfaces (IPv6 too where there is any), `[IPv6]:port`; port 0 has the
    ///     system choose. Empty or `off`: nothing is served.
    ///   - routes: The answers, by path.
    ///   - logger: Where the address is told.
    /// - Throws: When the address cannot be understood.
    public convenience init(address: String, routes: [String: Route], logger: Logger) throws(KubeError) {
        try self.init(address: address, routes: routes, limits: .init(), logger: logger)
    }

    init(
        address: String, routes: [String: Route], limits: ProbeService.Limits, logger: Logger
    ) throws(KubeError) {
        self.address = try ListenAddress.parse(address)
        service = ProbeService(routes: routes, limits: limits)
        self.logger = logger
    }

    /// The port that is listened on; nil while nothing is.
    public var port: Int? { listener.withLock { $0?.channel.localAddress?.port } }

    /// Serves until the task is cancelled or the service group shuts down gracefully.
    ///
    /// Throws when the address cannot be listened on. A server that is off waits for the end all the same.
    public func run() async throws {
        try await bind()
        guard let listener = listener.withLock({ $0 }) else {
            try? await untilShutdown()
            return
        }
        await withTaskCancellationOrGracefulShutdownHandler {
            try? await listener.channel.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listener.channel.close(promise: nil)
        }
        self.listener.withLock { $0 = nil }
        // Closes the connections and ends the thread.
        try? await listener.group.shutdownGracefully()
    }

    /// Starts to listen, for a manager that wants to know about a bad address before it starts anything else; whoever
    /// calls this must call ``run()``.
    package func bind() async throws(KubeError) {
        guard let address, listener.withLock({ $0 == nil }) else { return }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel: any Channel
        do {
            channel = try await bind(to: address, on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw KubeError(
                .configuration,
                "cannot listen on \(address) for probes and metrics; choose another address or stop what uses it",
                underlying: error)
        }
        listener.withLock { $0 = Listener(group: group, channel: channel) }
        let bound = ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port)
        logger.info("serving probes and metrics", metadata: ["address": "\(bound)"])
    }

    private func bind(to address: ListenAddress, on group: MultiThreadedEventLoopGroup) async throws -> any Channel {
        let service = service
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ProbeHandler(service: service))
                }
            }
        if let host = address.host { return try await bootstrap.bind(host: host, port: address.port).get() }
        do {
            // Off, whatever the system's default is: one socket for both families.
            let v6Only = ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only)
            let dualStack = bootstrap.serverChannelOption(v6Only, value: 0)
            return try await dualStack.bind(host: "::", port: address.port).get()
        } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES {
            throw error
        } catch {
            // No IPv6 on this machine.
            return try await bootstrap.bind(host: "0.0.0.0", port: address.port).get()
        }
    }
}
