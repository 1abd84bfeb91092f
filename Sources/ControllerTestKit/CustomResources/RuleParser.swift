import KubeClient

/// Reads the expressions of ``RuleExpression``; everything it does not know makes it give up.
struct RuleParser {
    /// What bind a name of their own, with the numbers of their arguments.
    private static let binding: [String: ClosedRange<Int>] = [
        "all": 2...2, "exists": 2...2, "exists_one": 2...2, "existsOne": 2...2, "filter": 2...2, "map": 2...3,
    ]
    /// The names of what looks at the elements of a list or the keys of a map.
    static var comprehensions: Set<String> { Set(binding.keys) }
    /// What is called on a value, with the numbers of arguments.
    static let methods: [String: ClosedRange<Int>] = binding.merging([
        "size": 0...0, "startsWith": 1...1, "endsWith": 1...1, "contains": 1...1, "matches": 1...1, "find": 1...1,
        "findAll": 1...1, "lowerAscii": 0...0, "upperAscii": 0...0, "trim": 0...0, "reverse": 0...0, "split": 1...2,
        "replace": 2...3, "substring": 1...2, "charAt": 1...1, "indexOf": 1...1, "lastIndexOf": 1...1, "join": 0...1,
        "format": 1...1, "isSorted": 0...0, "sum": 0...0, "min": 0...0, "max": 0...0, "hasValue": 0...0, "value": 0...0,
        "orValue": 1...1, "or": 1...1, "optMap": 2...2, "none": 0...0, "of": 1...1, "getHours": 0...0,
        "getMinutes": 0...0, "getSeconds": 0...0, "getMilliseconds": 0...0, "getScheme": 0...0, "getHost": 0...0,
        "getHostname": 0...0, "getPort": 0...0, "getEscapedPath": 0...0, "isGreaterThan": 1...1, "isLessThan": 1...1,
        "compareTo": 1...1, "add": 1...1, "sub": 1...1, "sign": 0...0, "isInteger": 0...0, "asInteger": 0...0,
        "asApproximateFloat": 0...0,
    ]) { $1 }
    /// What is called on its argument.
    static let functions: Set<String> = [
        "has", "size", "dyn", "string", "int", "uint", "double", "bool", "duration", "timestamp", "quantity",
        "isQuantity", "url", "isURL", "isIP", "isCIDR",
    ]

    enum Token: Hashable {
        case name(String)
        case literal(String)
        case number(String)
        case symbol(String)
    }

    typealias Node = RuleExpression.Node

    private let tokens: [Token]
    private var position = 0

    init(tokens: [Token]) { self.tokens = tokens }

    var isAtEnd: Bool { position == tokens.count }

    // MARK: words

