import Testing

@testable import ReloaderCore

@Suite struct FingerprintTests {
    @Test("reads and writes forty digits, whatever their case")
    func hex() throws {
        let text = "6b3093988321555757cc9b88a5f2d59101a0261c"
        let fingerprint = try #require(Fingerprint(hex: text))
        #expect(fingerprint.hex == text)
        #expect("\(fingerprint)" == text)
        #expect(Fingerprint(hex: text.uppercased()) == fingerprint)
    }

    @Test(
        "refuses what is not forty digits",
        arguments: [
            "", "6b30", "6b3093988321555757cc9b88a5f2d59101a0261", "6b3093988321555757cc9b88a5f2d59101a0261c0",
            "gb3093988321555757cc9b88a5f2d59101a0261c", "é6b3093988321555757cc9b88a5f2d59101a0261c",
        ])
    func notHex(_ text: String) { #expect(Fingerprint(hex: text) == nil) }

    @Test("the reference's plain text has its SHA-1")
    func plainText() {
        guard let digest = SHA1Digest() else {
            Issue.record("libcrypto offers no SHA-1")
            return
        }
        unsafe Array("www.stakater.com".utf8).withUnsafeBytes { unsafe digest.update($0) }
        let fingerprint = digest.finish()
        #expect(fingerprint?.hex == "abd4ed82fb04548388a6cf3c339fd9dc84d275df")
    }

    @Test("takes exactly twenty bytes")
    func bytes() {
        #expect(Fingerprint(bytes: (0..<20).map { UInt8($0) })?.hex == "000102030405060708090a0b0c0d0e0f10111213")
        #expect(Fingerprint(bytes: [1, 2, 3]) == nil)
    }

    @Test("takes twenty bytes of memory")
    func size() { #expect(MemoryLayout<Fingerprint>.size == 20) }

    @Test("knows those of nothing and of a deletion")
    func constants() {
        #expect(Fingerprint.empty.hex == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(Fingerprint.deletion.hex == "aae45badef99284e4dae01d6046154ea9d99532f")
        #expect(PayloadHasher(isSecret: false).finish() == .empty)
    }

    @Test("of the status of a SecretProviderClass is that of its sorted entries")
    func secretProviderClass() {
        var hasher = PayloadHasher(isSecret: false)
        hasher.add("secret/data/app/user", "3")
        hasher.add("secret/data/app/password", "7")
        hasher.add("SecretProviderClassName", "my-spc")
        #expect(hasher.finish()?.hex == "ffd207790ba404778f46a559fe3b373df52d129d")
    }
}
