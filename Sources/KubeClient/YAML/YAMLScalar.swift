/// A scalar as written, and what it means.
///
/// The meaning is that of sigs.k8s.io/yaml, which every Kubernetes tool reads manifests with: YAML 1.1 Booleans
/// (`yes`, `on`, `y` …), `0777` and `0o777` octal, `1_000`, but no sexagesimals and no dates.
struct YAMLScalar {
    var text: String
    var isPlain: Bool
    /// The explicit tag, in its long form.
    var tag: String?

    private static let tagPrefix = "tag:yaml.org,2002:"

    /// Whether this is the key that merges other mappings in.
    var isMergeKey: Bool { text == "<<" && (tag == nil ? isPlain : tag == Self.tagPrefix + "merge") }

    /// The value, or nil when the text does not fit the explicit tag or JSON has no such value.
    func resolved() -> YAMLNode.Content? {
        guard let tag, tag.hasPrefix(Self.tagPrefix) else {
            return isPlain && tag == nil ? Self.resolve(text) : .string(text)
        }
        let name = tag.dropFirst(Self.tagPrefix.count)
        switch (name, Self.resolve(text)) {
        case ("null", .null?): return .null
        case ("bool", .bool(let value)?): return .bool(value)
        case ("int", .number(let number)?) where Int128(number) != nil: return .number(number)
        case ("float", .number(let number)?): return .number(number)
        case ("null", _), ("bool", _), ("int", _), ("float", _): return nil
        case ("binary", _): return Base64.decode(text).map { .string(String(decoding: $0, as: UTF8.self)) }
        default: return .string(text)
        }
    }

    /// The value of a plain scalar; nil for infinities and not-a-number.
    private static func resolve(_ text: String) -> YAMLNode.Content? {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON": return .bool(true)
        case "false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF": return .bool(false)
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
            return nil
        default: break
        }
        switch text.unicodeScalars.first ?? " " {
        case "0"..."9", "+", "-":
            let plain = text.filter { $0 != "_" }
            if let integer = integer(plain) { return .number(integer) }
            return float(plain) ?? .string(text)
        case ".": return float(text) ?? .string(text)
        default: return .string(text)
        }
    }

    /// Sign, then hexadecimal, binary, octal or decimal digits that fit 64 bits.
    private static func integer(_ text: String) -> String? {
        let sign = text.hasPrefix("-") || text.hasPrefix("+") ? text.prefix(1) : ""
        let digits = text.dropFirst(sign.count)
        let prefix = digits.prefix(2).lowercased()
        let magnitude: UInt64?
        switch prefix {
        case "0x": magnitude = unsigned(digits.dropFirst(2), radix: 16)
        case "0b": magnitude = unsigned(digits.dropFirst(2), radix: 2)
        case "0o": magnitude = unsigned(digits.dropFirst(2), radix: 8)
        default:
            let isOctal = digits.count > 1 && digits.hasPrefix("0")
            magnitude = unsigned(isOctal ? digits.dropFirst() : digits, radix: isOctal ? 8 : 10)
        }
        guard let magnitude else { return nil }
        if sign == "-" { return magnitude <= UInt64(Int64.max) + 1 ? "\(-Int128(magnitude))" : nil }
        return "\(magnitude)"
    }

    private static func unsigned(_ digits: Substring, radix: Int) -> UInt64? {
        // The initialiser would take another sign.
        guard let first = digits.first, first != "+", first != "-" else { return nil }
        return UInt64(digits, radix: radix)
    }

    /// Whether the text matches `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
    private static func isFloat(_ text: String) -> Bool {
        var rest = Substring(text)
        func takeDigits() -> Int {
            let digits = rest.prefix { ("0"..."9").contains($0) && $0.isASCII }
            rest = rest.dropFirst(digits.count)
            return digits.count
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take("+-")
        let whole = takeDigits()
        let fraction = take(".") ? takeDigits() : 0
        guard whole + fraction > 0 else { return false }
        if take("eE") {
            _ = take("+-")
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// Nil for what is none, and for what is out of range.
    private static func float(_ text: String) -> YAMLNode.Content? {
        guard isFloat(text), let value = Double(text), value.isFinite else { return nil }
        if let integer = Int64(exactly: value) { return .number("\(integer)") }
        return .number("\(value)")
    }
}
