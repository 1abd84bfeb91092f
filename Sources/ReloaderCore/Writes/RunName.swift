/// Names of Jobs that reloads start: the CronJob's name and ten characters that follow from the changes.
enum RunName {
    // As in the names that the API server generates: no vowels, no digits that look like letters.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    // The longest name of a CronJob: its controller adds eleven characters, too, and labels end at 63.
    private static let prefixLength = 52
    private static let suffixLength = 10

    /// The same for the same incarnation of a CronJob and the same changes, in whatever order.
    static func name(ofCronJob name: String, uid: String, for changes: [ConfigChange]) -> String {
        let lines = changes.map { change in
            let content =
                switch change.event {
                case .updated(let fingerprint): fingerprint.hex
                case .deleted: "deleted"
                }
            return "\(change.config) \(content) \(change.version)"
        }
        var digest = digest(([uid] + lines.sorted()).joined(separator: "\n"))
        var suffix: [UInt8] = []
        for _ in 0..<suffixLength {
            let (quotient, remainder) = digest.quotientAndRemainder(dividingBy: UInt64(alphabet.count))
            suffix.append(alphabet[Int(remainder)])
            digest = quotient
        }
        return "\(name.prefix(prefixLength))-\(String(decoding: suffix, as: UTF8.self))"
    }

    // FNV-1a, 64 bits: the same in every process, which `Hasher` is not. Only the runs of one CronJob must differ.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
