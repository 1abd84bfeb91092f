import KubeClient

/// Recursive descent over the tokens of a label selector.
struct LabelSelectorParser {
    private enum Token: Hashable {
        case end, comma, open, close, not
        case equals, doubleEquals, notEquals, greater, less, isIn, notIn
        case identifier
    }

    private var tokens: [(token: Token, literal: String)] = []
    private var position = 0

    init(_ text: String) {
        var rest = Substring(text)
        let symbols: Set<Character> = ["=", "!", "(", ")", ",", ">", "<"]
        while let character = rest.first {
            if character == " " || character == "\t" || character == "\n" || character == "\r" {
                rest.removeFirst()
            } else if symbols.contains(character) {
                let pair = rest.prefix(2)
                let literal = pair == "==" || pair == "!=" ? String(pair) : String(character)
                tokens.append((Self.symbol(literal), literal))
                rest.removeFirst(literal.count)
            } else {
                let word = String(
                    rest.prefix { !symbols.contains($0) && $0 != " " && $0 != "\t" && $0 != "\n" && $0 != "\r" })
                tokens.append((word == "in" ? .isIn : word == "notin" ? .notIn : .identifier, word))
                rest.removeFirst(word.count)
            }
        }
    }

    private static func symbol(_ literal: String) -> Token {
        switch literal {
        case "=": .equals
        case "==": .doubleEquals
        case "!=": .notEquals
        case "!": .not
        case ">": .greater
        case "<": .less
        case "(": .open
        case ")": .close
        default: .comma
        }
    }

    /// `in` and `notin` are operators only where an operator may stand.
    private func peek(asValue: Bool = false) -> (token: Token, literal: String) {
        guard position < tokens.count else { return (.end, "") }
        let next = tokens[position]
        return asValue && (next.token == .isIn || next.token == .notIn) ? (.identifier, next.literal) : next
    }

    private mutating func next(asValue: Bool = false) -> (token: Token, literal: String) {
        let token = peek(asValue: asValue)
        position += 1
        return token
    }

    mutating func parse() throws(APIFailure) -> [LabelSelector.Requirement] {
        var requirements: [LabelSelector.Requirement] = []
        while true {
            let start = peek(asValue: true)
            switch start.token {
            case .identifier, .not:
                requirements.append(try requirement())
                let after = next()
                switch after.token {
                case .end: return requirements
                case .comma:
                    let following = peek(asValue: true)
                    guard following.token == .identifier || following.token == .not else {
                        throw .badRequest("found '\(following.literal)', expected: identifier after ','")
                    }
                default: throw .badRequest("found '\(after.literal)', expected: ',' or 'end of string'")
                }
            case .end: return requirements
            default: throw .badRequest("found '\(start.literal)', expected: !, identifier, or 'end of string'")
            }
        }
    }

    private func unparsable(_ message: String) -> APIFailure {
        .badRequest("unable to parse requirement: \(message)")
    }

    private mutating func requirement() throws(APIFailure) -> LabelSelector.Requirement {
        var isNegated = false
        if peek().token == .not {
            isNegated = true
            position += 1
        }
        let key = next(asValue: true)
        guard key.token == .identifier else { throw unparsable("found '\(key.literal)', expected: identifier") }
        if let error = Names.qualifiedNameFault(key.literal).first {
            throw unparsable("<nil>: Invalid value: \(goQuoted(key.literal)): \(error)")
        }
        if isNegated { return .absent(key.literal) }
        let following = peek()
        if following.token == .end || following.token == .comma { return .exists(key.literal) }
        position += 1
        switch following.token {
        case .isIn: return .isIn(key.literal, try checked(try list(), key.literal))
        case .notIn: return .notIn(key.literal, try checked(try list(), key.literal))
        case .equals, .doubleEquals: return .isIn(key.literal, try checked([value()], key.literal))
        case .notEquals: return .notIn(key.literal, try checked([value()], key.literal))
        case .greater: return .greater(key.literal, try integer(value(), key.literal))
        case .less: return .less(key.literal, try integer(value(), key.literal))
        default:
            throw unparsable("found '\(following.literal)', expected: in, notin, =, ==, !=, gt, lt")
        }
    }

    /// One value after a sign; none before a comma or the end is the empty value.
    private mutating func value() -> String {
        let following = peek(asValue: true)
        guard following.token == .identifier else { return "" }
        position += 1
        return following.literal
    }

    private mutating func list() throws(APIFailure) -> [String] {
        let opening = next()
        guard opening.token == .open else { throw unparsable("found '\(opening.literal)' expected: '('") }
        var values: [String] = []
        var expectsValue = true
        while true {
            let token = next(asValue: true)
            switch token.token {
            case .identifier:
                guard expectsValue else { throw unparsable("found '\(token.literal)', expected: ',' or ')'") }
                values.append(token.literal)
                expectsValue = false
            case .comma:
                if expectsValue { values.append("") }
                expectsValue = true
            case .close:
                if expectsValue { values.append("") }
                return values
            default:
                throw unparsable(
                    expectsValue
                        ? "found '\(token.literal)', expected: ',', ')' or identifier"
                        : "found '\(token.literal)', expected: ',' or ')'")
            }
        }
    }

    private func checked(_ values: [String], _ key: String) throws(APIFailure) -> Set<String> {
        for (index, value) in values.enumerated() {
            guard let error = Names.labelValueFault(value).first else { continue }
            throw unparsable("values[\(index)][\(key)]: Invalid value: \(goQuoted(value)): \(error)")
        }
        return Set(values)
    }

    private func integer(_ text: String, _ key: String) throws(APIFailure) -> Int64 {
        _ = try checked([text], key)
        guard let value = Int64(text) else {
            throw unparsable(
                "values[0]: Invalid value: \(goQuoted(text)): for 'Gt', 'Lt' operators, the value must be an integer")
        }
        return value
    }
}
