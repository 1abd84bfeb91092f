import KubeClient

/// The functions of rules.
extension RuleExpression {
    func call(
        _ name: String, _ base: Node?, _ arguments: [Node], _ names: Names
    ) throws(EvaluationFailure) -> RuleValue {
        guard let base else { return try function(name, arguments, names) }
        if case .name("optional") = base, names["optional"] == nil {
            return .optional(name == "none" ? nil : try value(arguments[0], names))
        }
        if RuleParser.comprehensions.contains(name) { return try comprehension(name, base, arguments, names) }
        let subject = try value(base, names)
        if case .optional(let held) = subject { return try optional(name, held, arguments, names) }
        var values: [RuleValue] = []
        for argument in arguments { values.append(try value(argument, names)) }
        switch subject {
        case .json(.string(let text)): return try method(name, of: text, values)
        case .json(.array(let elements)): return try method(name, of: elements, values)
        case .json(.object(let object)) where name == "size": return .json(.int(object.members.count))
        case .duration(let seconds): return try Self.part(name, ofDuration: seconds)
        case .quantity(let amount): return try Self.method(name, of: amount, values)
        case .url(let url): return try Self.part(name, of: url)
        default: throw .overload
        }
    }

    private func function(_ name: String, _ arguments: [Node], _ names: Names) throws(EvaluationFailure) -> RuleValue {
        if name == "has" {
            switch arguments[0] {
            case .member(let holder, let member), .optionalMember(let holder, let member):
                switch try value(holder, names) {
                case .json(let value), .optional(.json(let value)?):
                    return .json(.bool(Self.member(member, of: value) != nil))
                default: return .json(.bool(false))
                }
            default: throw EvaluationFailure(message: "invalid argument to has()")
            }
        }
        let argument = try value(arguments[0], names)
        func text() throws(EvaluationFailure) -> String {
            guard case .json(.string(let text)) = argument else { throw .overload }
            return text
        }
        switch name {
        case "dyn": return argument
        case "size": return try call("size", arguments[0], [], names)
        case "string":
            switch argument {
            case .json(.array), .json(.object), .json(.null): throw .overload
            case .json(let value): return .json(.string(goPrinted(value)))
            default: throw .overload
            }
        case "int", "uint":
            if case .json(.string(let digits)) = argument {
                guard let number = Int(digits) else { throw .conversion(digits) }
                return .json(.int(number))
            }
            if case .timestamp(let seconds) = argument { return Self.number(seconds.rounded(.down)) }
            return Self.number(try number(argument).rounded(.towardZero))
        case "double":
            if case .json(.string(let digits)) = argument {
                guard let number = Double(digits) else { throw .conversion(digits) }
                return Self.number(number)
            }
            return Self.number(try number(argument))
        case "bool":
            if case .json(.bool) = argument { return argument }
            let text = try text()
            guard ["true", "false"].contains(text) else { throw .conversion(text) }
            return .json(.bool(text == "true"))
        case "duration":
            if case .duration = argument { return argument }
            let text = try text()
            guard let seconds = RuleValue.duration(text) else { throw .conversion(text) }
            return .duration(seconds)
        case "timestamp":
            if case .timestamp = argument { return argument }
            let text = try text()
            guard let seconds = RuleValue.timestamp(text) else { throw .conversion(text) }
            return .timestamp(seconds)
        case "quantity":
            let text = try text()
            guard let amount = RuleValue.quantity(text) else { throw .conversion(text) }
            return .quantity(amount)
        case "isQuantity": return .json(.bool(RuleValue.quantity(try text()) != nil))
        case "url":
            let text = try text()
            guard let url = RuleURL(text) else { throw EvaluationFailure(message: "URL parse error during conversion") }
            return .url(url)
        case "isURL": return .json(.bool(RuleURL(try text()) != nil))
        case "isIP":
            let text = try text()
            return .json(.bool(StringFormat.ipv4.holds(for: text) || StringFormat.ipv6.holds(for: text)))
        case "isCIDR": return .json(.bool(StringFormat.cidr.holds(for: try text())))
        default: throw .overload
        }
    }

    // MARK: comprehensions

