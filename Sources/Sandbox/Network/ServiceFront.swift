import NIOCore
import NIOPosix

/// A Service's address that stays the same while the pods behind it come and go.
///
/// Each connection to ``port`` is carried to whatever ``backend`` names at that moment; without one the caller gets an
/// HTTP 503. One task runs ``run()``; cancelling it closes everything.
struct ServiceFront: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let listener: NIOAsyncChannel<Connection, Never>
    /// Where the front listens on 127.0.0.1.
    let port: Int
    private let backend: @Sendable () -> Int?

    /// Listens on `preferredPort`, or on a free port when that one is taken.
    init(preferredPort: Int, backend: @escaping @Sendable () -> Int?) async throws {
        do {
            listener = try await Self.listen(preferredPort)
        } catch  where preferredPort != 0 {
            listener = try await Self.listen(0)
        }
        port = listener.channel.localAddress?.port ?? 0
        self.backend = backend
    }

    private static func listen(_ port: Int) async throws -> NIOAsyncChannel<Connection, Never> {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try wrap(channel) }
            }
    }

    private static func wrap(_ channel: any Channel) throws -> Connection {
        try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// Serves until cancelled.
    func run() async {
        try? await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections { group.addTask { await serve(connection) } }
            }
        }
    }

    private func serve(_ caller: Connection) async {
        // A caller that goes away is not an error of the front.
        try? await caller.executeThenClose { fromCaller, toCaller in
            guard let pod = await connect() else {
                // A connection that closes with something unread is reset, and the answer may be lost with it.
                var request = fromCaller.makeAsyncIterator()
                guard try await request.next() != nil else { return }
                let body = "No pod is ready behind this address yet.\n"
                let head = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                try await toCaller.write(
                    ByteBuffer(string: "\(head)Content-Length: \(body.utf8.count)\r\nRetry-After: 1\r\n\r\n\(body)"))
                toCaller.finish()
                while try await request.next() != nil {}
                return
            }
            try await pod.executeThenClose { fromPod, toPod in
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        for try await part in fromCaller { try await toPod.write(part) }
                        toPod.finish()
                        return false
                    }
                    group.addTask {
                        for try await part in fromPod { try await toCaller.write(part) }
                        toCaller.finish()
                        return true
                    }
                    // When the pod has said everything, the exchange is over.
                    while let isOver = try await group.next(), !isOver {}
                    group.cancelAll()
                }
            }
        }
    }

    private func connect() async -> Connection? {
        guard let port = backend() else { return nil }
        return try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Self.wrap(channel) }
            }
    }
}
