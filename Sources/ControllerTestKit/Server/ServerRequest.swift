import KubeClient

/// One request as it came in, from a socket or from memory.
struct ServerRequest: Sendable {
    var method: String
    /// Path and query as sent.
    var target: String
    /// The path, still percent-encoded.
    var path: String
    /// Decoded query items in order.
    var query: [(name: String, value: String)]
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// Whether protobuf is no answer, whatever the client takes.
    var ignoresProtobuf = false

    init(method: String, target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        query = parts.count > 1 ? Self.query(parts[1]) : []
    }

    /// The first value of a query item; nil when it is absent.
    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
    /// All values of a query item.
    func parameters(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
    /// The first value of a header; names compare without case.
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// What the client takes.
    var accept: String {
        let clauses = headers.filter { $0.name.lowercased() == "accept" }.flatMap { $0.value.split(separator: ",") }
        return clauses.filter { !ignoresProtobuf || !$0.contains(protobufMediaType) }.joined(separator: ",")
    }

    /// The path's segments, decoded.
    var segments: [String] { path.split(separator: "/").map { percentDecoded($0) } }

    private static func query(_ text: Substring) -> [(name: String, value: String)] {
        text.split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                percentDecoded(pair[0], plusIsSpace: true),
                pair.count > 1 ? percentDecoded(pair[1], plusIsSpace: true) : ""
            )
        }
    }
}

/// Undoes percent-encoding; what is malformed stays as it is.
func percentDecoded(_ text: Substring, plusIsSpace: Bool = false) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
    var decoded: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
            decoded.append(value)
            rest = rest.dropFirst(2)
        } else {
            decoded.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
        }
    }
    return String(decoding: decoded, as: UTF8.self)
}
