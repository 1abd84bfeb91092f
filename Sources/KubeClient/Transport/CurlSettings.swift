/// What all requests of one transport have in common; immutable.
struct CurlSettings: Sendable {
    /// Bytes at an address that does not change, so that libcurl need not copy them for each request.
    @safe final class Blob: @unchecked Sendable {
        // Sendable: written by init only, freed by deinit only.
        private let storage: UnsafeMutableRawBufferPointer

        init(_ bytes: [UInt8]) {
            unsafe storage = .allocate(byteCount: bytes.count, alignment: 1)
            unsafe storage.copyBytes(from: bytes)
        }

        deinit { unsafe storage.deallocate() }

        var address: UnsafeRawPointer? { unsafe UnsafeRawPointer(storage.baseAddress) }
        var count: Int { unsafe storage.count }
    }

    let server: ServerAddress
    let userAgent: String
    let proxyURL: String?
    let serverName: String?
    let skipsVerification: Bool
    let certificateAuthority: Blob?
    let clientCertificate: Blob?
    let clientKey: Blob?
    /// Whether a connection may carry further requests.
    var keepsConnections = true

    init(_ configuration: KubeConfiguration, server: ServerAddress) {
        self.server = server
        userAgent = configuration.userAgent
        proxyURL = configuration.proxyURL
        serverName = configuration.tls.serverName
        skipsVerification = configuration.tls.skipsVerification
        certificateAuthority = configuration.tls.certificateAuthority.map(Blob.init)
        clientCertificate = (configuration.tls.clientIdentity?.certificate).map(Blob.init)
        clientKey = (configuration.tls.clientIdentity?.privateKey).map(Blob.init)
    }

    /// The base URL for libcurl.
    ///
    /// With a TLS server name that name is the host, so that certificates are checked for it; ``connectTo`` then leads
    /// to the real address.
    var baseURL: String {
        let host = serverName.map { bracketed($0) } ?? bracketed(server.host)
        return "\(server.isSecure ? "https" : "http")://\(host):\(server.port)\(server.path)"
    }

    /// `HOST:PORT:REAL-HOST:REAL-PORT`, when the name to check is not the address.
    var connectTo: String? {
        serverName.map { "\(bracketed($0)):\(server.port):\(bracketed(server.host)):\(server.port)" }
    }

    /// The `Host` header, when libcurl would not write the right one by itself.
    var hostHeader: String? {
        guard serverName != nil else { return nil }
        let isDefaultPort = server.port == (server.isSecure ? 443 : 80)
        return isDefaultPort ? bracketed(server.host) : server.authority
    }
}
