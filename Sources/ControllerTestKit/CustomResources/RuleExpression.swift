import KubeClient

/// A rule of `x-kubernetes-validations`, as far as it keeps to the part of CEL that definitions use: comparisons, logic,
/// arithmetic, lists and maps, comprehensions, optional members, and the functions of ``RuleParser/methods`` and
/// ``RuleParser/functions``.
///
/// Source: the Common Expression Language as CustomResourceDefinitions use it.
struct RuleExpression: Sendable {
    indirect enum Node: Sendable {
        case literal(JSONValue)
        case list([Node])
        case map([(key: Node, value: Node)])
        case name(String)
        case member(Node, String)
        case optionalMember(Node, String)
        case element(Node, Node)
        case optionalElement(Node, Node)
        case call(String, on: Node?, [Node])
        case unary(String, Node)
        case binary(String, Node, Node)
        case choice(Node, Node, Node)
    }

    /// A value is not there, or not of the kind that an operation needs.
    struct EvaluationFailure: Error {
        var message: String
        /// Whether only this evaluation is at its end: lists and maps hold what objects do, and nothing else.
        var isLimit = false
        static let limit = EvaluationFailure(message: "not known here", isLimit: true)
        static let overload = EvaluationFailure(message: "no such overload")
        static func key(_ name: String) -> EvaluationFailure { EvaluationFailure(message: "no such key: \(name)") }
    }

    typealias Names = [String: RuleValue]

    private let root: Node
    /// Whether it compares with the state before, so that it says nothing of objects that are new.
    let isTransition: Bool

    /// Reads a rule; nil for one with parts that are not known here.
    init?(_ text: String) {
        guard let tokens = RuleParser.tokens(text) else { return nil }
        var parser = RuleParser(tokens: tokens)
        guard let node = parser.expression(), parser.isAtEnd else { return nil }
        root = node
        isTransition = tokens.contains(.name("oldSelf"))
    }

    /// Whether a value satisfies the rule.
    func holds(for value: JSONValue, oldSelf: RuleValue?) throws(EvaluationFailure) -> Bool {
        try bool(root, names(value, oldSelf))
    }

    /// The text that it gives; nil for another value.
    func text(for value: JSONValue, oldSelf: RuleValue?) -> String? {
        guard case .json(.string(let text))? = try? self.value(root, names(value, oldSelf)) else { return nil }
        return text
    }

    private func names(_ value: JSONValue, _ oldSelf: RuleValue?) -> Names {
        var names: Names = ["self": .json(value)]
        names["oldSelf"] = oldSelf
        return names
    }

    // MARK: evaluation

    func bool(_ node: Node, _ names: Names) throws(EvaluationFailure) -> Bool {
        guard case .json(.bool(let flag)) = try value(node, names) else { throw .overload }
        return flag
    }

    func value(_ node: Node, _ names: Names) throws(EvaluationFailure) -> RuleValue {
        switch node {
        case .literal(let value): return .json(value)
        case .list(let nodes):
            var elements: [JSONValue] = []
            for node in nodes { elements.append(try json(node, names)) }
            return .json(.array(elements))
        case .map(let entries):
            var object = JSONObject()
            for (key, entry) in entries {
                guard case .string(let name) = try json(key, names) else { throw .overload }
                object[name] = try json(entry, names)
            }
            return .json(.object(object))
        case .name(let name):
            guard let value = names[name] else { throw EvaluationFailure(message: "undeclared reference to '\(name)'") }
            return value
        case .member(let base, let name):
            return try chained(try value(base, names), or: .key(name)) { Self.member(name, of: $0) }
        case .optionalMember(let base, let name):
            return try optional(try value(base, names)) { Self.member(name, of: $0) }
        case .element(let base, let key):
            let key = try json(key, names)
            return try chained(try value(base, names), or: .key(goPrinted(key))) { Self.element(key, of: $0) }
        case .optionalElement(let base, let key):
            let key = try json(key, names)
            return try optional(try value(base, names)) { Self.element(key, of: $0) }
        case .unary("!", let operand): return .json(.bool(try !bool(operand, names)))
        case .unary(_, let operand):
            let operand = try value(operand, names)
            if case .duration(let seconds) = operand { return .duration(-seconds) }
            return Self.number(-(try number(operand)))
        case .choice(let condition, let first, let second):
            return try value(try bool(condition, names) ? first : second, names)
        case .binary("&&", let left, let right): return .json(.bool(try logic(left, right, decidedBy: false, names)))
        case .binary("||", let left, let right): return .json(.bool(try logic(left, right, decidedBy: true, names)))
        case .binary(let symbol, let left, let right):
            return try binary(symbol, try value(left, names), try value(right, names))
        case .call(let name, let base, let arguments): return try call(name, base, arguments, names)
        }
    }

