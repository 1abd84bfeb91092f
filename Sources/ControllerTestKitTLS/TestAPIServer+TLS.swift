public import ControllerTestKit
import NIOCore
import NIOSSL

extension TestAPIServer {
    /// Binds a port that speaks HTTP/1.1 over TLS, zero for any that is free; `HTTPListener.run()` serves it.
    ///
    /// Throws for a certificate or key that cannot be read. Who may do what is still the business of tokens
    /// (`TestAPIServer.authenticate(_:)`): a client certificate lets a connection in and names nobody.
    public func listen(
        host: String = "127.0.0.1", port: Int = 0, tls: ListenerTLS
    ) async throws -> HTTPListener {
        let context = try tls.context()
        return try await HTTPListener(server: self, host: host, port: port, scheme: "https") { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
    }
}
