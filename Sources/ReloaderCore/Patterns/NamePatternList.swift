/// The value of a named-reload annotation: items between commas, each a name or a ``NamePattern``.
public struct NamePatternList: Hashable, Sendable {
    /// The items that are plain names; they are matched by looking them up.
    public private(set) var names: Set<String> = []
    /// The items that are patterns, in order.
    public private(set) var patterns: [NamePattern] = []
    /// The items that are no regular expressions, in order.
    public private(set) var invalid: [InvalidNamePattern] = []

    /// A quarter of a megabyte of annotation could compile to hundreds of megabytes.
    private static let largestCost = 65_536
    /// How much the compiled patterns hold, in instructions.
    private(set) var cost = 0

    /// Reads a list; white space around items does not count, and empty items match nothing.
    public init(_ annotation: String) {
        for item in CommaList.items(annotation) where !item.isEmpty {
            if item.utf8.allSatisfy(Self.isPlain) {
                names.insert(item)
                continue
            }
            do throws(RegexError) {
                let pattern = try NamePattern(item)
                guard cost + pattern.cost <= Self.largestCost else { throw RegexError(.tooLarge, item.unicodeScalars) }
                cost += pattern.cost
                patterns.append(pattern)
            } catch {
                invalid.append(InvalidNamePattern(item: item, problem: error.description))
            }
        }
    }

    /// The item that matches the name, a plain name first; nil when none does.
    public func match(_ name: String) -> String? {
        names.contains(name) ? name : patterns.first { $0.matches(name) }?.item
    }

    /// A dot is not plain: it stands for any character.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Splits annotation values at commas.
enum CommaList {
    /// The items without white space around them; empty ones included.
    static func items(_ text: String) -> [String] {
        text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map { item in
            let start = item.drop { $0.properties.isWhitespace }
            let end = start.lastIndex { !$0.properties.isWhitespace }
            return end.map { String(start[...$0]) } ?? ""
        }
    }
}
