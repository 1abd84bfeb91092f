/// An opaque server version of an object, a list or a watch position.
///
/// Compare for equality only; ordering is meaningful between decimal versions of one resource alone, through
/// ``isNewer(than:)``. Source: `metadata.resourceVersion`, Kubernetes API concepts.
public struct ResourceVersion: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// The text as the server sent it.
    public var rawValue: String

    /// Wraps the server's text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// "Any version that the server has at hand" in lists and watches.
    public static let any = ResourceVersion(rawValue: "0")

    /// The text as the server sent it.
    public var description: String { rawValue }

    /// Whether this version was written after `other`; nil when either is not a well-formed decimal.
    public func isNewer(than other: ResourceVersion) -> Bool? {
        guard Self.isDecimal(rawValue), Self.isDecimal(other.rawValue) else { return nil }
        let (mine, theirs) = (rawValue.utf8, other.rawValue.utf8)
        if mine.count != theirs.count { return mine.count > theirs.count }
        return theirs.lexicographicallyPrecedes(mine)
    }

    private static func isDecimal(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "0") || text.utf8.count == 1 else { return false }
        return text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
