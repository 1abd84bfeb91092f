/// A value of a YAML document with its place in the file, aliases expanded and merge keys applied.
package struct YAMLNode: Sendable {
    /// What the value is, in JSON's terms.
    package enum Content: Sendable {
        case null
        case bool(Bool)
        /// A number in JSON's syntax.
        case number(String)
        case string(String)
        case sequence([YAMLNode])
        /// The members in order; a name appears once.
        case mapping([(name: String, value: YAMLNode)])
    }

    /// What the value is.
    package var content: Content
    /// The line that the value begins on, counted from 1.
    package var line: Int
    /// The column that the value begins at, counted from 1.
    package var column: Int

    /// The value without places.
    package var jsonValue: JSONValue {
        switch content {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .number(let text): return .number(text)
        case .string(let text): return .string(text)
        case .sequence(let nodes): return .array(nodes.map(\.jsonValue))
        case .mapping(let members):
            var object = JSONObject()
            for member in members { object[member.name] = member.value.jsonValue }
            return .object(object)
        }
    }

    /// The member of a mapping; nil when there is none or when this is no mapping.
    package subscript(name: String) -> YAMLNode? {
        guard case .mapping(let members) = content else { return nil }
        return members.first { $0.name == name }?.value
    }
}
