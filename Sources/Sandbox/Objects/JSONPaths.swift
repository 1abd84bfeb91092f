import KubeClient

extension JSONValue {
    /// The value at the end of a path of member names; nil when any of them is missing.
    func at(_ path: String...) -> JSONValue? { at(path[...]) }

    func at(_ path: ArraySlice<String>) -> JSONValue? {
        guard let name = path.first else { return self }
        guard case .object(let members) = self else { return nil }
        return members[name]?.at(path.dropFirst())
    }

    /// Whether this is `true`.
    var isTrue: Bool { self == .bool(true) }

    /// The elements; none if this is not an array.
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    /// Names and texts of an object's string members, such as labels.
    var texts: [String: String] {
        guard case .object(let members) = self else { return [:] }
        var texts: [String: String] = [:]
        for (name, value) in members.members { texts[name] = value.string }
        return texts
    }

    /// An object with these members, in order; members that are nil are left out.
    static func make(_ members: (String, JSONValue?)...) -> JSONValue {
        var object = JSONObject()
        for (name, value) in members where value != nil { object[name] = value }
        return .object(object)
    }

    /// An object of texts, sorted by name.
    static func make(_ texts: [String: String]) -> JSONValue {
        var object = JSONObject()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) { object[name] = .string(text) }
        return .object(object)
    }

    /// An integer.
    static func make(_ integer: Int) -> JSONValue { .number(String(integer)) }

    /// This object with one member replaced or added.
    func replacing(_ name: String, with value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return .make((name, value)) }
        members[name] = value
        return .object(members)
    }

    /// A text that is the same for equal values, whatever the order of their members.
    var canonicalText: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let text): text
        case .string(let text): "\(text.utf8.count):\(text)"
        case .array(let elements): "[" + elements.map(\.canonicalText).joined(separator: ",") + "]"
        case .object(let object):
            "{"
                + object.members.sorted { $0.name < $1.name }
                .map { "\($0.name.utf8.count):\($0.name)=\($0.value.canonicalText)" }.joined(separator: ",") + "}"
        }
    }
}
