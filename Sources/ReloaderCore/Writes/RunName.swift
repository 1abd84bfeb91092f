import KubeClient

/// Names of Jobs that reloads create: the name of what they come from and ten characters that follow from the reason.
enum RunName {
    // As in the names that the API server generates: no vowels, no digits that look like letters.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    // The longest name of a CronJob: its controller adds eleven characters, too, and labels end at 63.
    private static let prefixLength = 52
    private static let suffixLength = 10

    /// The name of the run that brings some changes to an incarnation of a CronJob.
    ///
    /// It follows from the newest change alone: a run that was started for that one started with the others, too. So
    /// whoever does not know which of them have had their run finds it all the same.
    static func name(ofCronJob name: String, uid: String, for changes: [ConfigChange]) -> String {
        let newest = changes.filter { $0.event != .deleted }.max { $0.isOlder(than: $1) }
        let deletions = changes.filter { $0.event == .deleted }
        let lines = (deletions + [newest].compactMap(\.self)).map { change in
            let content =
                switch change.event {
                case .updated(let fingerprint): fingerprint.hex
                case .deleted: "deleted"
                }
            return "\(change.config) \(content) \(change.version)"
        }
        return Self.name(of: name, for: [uid] + lines.sorted())
    }

    /// A name for something that is made of the object `name`, the same for the same reason.
    static func name(of name: String, for reason: [String]) -> String {
        var digest = digest(reason.joined(separator: "\n"))
        var suffix: [UInt8] = []
        for _ in 0..<suffixLength {
            let (quotient, remainder) = digest.quotientAndRemainder(dividingBy: UInt64(alphabet.count))
            suffix.append(alphabet[Int(remainder)])
            digest = quotient
        }
        var prefix = name.prefix(prefixLength)
        // Where a name is cut, no part of it may end in one of these.
        while let last = prefix.last, last == "." || last == "-" { prefix.removeLast() }
        return "\(prefix)-\(String(decoding: suffix, as: UTF8.self))"
    }

    // FNV-1a, 64 bits: the same in every process, which `Hasher` is not. Only the runs of one CronJob must differ.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
