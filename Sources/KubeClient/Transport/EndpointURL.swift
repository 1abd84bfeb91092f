/// The `http` or `https` URL of somebody else's endpoint.
///
/// Its path, query and user part often hold tokens, so the description stops before them.
package struct EndpointURL: Sendable, CustomStringConvertible {
    /// Scheme, host and port as written: all that may be shown.
    package let description: String
    /// Where to connect to, for libcurl's settings.
    let server: ServerAddress
    private let secret: Redacted<String>

    /// The whole URL.
    package var text: String { secret.value }

    /// Reads a URL; nil when it is not `http` or `https`, has no host, or holds spaces or anything but ASCII.
    package init?(_ text: String) {
        guard let separator = text.range(ofFirst: "://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        let authority = text[separator.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let origin = "\(text[..<separator.lowerBound].lowercased())://\(host)"
        guard let server = ServerAddress(origin) else { return nil }
        description = origin
        self.server = server
        secret = Redacted(text)
    }
}
