import CCrypto

/// Makes the short digests that stand in a ledger for contents.
///
/// Different for each part of a ledger and for each config, so that equal contents do not show as equal and guesses have to be
/// made for one config at a time. Those of Secrets are slow on purpose. Source: PBKDF2 with HMAC-SHA-256, RFC 8018.
struct LedgerSalt: Hashable, Sendable {
    // About 0.15 ms for each guess. Reloader itself needs one for each Secret that changed or that it
    // looks at after its start; whoever tries passwords needs one for each.
    private static let secretRounds: Int32 = 500

    /// The salt in hexadecimal digits.
    let text: String

    /// Takes a salt from where it is kept.
    init(text: String) { self.text = text }

    /// Makes a new one.
    init(using random: inout some RandomNumberGenerator) {
        text = (0..<2).map { _ in LedgerDigest.hex(random.next()) }.joined()
    }

    /// A new one from the system's generator.
    static func random() -> LedgerSalt {
        var random = SystemRandomNumberGenerator()
        return LedgerSalt(using: &random)
    }

    /// What stands for a content of a config; nil when libcrypto refuses.
    func digest(_ content: Fingerprint, of config: ConfigKey) -> UInt64? {
        let password = content.hex.utf8.map { CChar(bitPattern: $0) }
        let salt = Array("\(text) \(config)".utf8)
        var output: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
        let rounds = config.type == .configMap ? 1 : Self.secretRounds
        let isDone = unsafe PKCS5_PBKDF2_HMAC(
            password, Int32(password.count), salt, Int32(salt.count), rounds, EVP_sha256(), Int32(output.count), &output
        )
        guard isDone == 1 else { return nil }
        return output.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The text of digests.
enum LedgerDigest {
    /// Sixteen hexadecimal digits.
    static func hex(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads sixteen hexadecimal digits.
    static func value(hex: some StringProtocol) -> UInt64? { hex.utf8.count == 16 ? UInt64(hex, radix: 16) : nil }
}
