/// What all requests of one transport have in common; immutable.
struct CurlSettings: Sendable {
    let server: ServerAddress
    let userAgent: String
    /// Empty for none; may hold a password.
    let proxyURL: Redacted<String>
    let serverName: String?
    let skipsVerification: Bool
    /// What counts instead of the system's authorities, where the configuration names none; see ``environmentAuthorities``.
    let authorities = CurlSettings.environmentAuthorities
    /// Whether a connection may carry further requests.
    var keepsConnections = true
    /// For how long nothing must have come in before a connection counts as dead on which an exchange was given up.
    var patience = Duration.seconds(5)

    init(_ configuration: KubeConfiguration, server: ServerAddress) {
        self.server = server
        userAgent = configuration.userAgent
        let proxy = configuration.proxyURL ?? ProxySettings(processEnvironment()).url(for: server)
        proxyURL = Redacted(Self.resolvingAtProxy(proxy))
        serverName = configuration.tls.serverName
        skipsVerification = configuration.tls.skipsVerification
    }

    /// The file and the folder that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    ///
    /// OpenSSL heeds these, and so do programs in Go; libcurl, where it is built with paths of its own, does not.
    private static let environmentAuthorities: (file: String?, folder: String?) = {
        let environment = processEnvironment()
        func path(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        return (path("SSL_CERT_FILE"), path("SSL_CERT_DIR"))
    }()

    /// Names are looked up by a SOCKS proxy, as in client-go; libcurl has a scheme of its own for that.
    private static func resolvingAtProxy(_ url: String) -> String {
        let scheme = "socks5://"
        return url.lowercased().hasPrefix(scheme) ? "socks5h://\(url.dropFirst(scheme.count))" : url
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
