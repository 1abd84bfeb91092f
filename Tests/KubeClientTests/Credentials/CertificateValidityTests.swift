import Testing

@testable import KubeClient

@Suite struct CertificateValidityTests {
    /// Ends in this century's first half, which has a short form.
    static let month = """
        -----BEGIN CERTIFICATE-----
        MIIBWzCCAQCgAwIBAgIBATAKBggqhkjOPQQDAjAMMQowCAYDVQQDDAFhMB4XDTI2
        MTEyNzAyMTgxMFoXDTI2MTIyNzAyMTgxMFowDDEKMAgGA1UEAwwBYTBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABMVcOBcXHJuJ3C0BhIbZOZAJEjv/40ceMGtL0tuQ
        YYxMAcolVUbpfYlLx3WxyA9+StBW4BWvTB7CzzjQ/+lu7WSjUzBRMB0GA1UdDgQW
        BBSInxQdrvncY+StWroTgcSXxuPD0zAfBgNVHSMEGDAWgBSInxQdrvncY+StWroT
        gcSXxuPD0zAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQC9bJnS
        uEQvJqakyEGIagWcF73TwgyH13qqc2BRX6Z9FwIhAI1eWD5lOV4RDnxFW0gAGGup
        cZvtxXA/UOOlyCcAty1f
        -----END CERTIFICATE-----
        """

    /// Ends in 2126, for which there is a long form.
    static let century = """
        -----BEGIN CERTIFICATE-----
        MIIBXDCCAQKgAwIBAgIBATAKBggqhkjOPQQDAjAMMQowCAYDVQQDDAFhMCAXDTI2
        MTEyNzAyMTgxMFoYDzIxMjYxMTAzMDIxODEwWjAMMQowCAYDVQQDDAFhMFkwEwYH
        KoZIzj0CAQYIKoZIzj0DAQcDQgAEvOcU7mODg3viqU70PY5V0/OQkVZov7Zm7WXA
        bDr91b1Q05d36PytjwQ3IviSiAb85AoyzwOLq/zeCbjcjc5LgqNTMFEwHQYDVR0O
        BBYEFIbvL4DzGaWR5UbrG63juKfR2m6mMB8GA1UdIwQYMBaAFIbvL4DzGaWR5Ubr
        G63juKfR2m6mMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAMVz
        Srv90MUjZbPKdys803FMA/MNx+bgIPrl2TkI8sdMAiBsM27HzUJfrYYIKqCs4BOb
        sE8/E8cPg9Qj3bD+V86tLQ==
        -----END CERTIFICATE-----
        """

    @Test func `both forms of time are read`() {
        let start = Timestamp(rfc3339: "2026-11-27T02:18:10Z")
        let month = CertificateValidity(pem: Array("in front\n\(Self.month)\n\(Self.century)".utf8))
        #expect(month?.notBefore == start)
        #expect(month?.notAfter == Timestamp(rfc3339: "2026-12-27T02:18:10Z"))
        let century = CertificateValidity(pem: Array(Self.century.utf8))
        #expect(century?.notBefore == start)
        #expect(century?.notAfter == Timestamp(rfc3339: "2126-11-03T02:18:10Z"))
    }

    @Test func `what is no certificate has none, wherever it ends`() {
        #expect(CertificateValidity(pem: Array("-----BEGIN CERTIFICATE-----".utf8)) == nil)
        let body = Self.month.split(separator: "\n").dropFirst().dropLast().joined()
        let bytes = Base64.decode(body) ?? []
        #expect(CertificateValidity(der: bytes) != nil)
        // Up to the end of the certificate's own length, everything is too short.
        for count in bytes.indices { #expect(CertificateValidity(der: Array(bytes[..<count])) == nil) }
        for index in bytes.indices {
            var broken = bytes
            broken[index] ^= 0xFF
            _ = CertificateValidity(der: broken)
        }
    }
}
