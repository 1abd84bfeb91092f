/// One item of a named-reload list that is more than a plain name: an RE2 expression, anchored as text.
///
/// Compiled as `^item$`, so that an alternation is not grouped and a leading quantifier belongs to the `^`: `*` matches
/// every name. Other versions of Reloader do the same, and annotations in the field rely on it.
public struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    /// The item as written.
    public let item: String
    private let program: RegexProgram

    /// Compiles an item.
    package init(_ item: String) throws(RegexError) {
        self.item = item
        program = try RegexParser.parse("^\(item)$")
    }

    /// How much the compiled pattern holds, in instructions.
    var cost: Int { program.instructions.count }

    /// Whether the name matches; time proportional to the name × the expression.
    public func matches(_ name: String) -> Bool { program.matches(name) }

    /// The item as written.
    public var description: String { item }
}

/// An item of a named-reload list that is no regular expression; it is passed over.
public struct InvalidNamePattern: Hashable, Sendable, CustomStringConvertible {
    /// The item as written.
    public let item: String
    /// What is wrong with it.
    public let problem: String

    /// The problem, which quotes the item.
    public var description: String { problem }
}
