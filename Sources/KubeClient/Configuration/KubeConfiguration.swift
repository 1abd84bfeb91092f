/// Where the API server is and how to authenticate.
///
/// Usually made by ``infer(environment:context:)``. The description names server and user, never a credential.
public struct KubeConfiguration: Sendable {
    /// The server's base URL: scheme, host, port and an optional path.
    public var server: String
    /// The namespace that the context or the service account names.
    public var namespace: String?
    /// How both sides prove who they are.
    public var tls: TLSSettings
    /// What goes into the headers of each request.
    ///
    /// Never sent to a server without TLS.
    public var credentials: any Credentials
    /// The proxy to go through (`http`, `https` or `socks5` URL), empty for none; nil leaves it to `https_proxy` and `no_proxy`.
    public var proxyURL: String?
    /// On whose behalf requests are made; nil for the account's own.
    public var impersonation: Impersonation?
    /// The `User-Agent` of every request.
    public var userAgent = "KubeClient"
    /// What people should know about this configuration, a sentence each; a client logs them as warnings.
    public var warnings: [String] = []

    /// Creates a configuration; the default asks for no credentials and verifies against the system's certificates.
    public init(
        server: String, namespace: String? = nil, tls: TLSSettings = TLSSettings(),
        credentials: any Credentials = NoCredentials(), proxyURL: String? = nil, impersonation: Impersonation? = nil
    ) {
        self.server = server
        self.namespace = namespace
        self.tls = tls
        self.credentials = credentials
        self.proxyURL = proxyURL
        self.impersonation = impersonation
    }
}

extension KubeConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The same as ``description``.
    public var debugDescription: String { description }
    /// The description alone: a proxy's URL can hold a password.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// Server, namespace and the kinds of credentials.
    public var description: String {
        // A URL that cannot be read may hold anything, a password too.
        var parts = [ServerAddress(server)?.description ?? "invalid server URL"]
        if let namespace { parts.append("namespace \(namespace)") }
        if !(credentials is NoCredentials) { parts.append("\(credentials)") }
        if let identity = tls.clientIdentity { parts.append("\(identity)") }
        if tls.skipsVerification { parts.append("TLS not verified") }
        return parts.joined(separator: ", ")
    }
}
