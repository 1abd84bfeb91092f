import KubeClient

/// What an expression of a rule can be: what objects hold, and what the functions make of it.
indirect enum RuleValue: Sendable, Equatable {
    case json(JSONValue)
    /// In seconds.
    case duration(Double)
    /// In seconds since 1970.
    case timestamp(Double)
    case quantity(Double)
    case url(RuleURL)
    case optional(RuleValue?)

    /// Reads a duration as Go writes them; nil for another text.
    static func duration(_ text: String) -> Double? {
        var rest = text[...]
        let sign: Double = rest.first == "-" ? -1 : 1
        if let first = rest.first, "+-".contains(first) { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        let units: [(String, Double)] = [
            ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600),
        ]
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard let number = Double("0\(digits)"), digits.contains(where: \.isNumber),
                let unit = units.first(where: { rest.hasPrefix($0.0) })
            else { return nil }
            total += number * unit.1
            rest = rest.dropFirst(unit.0.count)
        }
        return sign * total
    }

    /// Reads a quantity such as `1500m` or `2Gi`; nil for another text.
    static func quantity(_ text: String) -> Double? {
        guard Quantity(text) != nil else { return nil }
        let number = text.prefix { "+-.".contains($0) || $0.isASCII && $0.isNumber }
        let suffix = text.dropFirst(number.count)
        guard let amount = Double(number) else { return nil }
        let units: [Substring: Double] = [
            "": 1, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
            "Ki": 0x1p10, "Mi": 0x1p20, "Gi": 0x1p30, "Ti": 0x1p40, "Pi": 0x1p50, "Ei": 0x1p60,
        ]
        return units[suffix].map { amount * $0 } ?? Double(text)
    }
}

/// The parts of an absolute URI or path that rules ask for.
struct RuleURL: Hashable, Sendable {
    var scheme = ""
    /// With the port.
    var host = ""
    var path = ""
    var query = ""

    /// Reads a URI; nil for a text that is none, or a relative one.
    init?(_ text: String) {
        var rest = text[...]
        if let match = rest.prefixMatch(of: /([A-Za-z][A-Za-z0-9+.-]*):/) {
            scheme = match.output.1.lowercased()
            rest = rest[match.range.upperBound...]
        } else if !rest.hasPrefix("/") {
            return nil
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        guard rest.hasPrefix("//"), !scheme.isEmpty else {
            path = String(rest)
            return
        }
        let authority = rest.dropFirst(2).prefix { $0 != "/" }
        path = String(rest.dropFirst(2 + authority.count))
        host = authority.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? ""
        let port = host.hasPrefix("[") ? host.drop { $0 != "]" }.dropFirst() : host.drop { $0 != ":" }
        let isPort = port.isEmpty || port.hasPrefix(":") && port.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
        guard isPort, !host.contains(where: { $0.isWhitespace || "\"<>^`{|}".contains($0) }) else { return nil }
    }

    var port: String {
        let port = host.hasPrefix("[") ? host.drop { $0 != "]" }.dropFirst() : host.drop { $0 != ":" }
        return String(port.dropFirst())
    }

    /// Without port and brackets.
    var hostname: String {
        let name = port.isEmpty ? host[...] : host.dropLast(port.count + 1)
        return name.hasPrefix("[") ? String(name.dropFirst().dropLast()) : String(name)
    }
}
