import KubeClient

/// Reads the expressions of ``RuleExpression``; everything it does not know makes it give up.
struct RuleParser {
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
            } else if first.isLetter || first == "_" {
                let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                rest = rest.dropFirst(word.count)
                tokens.append(.name(String(word)))
            } else if first.isNumber {
                let digits = rest.prefix { $0.isNumber || $0 == "." }
                rest = rest.dropFirst(digits.count)
                tokens.append(.number(String(digits)))
            } else if first == "'" || first == "\"" {
                guard let literal = literal(&rest) else { return nil }
                tokens.append(.literal(literal))
            } else if let symbol = ["&&", "||", "==", "!=", "<=", ">="].first(where: { rest.hasPrefix($0) }) {
                rest = rest.dropFirst(2)
                tokens.append(.symbol(symbol))
            } else if "()[].,?:<>!+-*/%".contains(first) {
                rest.removeFirst()
                tokens.append(.symbol(String(first)))
            } else {
                return nil
            }
        }
        return tokens
    }

    private static func literal(_ rest: inout Substring) -> String? {
        let quote = rest.removeFirst()
        var text = ""
        while let next = rest.popFirst() {
            if next == quote { return text }
            guard next == "\\" else {
                text.append(next)
                continue
            }
            switch rest.popFirst() {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case let character? where "\\'\"".contains(character): text.append(character)
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
                guard case .name(let name)? = next() else { return nil }
                guard take("(") else {
                    node = .member(node, name)
                    continue
                }
                let known: Set = [
                    "size", "all", "exists", "exists_one", "startsWith", "endsWith", "contains", "matches",
                ]
                guard known.contains(name), let arguments = list(until: ")") else { return nil }
                node = .call(name, on: node, arguments)
            } else if take("[") {
                guard let key = expression(), take("]") else { return nil }
                node = .element(node, key)
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
            guard ["has", "size"].contains(name), let arguments = list(until: ")") else { return nil }
            return .call(name, on: nil, arguments)
        case .symbol("("):
            guard let inner = expression(), take(")") else { return nil }
            return inner
        case .symbol("["): return list(until: "]").map { .list($0) }
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
