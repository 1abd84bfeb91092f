import KubeClient

/// A rule of `x-kubernetes-validations`, as far as it keeps to the common part of CEL: comparisons, logic, arithmetic,
/// `has`, `size`, `in`, the tests of strings, and `all`, `exists`, `exists_one`.
///
/// Source: the Common Expression Language as CustomResourceDefinitions use it.
struct RuleExpression: Sendable {
    indirect enum Node: Sendable {
        case literal(JSONValue)
        case list([Node])
        case name(String)
        case member(Node, String)
        case element(Node, Node)
        case call(String, on: Node?, [Node])
        case unary(String, Node)
        case binary(String, Node, Node)
        case choice(Node, Node, Node)
    }

    /// A value is not there, or not of the kind that an operation needs.
    struct EvaluationFailure: Error { var message: String }

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
    func holds(for value: JSONValue, old: JSONValue?) throws(EvaluationFailure) -> Bool {
        var names = ["self": value]
        names["oldSelf"] = old
        return try bool(root, names)
    }

    // MARK: evaluation

    private typealias Names = [String: JSONValue]

    private func bool(_ node: Node, _ names: Names) throws(EvaluationFailure) -> Bool {
        guard case .bool(let flag) = try value(node, names) else {
            throw EvaluationFailure(message: "no such overload")
        }
        return flag
    }

    private func number(_ value: JSONValue) throws(EvaluationFailure) -> Double {
        guard case .number(let digits) = value, let number = Double(digits) else {
            throw EvaluationFailure(message: "no such overload")
        }
        return number
    }

    private func value(_ node: Node, _ names: Names) throws(EvaluationFailure) -> JSONValue {
        switch node {
        case .literal(let value): return value
        case .list(let nodes):
            var elements: [JSONValue] = []
            for node in nodes { elements.append(try value(node, names)) }
            return .array(elements)
        case .name(let name):
            guard let value = names[name] else { throw EvaluationFailure(message: "undeclared reference to '\(name)'") }
            return value
        case .member(let base, let name):
            guard let found = try value(base, names)[name] else {
                throw EvaluationFailure(message: "no such key: \(name)")
            }
            return found
        case .element(let base, let key): return try element(try value(base, names), try value(key, names))
        case .unary("!", let operand): return .bool(try !bool(operand, names))
        case .unary(_, let operand): return Self.json(-(try number(try value(operand, names))))
        case .choice(let condition, let first, let second):
            return try value(try bool(condition, names) ? first : second, names)
        case .binary("&&", let left, let right): return .bool(try bool(left, names) ? try bool(right, names) : false)
        case .binary("||", let left, let right): return .bool(try bool(left, names) ? true : try bool(right, names))
        case .binary(let symbol, let left, let right):
            return try binary(symbol, try value(left, names), try value(right, names))
        case .call(let name, let base, let arguments): return try call(name, base, arguments, names)
        }
    }

    private func element(_ base: JSONValue, _ key: JSONValue) throws(EvaluationFailure) -> JSONValue {
        switch (base, key) {
        case (.object(let object), .string(let name)):
            if let found = object[name] { return found }
        case (.array(let elements), .number(let digits)):
            if let index = Int(digits), elements.indices.contains(index) { return elements[index] }
        default: break
        }
        throw EvaluationFailure(message: "no such key: \(goPrinted(key))")
    }

