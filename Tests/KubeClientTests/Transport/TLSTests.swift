import Synchronization
import TestSupport
import Testing

@testable import KubeClient

@Suite(.enabled(if: OpenSSL.isInstalled, "openssl is not installed"), .timeLimit(.minutes(1))) struct TLSTests {
    private let openssl: OpenSSL

    init() throws { openssl = try OpenSSL() }

    private func get(_ server: String, _ tls: TLSSettings, _ receiver: CollectingReceiver = .init()) async -> KubeError?
    {
        do {
            let configuration = KubeConfiguration(server: server, tls: tls)
            try await CurlTransport(configuration: configuration, logger: .silent)
                .perform(HTTPRequest(.get, "/x", timeout: .seconds(20)), deliveringTo: receiver)
            return nil
        } catch {
            return error
        }
    }

    private func kind(_ error: KubeError?) -> TransportFailure.Kind? { (error?.underlying as? TransportFailure)?.kind }

    @Test("a server whose authority is unknown is refused unless told otherwise")
    func unknownAuthority() async throws {
        let server = "https://127.0.0.1:\(try openssl.serve())"
        let error = await get(server, TLSSettings())
        #expect(kind(error) == .tls)
        #expect(error?.description.contains("certificate is not trusted") == true)
        #expect(error?.description.contains("set certificate-authority") == true)
        #expect(await get(server, TLSSettings(skipsVerification: true)) == nil)
    }

    @Test("a server is accepted with its own authority, and with no other")
    func authority() async throws {
        let server = "https://127.0.0.1:\(try openssl.serve())"
        let receiver = CollectingReceiver()
        #expect(await get(server, TLSSettings(certificateAuthority: try openssl.contents("ca.crt")), receiver) == nil)
        #expect(receiver.status == 200)
        let other = await get(server, TLSSettings(certificateAuthority: try openssl.contents("other.crt")))
        #expect(kind(other) == .tls)
        let rubbish = await get(server, TLSSettings(certificateAuthority: Array("rubbish".utf8)))
        #expect(kind(rubbish) == .tls)
    }

    @Test("an endpoint of somebody else's is verified against the system's authorities")
    func endpoint() async throws {
        let endpoint = try #require(EndpointURL("https://127.0.0.1:\(try openssl.serve())/token"))
        let client = CurlHTTPClient(endpoint, timeout: .seconds(20), userAgent: "test")
        let error = await #expect(throws: HTTPPostError.self) { try await client.post([], contentType: "text/plain") }
        #expect(error == .failed(.tls))
    }

    @Test("a certificate for another name is refused, and tls-server-name says which name is right")
    func name() async throws {
        let port = try openssl.serve()
        let authority = try openssl.contents("ca.crt")
        let wrong = await get("https://localhost:\(port)", TLSSettings(certificateAuthority: authority))
        #expect(kind(wrong) == .tls)
        #expect(wrong?.description.contains("tls-server-name") == true)
        let named = TLSSettings(certificateAuthority: authority, serverName: "api.test")
        #expect(await get("https://localhost:\(port)", named) == nil)
        let misnamed = TLSSettings(certificateAuthority: authority, serverName: "other.test")
        #expect(kind(await get("https://127.0.0.1:\(port)", misnamed)) == .tls)
    }

    @Test("the client certificate is presented, and a server that wants one refuses to go without")
    func clientCertificate() async throws {
        let options = ["-Verify", "1", "-verify_return_error", "-CAfile", openssl.path("ca.crt")]
        let server = "https://127.0.0.1:\(try openssl.serve(options))"
        var tls = TLSSettings(certificateAuthority: try openssl.contents("ca.crt"))
        #expect(await get(server, tls)?.code == .transport)
        tls.clientIdentity = ClientIdentity(
            certificate: try openssl.contents("client.crt"), privateKey: try openssl.contents("client.key"))
        let receiver = CollectingReceiver()
        #expect(await get(server, tls, receiver) == nil)
        #expect(receiver.body.contains("Subject: CN=client"))
    }

    @Test("an expired certificate is refused, and said to be")
    func expired() async throws {
        try openssl.makeExpired()
        let server = "https://127.0.0.1:\(try openssl.serve(certificate: "expired.crt"))"
        let error = await get(server, TLSSettings(certificateAuthority: try openssl.contents("ca.crt")))
        #expect(kind(error) == .tls)
        #expect(error?.description.contains("expired") == true)
    }

    /// Presents certificates one after the other, each until it is rejected.
    private final class Certificates: Credentials {
        private let identities: Mutex<[ClientIdentity]>
        init(_ identities: [ClientIdentity]) { self.identities = Mutex(identities) }
        var description: String { "certificates" }
        func headers() async throws(KubeError) -> [(name: String, value: String)] { [] }
        func credential() async throws(KubeError) -> RequestCredential {
            RequestCredential(clientIdentity: identities.withLock { $0.first })
        }
        func turn() { identities.withLock { _ = $0.removeFirst() } }
    }

    private func identity(_ name: String) throws -> ClientIdentity {
        ClientIdentity(
            certificate: try openssl.contents("\(name).crt"), privateKey: try openssl.contents("\(name).key"))
    }

    private func subject(_ transport: CurlTransport) async throws -> String {
        let receiver = CollectingReceiver()
        try await transport.perform(HTTPRequest(.get, "/x", timeout: .seconds(20)), deliveringTo: receiver)
        let line = receiver.body.split(separator: "\n").first { $0.contains("Subject: ") }
        return line.map { trimmed(String($0)) } ?? "none"
    }

    private static let demandsCertificate = ["-Verify", "1", "-verify_return_error", "-CAfile"]

    @Test("a certificate of the credentials is presented, and the next one as soon as they give it")
    func certificateOfCredentials() async throws {
        let port = try openssl.serve(Self.demandsCertificate + [openssl.path("ca.crt")])
        let credentials = Certificates(try ["client", "renewed"].map(identity))
        var configuration = KubeConfiguration(server: "https://127.0.0.1:\(port)", credentials: credentials)
        configuration.tls.certificateAuthority = try openssl.contents("ca.crt")
        let transport = try CurlTransport(configuration: configuration, logger: .silent)
        #expect(try await subject(transport) == "Subject: CN=client")
        credentials.turn()
        #expect(try await subject(transport) == "Subject: CN=renewed")
    }

    @Test("a certificate that is renewed in its file is presented within five minutes")
    func renewedFile() async throws {
        let port = try openssl.serve(Self.demandsCertificate + [openssl.path("ca.crt")])
        let clock = StoppedClock()
        var tls = TLSSettings(
            certificateAuthority: try openssl.contents("ca.crt"), clientIdentity: try identity("client"))
        tls.files = TLSFiles(clientCertificate: openssl.path("client.crt"), clientKey: openssl.path("client.key"))
        let transport = try CurlTransport(
            configuration: KubeConfiguration(server: "https://127.0.0.1:\(port)", tls: tls), logger: .silent,
            clock: clock)
        #expect(try await subject(transport) == "Subject: CN=client")
        try openssl.replace("client", by: "renewed")
        #expect(try await subject(transport) == "Subject: CN=client")
        clock.advance(by: .seconds(300))
        #expect(try await subject(transport) == "Subject: CN=renewed")
    }

    @Test("a server whose authority is renewed is trusted again soon after the first refusal")
    func renewedAuthority() async throws {
        let port = try openssl.serve()
        let clock = StoppedClock()
        try openssl.write(String(decoding: openssl.contents("other.crt"), as: UTF8.self), to: "trusted.crt")
        var tls = TLSSettings(certificateAuthority: try openssl.contents("trusted.crt"))
        tls.files = TLSFiles(certificateAuthority: openssl.path("trusted.crt"))
        let transport = try CurlTransport(
            configuration: KubeConfiguration(server: "https://127.0.0.1:\(port)", tls: tls), logger: .silent,
            clock: clock)
        await #expect(throws: KubeError.self) { try await subject(transport) }
        try openssl.write(String(decoding: openssl.contents("ca.crt"), as: UTF8.self), to: "trusted.crt")
        clock.advance(by: .seconds(10))
        await #expect(throws: Never.self) { try await subject(transport) }
    }

    @Test("a key that does not belong to the certificate is said to be the problem")
    func mismatchedKey() async throws {
        let server = "https://127.0.0.1:\(try openssl.serve())"
        let identity = ClientIdentity(
            certificate: try openssl.contents("client.crt"), privateKey: try openssl.contents("other.key"))
        let error = await get(
            server, TLSSettings(certificateAuthority: try openssl.contents("ca.crt"), clientIdentity: identity))
        #expect(error?.description.contains("check client-certificate and client-key") == true)
    }

    @Test("TLS older than 1.2 is refused")
    func oldVersion() async throws {
        let server = "https://127.0.0.1:\(try openssl.serve(["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]))"
        let error = await get(server, TLSSettings(certificateAuthority: try openssl.contents("ca.crt")))
        #expect(kind(error) == .tls)
    }

    @Test("a server that does not speak TLS is said not to")
    func plainServer() async throws {
        let server = try ScriptedServer(greeting: "HTTP/1.0 400 Bad Request\r\n\r\n") { _, connection in
            connection.close()
        }
        defer { server.stop() }
        let error = await get("https://127.0.0.1:\(server.port)", TLSSettings())
        #expect(kind(error) == .tls)
        #expect(error?.description.contains("speak TLS?") == true)
    }
}
