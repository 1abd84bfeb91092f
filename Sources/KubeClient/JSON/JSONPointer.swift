/// A place inside a JSON document, such as `/spec/template/spec/containers/0/image`.
///
/// Source: RFC 6901.
public struct JSONPointer: Hashable, Sendable {
    /// The names and indices on the way, unescaped; none for the whole document.
    public var tokens: [String]

    /// A pointer that takes the tokens one after the other.
    public init(_ tokens: [String]) { self.tokens = tokens }

    /// Parses a pointer; nil when the text is neither empty nor begins with a slash, or has a `~` without `0` or `1`.
    public init?(parsing text: String) {
        tokens = []
        guard !text.isEmpty else { return }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let token = Self.unescaped(part) else { return nil }
            tokens.append(token)
        }
    }

    /// The pointer one step further.
    public func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

    /// The position that a token names in an array: digits without leading zeros.
    static func index(_ token: String) -> Int? {
        guard let first = token.utf8.first, first != UInt8(ascii: "0") || token.utf8.count == 1,
            token.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(token)
    }

    private static func unescaped(_ part: Substring.UTF8View) -> String? {
        var token: [UInt8] = []
        var rest = part.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "~") else {
                token.append(byte)
                continue
            }
            switch rest.next() {
            case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: token, as: UTF8.self)
    }
}

extension JSONPointer: CustomStringConvertible, ExpressibleByStringLiteral {
    /// The text of the pointer, with `~` and `/` in tokens escaped.
    public var description: String {
        var text: [UInt8] = []
        for token in tokens {
            text.append(UInt8(ascii: "/"))
            for byte in token.utf8 {
                switch byte {
                case UInt8(ascii: "~"): text += [byte, UInt8(ascii: "0")]
                case UInt8(ascii: "/"): text += [UInt8(ascii: "~"), UInt8(ascii: "1")]
                default: text.append(byte)
                }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A pointer in source code.
    ///
    /// A programming error when it does not parse; for text from outside use ``init(parsing:)``.
    public init(stringLiteral text: String) {
        let pointer = JSONPointer(parsing: text)
        precondition(pointer != nil, "a JSON pointer begins with '/' and has '~' only in '~0' and '~1'")
        self = pointer ?? JSONPointer([])
    }
}

extension JSONValue {
    /// The value at the place; nil when there is none.
    ///
    /// Assigning creates the objects that are missing on the way, replaces an element of an array, or appends one when
    /// the last token is `-` or the array's count. Assigning nil removes. An assignment that would have to go through
    /// a string, number, Boolean or missing element does nothing.
    public subscript(at pointer: JSONPointer) -> JSONValue? {
        get { value(at: pointer.tokens[...]) }
        set { set(newValue, at: pointer.tokens[...]) }
    }

    private func value(at tokens: ArraySlice<String>) -> JSONValue? {
        guard let token = tokens.first else { return self }
        switch self {
        case .object(let object): return object[token]?.value(at: tokens.dropFirst())
        case .array: return JSONPointer.index(token).flatMap { self[$0] }?.value(at: tokens.dropFirst())
        default: return nil
        }
    }

    private mutating func set(_ value: JSONValue?, at tokens: ArraySlice<String>) {
        guard let token = tokens.first else {
            self = value ?? .null
            return
        }
        let rest = tokens.dropFirst()
        switch self {
        case .null where value != nil:
            self = .object(JSONObject())
            set(value, at: tokens)
        case .object:
            guard !rest.isEmpty else { return self[token] = value }
            guard value != nil || self[token] != nil else { return }
            var child = self[token] ?? .null
            child.set(value, at: rest)
            self[token] = child
        case .array(let elements):
            guard let index = token == "-" ? elements.count : JSONPointer.index(token) else { return }
            guard !rest.isEmpty else { return self[index] = value }
            guard var child = self[index] else { return }
            child.set(value, at: rest)
            self[index] = child
        default: break
        }
    }
}
