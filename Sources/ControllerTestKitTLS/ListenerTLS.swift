import NIOSSL

/// How a listener proves who it is, and which clients it lets in.
public struct ListenerTLS: Sendable {
    /// The server's certificate in PEM, followed by intermediates when there are any.
    public var certificate: String
    /// The certificate's private key in PEM.
    public var privateKey: String
    /// The certificates in PEM that may sign a client's; nil when clients need none.
    public var clientAuthority: String?

    /// Creates settings.
    public init(certificate: String, privateKey: String, clientAuthority: String? = nil) {
        self.certificate = certificate
        self.privateKey = privateKey
        self.clientAuthority = clientAuthority
    }

    /// The server of ``TestCertificates``, for any client.
    public static let test = ListenerTLS(
        certificate: TestCertificates.server, privateKey: TestCertificates.serverKey)

    /// The same for clients whose certificate is from the CA of ``TestCertificates``.
    public static let mutualTest = ListenerTLS(
        certificate: TestCertificates.server, privateKey: TestCertificates.serverKey,
        clientAuthority: TestCertificates.authority)

    /// Throws for what is no certificate or no key.
    func context() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(privateKey.utf8), format: .pem)))
        configuration.applicationProtocols = ["http/1.1"]
        if let clientAuthority {
            configuration.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes(Array(clientAuthority.utf8)))
            configuration.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