    private func comprehension(
        _ name: String, _ base: Node, _ arguments: [Node], _ names: Names
    ) throws(EvaluationFailure) -> RuleValue {
        guard case .name(let variable) = arguments[0] else {
            throw EvaluationFailure(message: "argument must be a simple name")
        }
        let elements: [JSONValue] =
            switch try value(base, names) {
            case .json(.array(let elements)): elements
            case .json(.object(let object)): object.names.map(JSONValue.string)
            default: throw .overload
            }
        var chosen: [JSONValue] = []
        // As with `&&` and `||`, one element may decide whatever others fail of.
        var failure: EvaluationFailure?
        for element in elements {
            var inner = names
            inner[variable] = .json(element)
            do throws(EvaluationFailure) {
                // A map may have a condition, which then comes before what it makes.
                let isChosen = name == "map" && arguments.count == 2 ? true : try bool(arguments[1], inner)
                if name == "all" ? !isChosen : name == "exists" && isChosen { return .json(.bool(isChosen)) }
                if isChosen { chosen.append(name == "map" ? try json(arguments[arguments.count - 1], inner) : element) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return switch name {
        case "all": .json(.bool(true))
        case "exists": .json(.bool(false))
        case "exists_one", "existsOne": .json(.bool(chosen.count == 1))
        default: .json(.array(chosen))
        }
    }

    private func optional(
        _ name: String, _ held: RuleValue?, _ arguments: [Node], _ names: Names
    ) throws(EvaluationFailure) -> RuleValue {
        switch name {
        case "hasValue": return .json(.bool(held != nil))
        case "value":
            guard let held else { throw EvaluationFailure(message: "optional.none() dereference") }
            return held
        case "orValue", "or":
            guard let held else { return try value(arguments[0], names) }
            return name == "or" ? .optional(held) : held
        case "optMap":
            guard let held else { return .optional(nil) }
            guard case .name(let variable) = arguments[0], arguments.count == 2 else { throw .overload }
            var inner = names
            inner[variable] = held
            return .optional(try value(arguments[1], inner))
        default: throw .overload
        }
    }

    // MARK: texts

    private func method(_ name: String, of text: String, _ arguments: [RuleValue]) throws(EvaluationFailure)
        -> RuleValue
    {
        func argument(_ index: Int) throws(EvaluationFailure) -> String {
            guard case .json(.string(let text)) = arguments[index] else { throw .overload }
            return text
        }
        func position(_ index: Int) throws(EvaluationFailure) -> Int {
            let number = try number(arguments[index])
            guard number >= 0, number <= Double(text.unicodeScalars.count) else {
                throw EvaluationFailure(message: "index out of range: \(Int(number))")
            }
            return Int(number)
        }
        func pattern() throws(EvaluationFailure) -> Regex<AnyRegexOutput> {
            guard let pattern = try? Regex(try argument(0)) else { throw EvaluationFailure(message: "invalid regex") }
            return pattern
        }
        let scalars = Array(text.unicodeScalars)
        func part(_ range: Range<Int>) -> RuleValue {
            var part = String.UnicodeScalarView()
            part.append(contentsOf: scalars[range])
            return .json(.string(String(part)))
        }
        func texts(_ parts: [some StringProtocol]) -> RuleValue { .json(.array(parts.map { .string(String($0)) })) }
        switch name {
        case "size": return .json(.int(scalars.count))
        case "startsWith": return .json(.bool(text.hasPrefix(try argument(0))))
        case "endsWith": return .json(.bool(text.hasSuffix(try argument(0))))
        case "contains": return .json(.bool(text.contains(try argument(0))))
        case "matches": return .json(.bool(text.firstMatch(of: try pattern()) != nil))
        case "find": return .json(.string(text.firstMatch(of: try pattern()).map { String(text[$0.range]) } ?? ""))
        case "findAll": return texts(text.matches(of: try pattern()).map { text[$0.range] })
        case "lowerAscii": return .json(.string(text.mapASCII { $0.lowercased() }))
        case "upperAscii": return .json(.string(text.mapASCII { $0.uppercased() }))
        case "trim": return .json(.string(trimmed(text)))
        case "reverse": return .json(.string(String(text.reversed())))
        case "split":
            let separator = try argument(0)
            let limit = arguments.count > 1 ? Int(try number(arguments[1])) : -1
            if limit == 0 { return .json(.array([])) }
            if separator.isEmpty { return texts(text.map(String.init)) }
            return texts(
                text.split(
                    separator: separator, maxSplits: limit < 0 ? .max : limit - 1, omittingEmptySubsequences: false))
        case "replace":
            let limit = arguments.count > 2 ? Int(try number(arguments[2])) : -1
            return .json(
                .string(
                    text.replacing(try argument(0), with: try argument(1), maxReplacements: limit < 0 ? .max : limit)))
        case "substring":
            let (start, end) = (try position(0), arguments.count > 1 ? try position(1) : scalars.count)
            guard start <= end else { throw EvaluationFailure(message: "invalid substring range") }
            return part(start..<end)
        case "charAt":
            let start = try position(0)
            return part(start..<min(start + 1, scalars.count))
        case "indexOf", "lastIndexOf":
            let wanted = Array(try argument(0).unicodeScalars)
            let starts = (0...max(0, scalars.count - wanted.count)).filter { scalars[$0...].starts(with: wanted) }
            return .json(.int((name == "indexOf" ? starts.first : starts.last) ?? -1))
        case "format":
            guard case .json(.array(let values))? = arguments.first else { throw .overload }
            return .json(.string(try Self.formatted(text, values)))
        case "getHours", "getMinutes", "getSeconds", "getMilliseconds":
            guard let seconds = RuleValue.duration(text) else { throw .overload }
            return try Self.part(name, ofDuration: seconds)
        default: throw .overload
        }
    }

    private static func formatted(_ text: String, _ values: [JSONValue]) throws(EvaluationFailure) -> String {
        var (result, rest, next) = ("", text[...], values[...])
        while let mark = rest.firstIndex(of: "%") {
            result += rest[..<mark]
            rest = rest[rest.index(after: mark)...]
            guard let verb = rest.popFirst() else { throw EvaluationFailure(message: "unexpected end of string") }
            if verb == "%" {
                result += "%"
                continue
            }
            guard verb == "s" || verb == "d", let value = next.popFirst() else {
                throw EvaluationFailure(message: "could not parse formatting clause")
            }
            if case .array(let elements) = value {
                result += "[\(elements.map { goPrinted($0) }.joined(separator: ", "))]"
            } else {
                result += goPrinted(value)
            }
        }
        return result + rest
    }

    // MARK: lists

    private func method(
        _ name: String, of elements: [JSONValue], _ arguments: [RuleValue]
    ) throws(EvaluationFailure) -> RuleValue {
        switch name {
        case "size": return .json(.int(elements.count))
        case "isSorted":
            for (first, second) in zip(elements, elements.dropFirst())
            where try Self.order(.json(first), .json(second)) > 0 {
                return .json(.bool(false))
            }
            return .json(.bool(true))
        case "sum":
            var total = 0.0
            for element in elements { total += try number(.json(element)) }
            return Self.number(total)
        case "min", "max":
            guard var best = elements.first else { throw EvaluationFailure(message: "\(name) called on empty list") }
            for element in elements.dropFirst() {
                let order = try Self.order(.json(element), .json(best))
                if name == "min" ? order < 0 : order > 0 { best = element }
            }
            return .json(best)
        case "indexOf", "lastIndexOf":
            guard case .json(let wanted)? = arguments.first else { throw .overload }
            let found = elements.indices.filter { Self.isEqual(.json(elements[$0]), .json(wanted)) }
            return .json(.int((name == "indexOf" ? found.first : found.last) ?? -1))
        case "join":
            var separator = ""
            if let argument = arguments.first {
                guard case .json(.string(let text)) = argument else { throw .overload }
                separator = text
            }
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { throw .overload }
            return .json(.string(texts.joined(separator: separator)))
        case "reverse": return .json(.array(elements.reversed()))
        default: throw .overload
        }
    }

    // MARK: other kinds

    private static func part(_ name: String, ofDuration seconds: Double) throws(EvaluationFailure) -> RuleValue {
        let units = ["getHours": 3600, "getMinutes": 60, "getSeconds": 1, "getMilliseconds": 0.001]
        guard let unit = units[name] else { throw .overload }
        return number((seconds / unit).rounded(.towardZero))
    }

    private static func part(_ name: String, of url: RuleURL) throws(EvaluationFailure) -> RuleValue {
        let text =
            switch name {
            case "getScheme": url.scheme
            case "getHost": url.host
            case "getHostname": url.hostname
            case "getPort": url.port
            case "getEscapedPath": url.path
            default: throw .overload
            }
        return .json(.string(text))
    }

    private static func method(
        _ name: String, of amount: Double, _ arguments: [RuleValue]
    ) throws(EvaluationFailure) -> RuleValue {
        var others: [Double] = []
        for argument in arguments {
            switch argument {
            case .quantity(let other): others.append(other)
            case .json(.number(let digits)): others.append(Double(digits) ?? 0)
            default: throw .overload
            }
        }
        switch (name, others.first) {
        case ("isGreaterThan", let other?): return .json(.bool(amount > other))
        case ("isLessThan", let other?): return .json(.bool(amount < other))
        case ("compareTo", let other?): return .json(.int(amount < other ? -1 : amount > other ? 1 : 0))
        case ("add", let other?): return .quantity(amount + other)
        case ("sub", let other?): return .quantity(amount - other)
        case ("sign", nil): return .json(.int(amount < 0 ? -1 : amount > 0 ? 1 : 0))
        case ("isInteger", nil): return .json(.bool(amount == amount.rounded()))
        case ("asInteger", nil):
            guard amount == amount.rounded() else {
                throw EvaluationFailure(message: "cannot convert value to integer")
            }
            return number(amount)
        case ("asApproximateFloat", nil): return number(amount)
        default: throw .overload
        }
    }
}

extension RuleExpression.EvaluationFailure {
    fileprivate static func conversion(_ text: String) -> Self { Self(message: "type conversion error: \(text)") }
}

extension String {
    fileprivate func mapASCII(_ change: (Character) -> String) -> String {
        map { $0.isASCII ? change($0) : String($0) }.joined()
    }
}
