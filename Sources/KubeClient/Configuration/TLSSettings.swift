/// How the server proves who it is, and how the client does.
public struct TLSSettings: Sendable {
    /// Certificates (PEM) that may sign the server's, instead of the system's; nil for the system's.
    public var certificateAuthority: [UInt8]?
    /// What the client presents.
    public var clientIdentity: ClientIdentity?
    /// The name that the server's certificate must be for, when it is not the host of the server's URL.
    public var serverName: String?
    /// Accepts any certificate.
    ///
    /// Anyone on the network path can then read and change everything.
    public var skipsVerification: Bool

    /// Creates settings; the default verifies against the system's certificates.
    public init(
        certificateAuthority: [UInt8]? = nil, clientIdentity: ClientIdentity? = nil, serverName: String? = nil,
        skipsVerification: Bool = false
    ) {
        self.certificateAuthority = certificateAuthority
        self.clientIdentity = clientIdentity
        self.serverName = serverName
        self.skipsVerification = skipsVerification
    }
}

/// A client certificate with its private key, both PEM.
///
/// The description does not show the key.
public struct ClientIdentity: Sendable, CustomStringConvertible {
    /// The certificate, followed by intermediates when there are any.
    public var certificate: [UInt8]
    private var key: Redacted<[UInt8]>

    /// The private key.
    public var privateKey: [UInt8] { key.value }

    /// Creates an identity; the pair is checked when it is first used.
    public init(certificate: [UInt8], privateKey: [UInt8]) {
        self.certificate = certificate
        key = Redacted(privateKey)
    }

    /// What it is.
    public var description: String { "client certificate" }
}