    private func binary(
        _ symbol: String, _ left: JSONValue, _ right: JSONValue
    ) throws(EvaluationFailure) -> JSONValue {
        switch symbol {
        case "==": return .bool(Self.isEqual(left, right))
        case "!=": return .bool(!Self.isEqual(left, right))
        case "in":
            switch right {
            case .array(let elements): return .bool(elements.contains { Self.isEqual($0, left) })
            case .object(let object): return .bool(left.string.map { object[$0] != nil } ?? false)
            default: throw EvaluationFailure(message: "no such overload")
            }
        case "+":
            if case .string(let first) = left, case .string(let second) = right { return .string(first + second) }
            if case .array(let first) = left, case .array(let second) = right { return .array(first + second) }
            return Self.json(try number(left) + number(right))
        case "-": return Self.json(try number(left) - number(right))
        case "*": return Self.json(try number(left) * number(right))
        case "/", "%":
            let (dividend, divisor) = (try number(left), try number(right))
            guard divisor != 0 else { throw EvaluationFailure(message: "division by zero") }
            let isWhole = dividend == dividend.rounded() && divisor == divisor.rounded()
            let quotient = isWhole ? (dividend / divisor).rounded(.towardZero) : dividend / divisor
            return Self.json(symbol == "/" ? quotient : dividend - quotient * divisor)
        default: return .bool(try isOrdered(symbol, left, right))
        }
    }

    private func isOrdered(
        _ symbol: String, _ left: JSONValue, _ right: JSONValue
    ) throws(EvaluationFailure) -> Bool {
        let (isLess, isGreater): (Bool, Bool)
        if case .string(let first) = left, case .string(let second) = right {
            (isLess, isGreater) = (bytesPrecede(first, second), bytesPrecede(second, first))
        } else {
            let (first, second) = (try number(left), try number(right))
            (isLess, isGreater) = (first < second, first > second)
        }
        return switch symbol {
        case "<": isLess
        case "<=": !isGreater
        case ">": isGreater
        default: !isLess
        }
    }

    private func call(
        _ name: String, _ base: Node?, _ arguments: [Node], _ names: Names
    ) throws(EvaluationFailure) -> JSONValue {
        switch (name, base, arguments.count) {
        case ("has", nil, 1):
            guard case .member(let holder, let member) = arguments[0] else {
                throw EvaluationFailure(message: "invalid argument to has()")
            }
            return .bool(try value(holder, names)[member] != nil)
        case ("size", nil, 1): return .int(try size(try value(arguments[0], names)))
        case ("size", let base?, 0): return .int(try size(try value(base, names)))
        case ("all", let base?, 2), ("exists", let base?, 2), ("exists_one", let base?, 2):
            guard case .name(let variable) = arguments[0] else {
                throw EvaluationFailure(message: "argument must be a simple name")
            }
            let all: [JSONValue] =
                switch try value(base, names) {
                case .array(let elements): elements
                case .object(let object): object.names.map(JSONValue.string)
                default: throw EvaluationFailure(message: "no such overload")
                }
            var count = 0
            for element in all {
                var inner = names
                inner[variable] = element
                if try bool(arguments[1], inner) { count += 1 }
            }
            return .bool(name == "all" ? count == all.count : name == "exists" ? count > 0 : count == 1)
        case (_, let base?, 1):
            guard case .string(let text) = try value(base, names),
                case .string(let other) = try value(arguments[0], names)
            else { throw EvaluationFailure(message: "no such overload") }
            switch name {
            case "startsWith": return .bool(text.hasPrefix(other))
            case "endsWith": return .bool(text.hasSuffix(other))
            case "contains": return .bool(text.contains(other))
            default:
                guard let pattern = try? Regex(other) else { throw EvaluationFailure(message: "invalid regex") }
                return .bool(text.firstMatch(of: pattern) != nil)
            }
        default: throw EvaluationFailure(message: "no such overload")
        }
    }

    private func size(_ value: JSONValue) throws(EvaluationFailure) -> Int {
        switch value {
        case .string(let text): text.unicodeScalars.count
        case .array(let elements): elements.count
        case .object(let object): object.members.count
        default: throw EvaluationFailure(message: "no such overload")
        }
    }

    private static func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if case .number(let first) = left, case .number(let second) = right { return Double(first) == Double(second) }
        return left == right
    }

    private static func json(_ number: Double) -> JSONValue {
        number == number.rounded() && abs(number) < 9e15 ? .int(Int(number)) : .number(String(number))
    }
}