    /// The words of a text; nil when there are characters that no word has.
    static func tokens(_ text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            if first.isWhitespace {
                rest.removeFirst()
            } else if rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
            } else if "rR".contains(first), let quote = rest.dropFirst().first, "'\"".contains(quote) {
                rest.removeFirst()
                guard let literal = literal(&rest, isRaw: true) else { return nil }
                tokens.append(.literal(literal))
            } else if first.isLetter || first == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                rest = rest.dropFirst(word.count)
                tokens.append(.name(String(word)))
            } else if first.isNumber {
                guard let match = rest.prefixMatch(of: /(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[uU]?/) else { return nil }
                rest = rest[match.range.upperBound...]
                tokens.append(.number(String(match.output.1)))
            } else if first == "'" || first == "\"" {
                guard let literal = literal(&rest) else { return nil }
                tokens.append(.literal(literal))
            } else if let symbol = ["&&", "||", "==", "!=", "<=", ">="].first(where: { rest.hasPrefix($0) }) {
                rest = rest.dropFirst(2)
                tokens.append(.symbol(symbol))
            } else if "()[]{}.,?:<>!+-*/%".contains(first) {
                rest.removeFirst()
                tokens.append(.symbol(String(first)))
            } else {
                return nil
            }
        }
        return tokens
    }

    private static func literal(_ rest: inout Substring, isRaw: Bool = false) -> String? {
        let quote = rest.removeFirst()
        let isLong =
            rest.hasPrefix(String(repeating: quote, count: 2))
            && rest.dropFirst(2).contains(String(repeating: quote, count: 3))
        let end = String(repeating: quote, count: isLong ? 3 : 1)
        if isLong { rest = rest.dropFirst(2) }
        var text = ""
        while !rest.isEmpty {
            if rest.hasPrefix(end) {
                rest = rest.dropFirst(end.count)
                return text
            }
            let next = rest.removeFirst()
            guard next == "\\", !isRaw else {
                text.append(next)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            case "u":
                guard let value = UInt32(rest.prefix(4), radix: 16), let scalar = Unicode.Scalar(value) else {
                    return nil
                }
                rest = rest.dropFirst(4)
                text.unicodeScalars.append(scalar)
            case let character? where "\\'\"`?".contains(character): text.append(character)
            default: return nil
            }
        }
        return nil
    }

    // MARK: expressions

    /// The levels of binary operators, loosest first.
    private static let levels: [[String]] = [
        ["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"],
    ]

    mutating func expression() -> Node? {
        guard let condition = binary(level: 0) else { return nil }
        guard take("?") else { return condition }
        guard let first = expression(), take(":"), let second = expression() else { return nil }
        return .choice(condition, first, second)
    }

    private mutating func binary(level: Int) -> Node? {
        guard level < Self.levels.count else { return unary() }
        guard var left = binary(level: level + 1) else { return nil }
        while let symbol = Self.levels[level].first(where: { isNext($0) }) {
            position += 1
            guard let right = binary(level: level + 1) else { return nil }
            left = .binary(symbol, left, right)
        }
        return left
    }

    private mutating func unary() -> Node? {
        for symbol in ["!", "-"] where take(symbol) { return unary().map { .unary(symbol, $0) } }
        return postfix()
    }

    private mutating func postfix() -> Node? {
        guard var node = primary() else { return nil }
        while true {
            if take(".") {
                let isOptional = take("?")
                guard case .name(let name)? = next() else { return nil }
                if isOptional {
                    node = .optionalMember(node, name)
                } else if take("(") {
                    guard let counts = Self.methods[name], let arguments = list(until: ")"),
                        counts.contains(arguments.count)
                    else { return nil }
                    node = .call(name, on: node, arguments)
                } else {
                    node = .member(node, name)
                }
            } else if take("[") {
                let isOptional = take("?")
                guard let key = expression(), take("]") else { return nil }
                node = isOptional ? .optionalElement(node, key) : .element(node, key)
            } else {
                return node
            }
        }
    }

    private mutating func primary() -> Node? {
        switch next() {
        case .literal(let text): return .literal(.string(text))
        case .number(let digits): return Double(digits) == nil ? nil : .literal(.number(digits))
        case .name("true"): return .literal(.bool(true))
        case .name("false"): return .literal(.bool(false))
        case .name("null"): return .literal(.null)
        case .name(let name):
            guard take("(") else { return .name(name) }
            guard Self.functions.contains(name), let arguments = list(until: ")"), arguments.count == 1 else {
                return nil
            }
            return .call(name, on: nil, arguments)
        case .symbol("("):
            guard let inner = expression(), take(")") else { return nil }
            return inner
        case .symbol("["): return list(until: "]").map { .list($0) }
        case .symbol("{"): return entries().map { .map($0) }
        default: return nil
        }
    }

    private mutating func list(until end: String) -> [Node]? {
        var nodes: [Node] = []
        while !take(end) {
            if !nodes.isEmpty, !take(",") { return nil }
            guard let node = expression() else { return nil }
            nodes.append(node)
        }
        return nodes
    }

    private mutating func entries() -> [(key: Node, value: Node)]? {
        var entries: [(key: Node, value: Node)] = []
        while !take("}") {
            if !entries.isEmpty, !take(",") { return nil }
            guard let key = expression(), take(":"), let value = expression() else { return nil }
            entries.append((key, value))
        }
        return entries
    }

    // MARK: position

    private mutating func next() -> Token? {
        guard position < tokens.count else { return nil }
        position += 1
        return tokens[position - 1]
    }

    private func isNext(_ word: String) -> Bool {
        position < tokens.count && (tokens[position] == .symbol(word) || tokens[position] == .name(word))
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard position < tokens.count, tokens[position] == .symbol(symbol) else { return false }
        position += 1
        return true
    }
}