    /// A side that decides the outcome does so even when the other one fails.
    private func logic(
        _ left: Node, _ right: Node, decidedBy decisive: Bool, _ names: Names
    ) throws(EvaluationFailure) -> Bool {
        var failure: EvaluationFailure?
        for side in [left, right] {
            do throws(EvaluationFailure) {
                if try bool(side, names) == decisive { return decisive }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !decisive
    }

    func json(_ node: Node, _ names: Names) throws(EvaluationFailure) -> JSONValue {
        guard case .json(let value) = try value(node, names) else { throw .limit }
        return value
    }

    // MARK: members

    /// Looks into a value, or into the one that an optional holds.
    private func chained(
        _ base: RuleValue, or failure: EvaluationFailure, _ find: (JSONValue) -> JSONValue?
    ) throws(EvaluationFailure) -> RuleValue {
        if case .optional = base { return try optional(base, find) }
        guard case .json(let value) = base, let found = find(value) else { throw failure }
        return .json(found)
    }

    private func optional(
        _ base: RuleValue, _ find: (JSONValue) -> JSONValue?
    ) throws(EvaluationFailure) -> RuleValue {
        switch base {
        case .json(let value), .optional(.json(let value)?): .optional(find(value).map { .json($0) })
        case .optional(nil): .optional(nil)
        default: throw .overload
        }
    }

    /// A member by its name in expressions, where some characters and words are escaped.
    static func member(_ name: String, of value: JSONValue) -> JSONValue? {
        guard name.contains("__") else { return value[name] }
        var plain = name
        for (escape, text) in [("__dot__", "."), ("__dash__", "-"), ("__slash__", "/"), ("__underscores__", "__")] {
            plain = plain.replacing(escape, with: text)
        }
        let word = plain.hasPrefix("__") && plain.hasSuffix("__") ? String(plain.dropFirst(2).dropLast(2)) : plain
        return value[word] ?? value[name]
    }

    private static func element(_ key: JSONValue, of base: JSONValue) -> JSONValue? {
        switch (base, key) {
        case (.object(let object), .string(let name)): object[name]
        case (.array(let elements), .number(let digits)):
            Int(digits).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
        default: nil
        }
    }

    // MARK: operators

    func number(_ value: RuleValue) throws(EvaluationFailure) -> Double {
        guard case .json(.number(let digits)) = value, let number = Double(digits) else { throw .overload }
        return number
    }

    static func number(_ number: Double) -> RuleValue {
        .json(number == number.rounded() && abs(number) < 9e15 ? .int(Int(number)) : .number(String(number)))
    }

    private func binary(
        _ symbol: String, _ left: RuleValue, _ right: RuleValue
    ) throws(EvaluationFailure) -> RuleValue {
        // Fields with the format of a time are texts in the object.
        let (left, right) = (left.as(right), right.as(left))
        switch (symbol, left, right) {
        case ("==", _, _): return .json(.bool(Self.isEqual(left, right)))
        case ("!=", _, _): return .json(.bool(!Self.isEqual(left, right)))
        case ("in", .json(let element), .json(.array(let elements))):
            return .json(.bool(elements.contains { Self.isEqual(.json($0), .json(element)) }))
        case ("in", .json(let key), .json(.object(let object))):
            return .json(.bool(key.string.map { object[$0] != nil } ?? false))
        case ("in", _, _): throw .overload
        case ("+", .json(.string(let first)), .json(.string(let second))): return .json(.string(first + second))
        case ("+", .json(.array(let first)), .json(.array(let second))): return .json(.array(first + second))
        case ("+", .duration(let first), .duration(let second)): return .duration(first + second)
        case ("-", .duration(let first), .duration(let second)): return .duration(first - second)
        case ("+", .timestamp(let time), .duration(let seconds)), ("+", .duration(let seconds), .timestamp(let time)):
            return .timestamp(time + seconds)
        case ("-", .timestamp(let time), .duration(let seconds)): return .timestamp(time - seconds)
        case ("-", .timestamp(let first), .timestamp(let second)): return .duration(first - second)
        case ("+", _, _): return Self.number(try number(left) + number(right))
        case ("-", _, _): return Self.number(try number(left) - number(right))
        case ("*", _, _): return Self.number(try number(left) * number(right))
        case ("/", _, _), ("%", _, _):
            let (dividend, divisor) = (try number(left), try number(right))
            guard divisor != 0 else { throw EvaluationFailure(message: "division by zero") }
            let isWhole = dividend == dividend.rounded() && divisor == divisor.rounded()
            let quotient = isWhole ? (dividend / divisor).rounded(.towardZero) : dividend / divisor
            return Self.number(symbol == "/" ? quotient : dividend - quotient * divisor)
        default:
            let order = try Self.order(left, right)
            return .json(
                .bool(symbol == "<" ? order < 0 : symbol == "<=" ? order <= 0 : symbol == ">" ? order > 0 : order >= 0))
        }
    }

    /// Negative when `left` comes first, positive when `right` does.
    static func order(_ left: RuleValue, _ right: RuleValue) throws(EvaluationFailure) -> Int {
        let (first, second): (Double, Double)
        switch (left, right) {
        case (.json(.string(let first)), .json(.string(let second))):
            return bytesPrecede(first, second) ? -1 : bytesPrecede(second, first) ? 1 : 0
        case (.json(.bool(let one)), .json(.bool(let other))): (first, second) = (one ? 1 : 0, other ? 1 : 0)
        case (.json(.number(let one)), .json(.number(let other))):
            guard let one = Double(one), let other = Double(other) else { throw .overload }
            (first, second) = (one, other)
        case (.duration(let one), .duration(let other)), (.timestamp(let one), .timestamp(let other)),
            (.quantity(let one), .quantity(let other)):
            (first, second) = (one, other)
        default: throw .overload
        }
        return first < second ? -1 : first > second ? 1 : 0
    }

    static func isEqual(_ left: RuleValue, _ right: RuleValue) -> Bool {
        if case .json(.number(let first)) = left, case .json(.number(let second)) = right {
            return Double(first) == Double(second)
        }
        return left == right
    }
}

extension RuleValue {
    /// A text as what it is compared with: a duration or a point in time.
    fileprivate func `as`(_ other: RuleValue) -> RuleValue {
        guard case .json(.string(let text)) = self else { return self }
        switch other {
        case .duration: return RuleValue.duration(text).map { .duration($0) } ?? self
        case .timestamp: return RuleValue.timestamp(text).map { .timestamp($0) } ?? self
        default: return self
        }
    }

    /// Reads a point in time; nil for another text.
    static func timestamp(_ text: String) -> Double? {
        Timestamp(rfc3339: text).map { Double($0.seconds) + Double($0.nanoseconds) * 1e-9 }
    }
}
