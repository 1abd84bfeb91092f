import ControllerTestKit
import ControllerTestKitTLS
import KubeClient
import TestSupport
import Testing

@Suite("The test server over TLS", .timeLimit(.minutes(1)))
struct TLSListenerTests {
    private let server = TestAPIServer()
    private let key = ObjectKey(namespace: "team", name: "a")

    init() throws {
        try server.create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"team"}}"#)
    }

    private func name(_ url: String, _ tls: TLSSettings) async throws(KubeError) -> String {
        let client = try KubeClient(configuration: KubeConfiguration(server: url, tls: tls), logger: .silent)
        return try await client.resource(.configMaps, as: ObjectMetadata.self).get(key).id.name
    }

    private func failure(_ url: String, _ tls: TLSSettings) async -> KubeError? {
        do throws(KubeError) {
            _ = try await name(url, tls)
            return nil
        } catch {
            return error
        }
    }

    private let trusting = TLSSettings(certificateAuthority: Array(TestCertificates.authority.utf8))

    @Test("a client that trusts the test CA reads from it; another does not")
    func serverCertificate() async throws {
        try await server.listen(tls: .test).serving { listener in
            #expect(listener.url.hasPrefix("https://127.0.0.1:"))
            let found = try await name(listener.url, trusting)
            #expect(found == "a")
            let error = await failure(listener.url, TLSSettings())
            #expect(error?.code == .transport)
        }
    }

    @Test("where clients need a certificate, one without is refused")
    func clientCertificate() async throws {
        try await server.listen(tls: .mutualTest).serving { listener in
            var settings = trusting
            let error = await failure(listener.url, settings)
            #expect(error?.code == .transport)
            #expect(error?.description.contains("check client-certificate and client-key") == true)
            settings.clientIdentity = ClientIdentity(
                certificate: Array(TestCertificates.client.utf8), privateKey: Array(TestCertificates.clientKey.utf8))
            let found = try await name(listener.url, settings)
            #expect(found == "a")
        }
    }

    @Test("a watch streams")
    func watch() async throws {
        try await server.listen(tls: .test).serving { listener in
            let client = try KubeClient(
                configuration: KubeConfiguration(server: listener.url, tls: trusting), logger: .silent)
            let resource = client.resource(.configMaps, as: ObjectMetadata.self)
            // An absent start begins with what is there.
            let first = try await resource.withWatch { events in try await events.next() }
            guard case .added(let object)? = first else {
                Issue.record("no object")
                return
            }
            #expect(object.id.name == "a")
        }
    }

    @Test("connections made one right after the other are all served")
    func manyConnections() async throws {
        try await server.listen(tls: .test).serving { listener in
            // Each client has connections of its own.
            for _ in 0..<50 {
                let found = try await name(listener.url, trusting)
                #expect(found == "a")
            }
        }
    }

    @Test("what is no certificate is refused")
    func rubbish() async throws {
        await #expect(throws: (any Error).self) {
            try await server.listen(tls: ListenerTLS(certificate: "rubbish", privateKey: "rubbish"))
        }
    }
}
