/// Joins a token that arrives in several pieces; costs nothing for one that arrives whole.
struct CarryBuffer: Sendable {
    // What one large token needed is not held on to for the small ones that follow.
    private static let keptCapacity = 256 << 10

    private var bytes: [UInt8] = []
    private let limit: Int
    private let what: StaticString

    /// Creates a buffer for tokens of at most `limit` bytes; `what` names the token in errors.
    init(limit: Int, what: StaticString) {
        self.limit = limit
        self.what = what
    }

    /// Keeps a part that is not the last one.
    mutating func append(_ part: BorrowedBytes) throws(KubeError) {
        try admit(part.count)
        part.append(to: &bytes)
    }

    /// Lends the token that ends with `part`.
    mutating func completing(
        _ part: BorrowedBytes, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        guard !bytes.isEmpty else {
            try admit(part.count)
            return try part.withSpan(body)
        }
        try append(part)
        try unsafe body(bytes.span.bytes)
        if bytes.capacity > Self.keptCapacity { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    }

    /// Refuses what would make the token too large.
    func admit(_ count: Int) throws(KubeError) {
        guard count <= limit - bytes.count else {
            let size = limit.isMultiple(of: 1 << 20) ? "\(limit >> 20) MiB" : "\(limit) bytes"
            throw KubeError(.decoding, "\(what) is larger than \(size), the most that is accepted")
        }
    }
}
