import KubeClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A `format` of texts that the API server checks.
///
/// Formats of numbers say nothing that it would check, and those that it does not know are passed over; here also the ones of
/// books, cards and colours. Source: the formats of `apiextensions-apiserver`.
enum StringFormat: String, Sendable {
    case date, datetime, duration
    case uri, email, hostname, ipv4, ipv6, cidr, mac
    case uuid, uuid3, uuid4, uuid5
    case byte
    case shortName = "k8sshortname"
    case longName = "k8slongname"

    /// Reads the keyword, in which hyphens do not count.
    init?(keyword: String) { self.init(rawValue: keyword.filter { $0 != "-" }) }

    /// Whether a text is of the format.
    func holds(for text: String) -> Bool {
        switch self {
        case .date: Self.isDate(text)
        case .datetime: Self.isDateTime(text)
        case .duration: Self.isDuration(text)
        case .uri: Self.isURI(text)
        case .email: Self.isEmail(text)
        case .hostname:
            text.utf8.count <= 255
                && text.wholeMatch(
                    of: /([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*/)
                    != nil
        case .ipv4: Self.isAddress(text, AF_INET)
        case .ipv6: Self.isAddress(text, AF_INET6)
        case .cidr: Self.isNetwork(text)
        case .mac:
            text.wholeMatch(of: /[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}(([:-][0-9A-Fa-f]{2}){2})?/) != nil
                || text.wholeMatch(of: /[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4}){2,3}/) != nil
        case .uuid: Self.isUUID(text, version: nil)
        case .uuid3: Self.isUUID(text, version: "3")
        case .uuid4: Self.isUUID(text, version: "4")
        case .uuid5: Self.isUUID(text, version: "5")
        case .byte: !text.isEmpty && Base64.decode(text) != nil
        case .shortName: Names.labelFault(text).isEmpty
        case .longName: Names.subdomainFault(text).isEmpty
        }
    }

    private static func isDate(_ text: String) -> Bool { Timestamp(rfc3339: "\(text)T00:00:00Z") != nil }

    private static func isDateTime(_ text: String) -> Bool {
        let parts = text.lowercased().split(separator: "t", omittingEmptySubsequences: false)
        guard parts.count >= 2, isDate(String(parts[0])),
            let match = parts[1].wholeMatch(of: /(\d{2}):(\d{2}):(\d{2})(\.\d+)?(z|[+-]\d{2}:\d{2})/)
        else { return false }
        return match.output.1 <= "23" && match.output.2 <= "59" && match.output.3 <= "59"
    }

    /// As Go reads durations, or in words as Scala does.
    private static func isDuration(_ text: String) -> Bool {
        if RuleValue.duration(text) != nil { return true }
        let words =
            /(\d+)\s*(nanoseconds?|nanos?|microseconds?|micros?|milliseconds?|millis?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|ns|us|µs|ms|s|m|h|d|w)\s*/
        return !text.isEmpty && text.wholeMatch(of: /\s*((\d+)\s*([A-Za-zµ]+)\s*)+/) != nil
            && text.replacing(words, with: "").allSatisfy(\.isWhitespace)
    }

    /// An absolute URI, or an absolute path.
    private static func isURI(_ text: String) -> Bool {
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return false }
        return text.hasPrefix("/") || RuleURL(text) != nil
    }

    private static func isEmail(_ text: String) -> Bool {
        text.wholeMatch(of: /([^<>]*<[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+)/) != nil
    }

    static func isAddress(_ text: String, _ family: Int32) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return unsafe text.withCString { text in unsafe inet_pton(family, text, &bytes) } == 1
    }

    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let length = Int(parts[1]), String(length) == parts[1], length >= 0 else {
            return false
        }
        return isAddress(parts[0], AF_INET) && length <= 32 || isAddress(parts[0], AF_INET6) && length <= 128
    }

    private static func isUUID(_ text: String, version: Character?) -> Bool {
        guard
            let match = text.lowercased().wholeMatch(
                of: /[0-9a-f]{8}-?[0-9a-f]{4}-?([0-9a-f])[0-9a-f]{3}-?([0-9a-f])[0-9a-f]{3}-?[0-9a-f]{12}/)
        else { return false }
        guard let version else { return true }
        return match.output.1 == String(version) && (version == "3" || "89ab".contains(match.output.2))
    }
}
