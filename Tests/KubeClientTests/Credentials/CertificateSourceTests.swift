import TestSupport
import Testing

@testable import KubeClient

private func certificate(_ text: String) -> String { "-----BEGIN CERTIFICATE-----\n\(text)" }
private func key(_ text: String) -> String { "-----BEGIN PRIVATE KEY-----\n\(text)" }

@Suite struct CertificateSourceTests {
    private let clock = StoppedClock()
    private let files = MemoryFiles(["/ca": certificate("ca1"), "/crt": certificate("c1"), "/key": key("k1")])
    private let source: CertificateSource

    init() {
        var tls = TLSSettings(
            certificateAuthority: Array(certificate("ca1").utf8),
            clientIdentity: ClientIdentity(
                certificate: Array(certificate("c1").utf8), privateKey: Array(key("k1").utf8)))
        tls.files = TLSFiles(certificateAuthority: "/ca", clientCertificate: "/crt", clientKey: "/key")
        source = CertificateSource(
            tls, files: files.reader, clock: clock, logger: .silent)
    }

    private func contents(_ blob: Blob?) -> String {
        unsafe String(
            decoding: UnsafeRawBufferPointer(start: blob?.address, count: blob?.count ?? 0), as: UTF8.self)
    }

    private var current: [String] {
        let material = source.material(for: nil)
        return [material.authority, material.clientCertificate, material.clientKey].map { contents($0) }
    }

    @Test func `files are read again after five minutes, and not before`() {
        let first = source.material(for: nil)
        files["/ca"] = certificate("ca2")
        (files["/crt"], files["/key"]) = (certificate("c2"), key("k2"))
        clock.advance(by: .seconds(299))
        #expect(source.material(for: nil) === first)
        #expect(files.reads == 0)
        clock.advance(by: .seconds(1))
        #expect(current == [certificate("ca2"), certificate("c2"), key("k2")])
        #expect(files.reads == 3)
    }

    @Test func `what has not changed stays the same, so that connections are used again`() {
        let first = source.material(for: nil)
        clock.advance(by: .seconds(300))
        #expect(source.material(for: nil) === first)
        #expect(files.reads == 3)
    }

    @Test func `a failure has them read sooner, though not with every request`() {
        (files["/crt"], files["/key"]) = (certificate("c2"), key("k2"))
        clock.advance(by: .seconds(9))
        source.failed()
        #expect(current[1] == certificate("c1"))
        clock.advance(by: .seconds(1))
        #expect(current[1] == certificate("c2"))
        (files["/crt"], files["/key"]) = (certificate("c3"), key("k3"))
        clock.advance(by: .seconds(10))
        #expect(current[1] == certificate("c2"))
    }

    @Test func `half of a renewed pair is not used; the other half is looked for soon`() {
        let first = source.material(for: nil)
        files["/crt"] = certificate("c2")
        clock.advance(by: .seconds(300))
        #expect(source.material(for: nil) === first)
        files["/key"] = key("k2")
        clock.advance(by: .seconds(10))
        #expect(current == [certificate("ca1"), certificate("c2"), key("k2")])
    }

    @Test func `a certificate that was renewed for the same key is used when it is found again`() {
        files["/crt"] = certificate("c2")
        clock.advance(by: .seconds(300))
        #expect(current[1] == certificate("c1"))
        clock.advance(by: .seconds(10))
        #expect(current == [certificate("ca1"), certificate("c2"), key("k1")])
    }

    @Test(arguments: [nil, "", "half a file"])
    func `a file that cannot be used leaves the last certificate in use`(contents: String?) {
        (files["/ca"], files["/crt"], files["/key"]) = (contents, contents, contents)
        clock.advance(by: .seconds(300))
        #expect(current == [certificate("ca1"), certificate("c1"), key("k1")])
    }

    @Test func `an identity from a plugin goes before the configuration's, as long as it is given`() {
        let other = ClientIdentity(certificate: [1], privateKey: [2])
        let material = source.material(for: other)
        #expect(material.clientCertificate?.count == 1)
        #expect(source.material(for: other) === material)
        #expect(source.material(for: ClientIdentity(certificate: [3], privateKey: [2])) !== material)
        #expect(current[1] == certificate("c1"))
    }

    @Test func `what is set by hand is not read again`() {
        var tls = TLSSettings(certificateAuthority: [1])
        tls.files.certificateAuthority = "/ca"
        tls.certificateAuthority = [2]
        #expect(tls.files == TLSFiles())
    }
}
