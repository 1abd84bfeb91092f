package import KubeClient

/// Reading and rewriting of JSON trees as the kinds' rules need it.
extension JSONValue {

    /// The name that Go's decoder has for the value's type.
    var goTypeName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// The value at a path of member names, nil when something on the way is absent or no object.
    package subscript(path: String...) -> JSONValue? {
        var value = self
        for name in path {
            guard case .object(let object) = value, let next = object[name] else { return nil }
            value = next
        }
        return value
    }

    /// Sets, or with nil removes, a member; makes an object of what is none.
    mutating func set(_ name: String, _ value: JSONValue?) {
        var object = self.object ?? JSONObject()
        object[name] = value
        self = .object(object)
    }

    /// Gives a member, which may be absent, another name.
    mutating func rename(_ name: String, to other: String) {
        set(other, self[name])
        set(name, nil)
    }

    /// Sets a member that is absent or null.
    mutating func setDefault(_ name: String, _ value: JSONValue) {
        var object = self.object ?? JSONObject()
        if (object[name] ?? .null).isNull { object[name] = value }
        self = .object(object)
    }

    /// Changes a member in place; an absent one is handed over as an empty object when `creating`.
    mutating func modify(_ name: String, creating: Bool = false, _ body: (_ value: inout JSONValue) -> Void) {
        guard var object = self.object else { return }
        guard var value = object[name] ?? (creating ? .some(.object(JSONObject())) : .none) else { return }
        body(&value)
        object[name] = value
        self = .object(object)
    }

    /// Changes each element of a list member in place; no list, no effect.
    mutating func modifyEach(_ name: String, _ body: (_ element: inout JSONValue) -> Void) {
        modify(name) { value in
            guard case .array(var elements) = value else { return }
            for index in elements.indices { body(&elements[index]) }
            value = .array(elements)
        }
    }
}

extension JSONObject {
    /// The same members, names in byte order.
    var sortedByName: JSONObject {
        JSONObject(members.sorted { bytesPrecede($0.name, $1.name) }.map { ($0.name, $0.value) })
    }
}

extension JSONValue {
    /// An object literal for defaults and documents that the server itself makes.
    static func dict(_ members: (String, JSONValue)...) -> JSONValue { .object(JSONObject(members)) }
    /// A number literal.
    static func int(_ value: Int) -> JSONValue { .number(String(value)) }
}
