import KubeClient

/// What is remembered of one config.
struct LedgerEntry: Hashable, Sendable {
    /// Stands for the content that was applied; nil when there was nothing.
    var digest: UInt64?
    /// The content itself, when this process has seen it.
    var content: Fingerprint?
    /// The version in which the config had this content first, or when it was seen first.
    var version: ResourceVersion
    /// Whether some workloads have got another content already, so that only their markers say with what each runs.
    var isMoving = false
    /// Whether this process has compared it with the config; otherwise it is what an earlier one wrote.
    var isCompared = true

    /// As it stands in a ledger, behind the name of the config: digest, version, and `*` while it moves.
    var text: String {
        "\(digest.map(LedgerDigest.hex) ?? "-") \(version.rawValue.isEmpty ? "-" : version.rawValue)\(isMoving ? " *" : "")"
    }

    /// Reads ``text``, in words.
    init?(words: ArraySlice<Substring>) {
        let words = Array(words)
        guard words.count == 2 || words.count == 3 && words[2] == "*" else { return nil }
        if words[0] != "-" {
            guard let digest = LedgerDigest.value(hex: words[0]) else { return nil }
            self.digest = digest
        }
        version = ResourceVersion(rawValue: words[1] == "-" ? "" : String(words[1]))
        isMoving = words.count == 3
        isCompared = false
    }

    init(digest: UInt64?, content: Fingerprint? = nil, version: ResourceVersion, isMoving: Bool = false) {
        self.digest = digest
        self.content = content
        self.version = version
        self.isMoving = isMoving
    }
}

/// How a config stands to what is remembered of it.
enum LedgerStanding: Hashable, Sendable {
    /// Nothing is remembered.
    case unknown
    /// It has the content that was applied.
    case same
    /// It has, or some of its workloads have, another one.
    case changed
    /// It was seen in a later version than this: a watch, or a list from a cache, lags behind.
    case outdated
    /// There was nothing, and now there is something.
    case appeared
    /// There was something, and now there is nothing.
    case vanished
}
