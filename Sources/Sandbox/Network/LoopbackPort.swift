import NIOCore
import NIOPosix

/// Ports on 127.0.0.1.
enum LoopbackPort {
    /// A port that was free a moment ago, for a process that has to be told its port.
    static func free() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
