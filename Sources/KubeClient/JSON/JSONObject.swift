/// The members of a JSON object in order; a name appears once.
///
/// Names are compared byte for byte. Access by name costs the number of members for small objects and is constant for
/// large ones; removing costs the number of members.
public struct JSONObject: Sendable {
    // Below this, comparing names one after the other is faster than hashing.
    private static let indexedCount = 16

    /// Names and values in order.
    public private(set) var members: [(name: String, value: JSONValue)] = []
    // Where each name stands; only kept for large objects.
    private var positions: [Name: Int] = [:]

    /// An empty object.
    public init() {}

    /// The members in order; of equal names the last value counts, in the place of the first.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (name, value) in members { self[name] = value }
    }

    /// How many members there are.
    public var count: Int { members.count }
    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }
    /// The names in order.
    public var names: [String] { members.map(\.name) }

    /// The value of a member; assigning nil removes it, a new name goes to the end.
    public subscript(name: String) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                rebuildIndex()
            case (nil, let value?):
                members.append((name, value))
                if members.count == Self.indexedCount {
                    rebuildIndex()
                } else if members.count > Self.indexedCount {
                    positions[Name(text: name)] = members.count - 1
                }
            case (nil, nil): break
            }
        }
    }

    private func position(of name: String) -> Int? {
        members.count < Self.indexedCount
            ? members.firstIndex { $0.name.hasSameBytes(as: name) } : positions[Name(text: name)]
    }

    private mutating func rebuildIndex() {
        positions.removeAll(keepingCapacity: true)
        guard members.count >= Self.indexedCount else { return }
        for (position, member) in members.enumerated() { positions[Name(text: member.name)] = position }
    }
}

extension JSONObject: Hashable {
    /// Whether both have the same members, whatever their order.
    public static func == (lhs: JSONObject, rhs: JSONObject) -> Bool {
        lhs.members.count == rhs.members.count && lhs.members.allSatisfy { rhs[$0.name] == $0.value }
    }
    /// Hashes the names without regard to their order.
    public func hash(into hasher: inout Hasher) { hasher.combine(Set(members.map(\.name))) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members in the order of the literal; of equal names the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

/// A name that is equal to another only byte for byte, which `String` is not.
private struct Name: Hashable {
    let text: String

    static func == (lhs: Name, rhs: Name) -> Bool { lhs.text.hasSameBytes(as: rhs.text) }
    func hash(into hasher: inout Hasher) { text.hash(into: &hasher) }
}

extension String {
    /// Whether both have the same UTF-8; `==` also accepts what Unicode calls equivalent.
    func hasSameBytes(as other: String) -> Bool {
        self == other && utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
