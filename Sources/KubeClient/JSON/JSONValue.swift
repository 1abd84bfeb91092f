/// A JSON document as a tree, for documents whose shape is not known in advance.
///
/// Numbers keep their text and objects their order, so that what is read is what is written. For objects that are
/// watched or listed use a projection (``KubeDecodable``): a tree costs several times the document's size.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object in order; a name appears once.
public struct JSONObject: Hashable, Sendable {
    /// Names and values in order.
    public private(set) var members: [(name: String, value: JSONValue)]

    /// An empty object.
    public init() { members = [] }

    /// The value of a member; assigning nil removes it, a new name goes to the end.
    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Whether both have the same members, whatever their order.
    public static func == (lhs: JSONObject, rhs: JSONObject) -> Bool {
        lhs.members.count == rhs.members.count && lhs.members.allSatisfy { rhs[$0.name] == $0.value }
    }
    /// Hashes the names without regard to their order.
    public func hash(into hasher: inout Hasher) { hasher.combine(Set(members.map(\.name))) }
}
