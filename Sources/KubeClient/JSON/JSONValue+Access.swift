extension JSONValue {
    /// An integer, as a number.
    public init(_ value: some BinaryInteger) { self = .number(String(value)) }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The Boolean, nil for any other kind of value.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The string, nil for any other kind of value.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The number as an integer; nil for fractions, exponents, overflow, and any other kind of value.
    public var int: Int? { if case .number(let text) = self { Int(text) } else { nil } }

    /// The number as a double, nil for any other kind of value.
    public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    /// The elements, nil for any other kind of value.
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The object, nil for any other kind of value.
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

    /// A member of an object; nil when there is none, or when this is no object.
    ///
    /// Assigning nil removes the member, assigning to `null` makes it an object, assigning to a member of any other kind
    /// of value does nothing.
    public subscript(name: String) -> JSONValue? {
        get { object?[name] }
        set {
            switch self {
            case .object(var object):
                self = .null
                object[name] = newValue
                self = .object(object)
            case .null where newValue != nil:
                var object = JSONObject()
                object[name] = newValue
                self = .object(object)
            default: break
            }
        }
    }

    /// An element of an array; nil when there is none, or when this is no array.
    ///
    /// Assigning nil removes the element, assigning at the end appends, assigning elsewhere outside or to any other kind
    /// of value does nothing.
    public subscript(index: Int) -> JSONValue? {
        get {
            guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
            return elements[index]
        }
        set {
            guard case .array(var elements) = self, index >= 0, index <= elements.count else { return }
            self = .null
            switch newValue {
            case let value? where index < elements.count: elements[index] = value
            case let value?: elements.append(value)
            case nil where index < elements.count: elements.remove(at: index)
            case nil: break
            }
            self = .array(elements)
        }
    }

    /// The same document with the members of all objects sorted by the bytes of their names.
    package func sortedByName() -> JSONValue {
        switch self {
        case .array(let elements): .array(elements.map { $0.sortedByName() })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { ($0.name, $0.value.sortedByName()) }
                        .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
        default: self
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number.
    public init(integerLiteral value: Int) { self.init(value) }
    /// A Boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

// Not ExpressibleByNilLiteral: `object[name] = condition ? nil : value` would store null instead of removing the member.
extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object with its members in the order of the literal; of equal names the last one counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}
