/// Where the API server is and how to authenticate.
///
/// The description names server and user, never a credential.
public struct KubeConfiguration: Sendable {
    /// The server's base URL: scheme, host, port and an optional path.
    public var server: String
    /// The namespace that the context or the service account names.
    public var namespace: String?

    /// Creates a configuration for a server that asks for no credentials.
    public init(server: String, namespace: String? = nil) {
        self.server = server
        self.namespace = namespace
    }
}
