/// The files that certificates came from, so that they can be read again.
package struct TLSFiles: Hashable, Sendable {
    package var certificateAuthority: String?
    package var clientCertificate: String?
    package var clientKey: String?
}

/// How the server proves who it is, and how the client does.
///
/// What a kubeconfig or a service account names by file is read again every few minutes while a client runs.
public struct TLSSettings: Sendable {
    /// Certificates (PEM) that may sign the server's, instead of the system's; nil for the system's.
    public var certificateAuthority: [UInt8]? { didSet { files.certificateAuthority = nil } }
    /// What the client presents.
    public var clientIdentity: ClientIdentity? {
        didSet { (files.clientCertificate, files.clientKey) = (nil, nil) }
    }
    /// The name that the server's certificate must be for, when it is not the host of the server's URL.
    public var serverName: String?
    /// Accepts any certificate.
    ///
    /// Anyone on the network path can then read and change everything.
    public var skipsVerification: Bool
    /// Where certificates are read again; forgotten with what is set by hand.
    package var files = TLSFiles()

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
public struct ClientIdentity: Sendable, Equatable, CustomStringConvertible {
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

    /// Whether both are the same pair.
    public static func == (lhs: ClientIdentity, rhs: ClientIdentity) -> Bool {
        lhs.certificate == rhs.certificate && lhs.privateKey == rhs.privateKey
    }

    /// What it is.
    public var description: String { "client certificate" }
}
