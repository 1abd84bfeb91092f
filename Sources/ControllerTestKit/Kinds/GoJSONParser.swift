package import KubeClient

/// JSON as Go's decoder reads it: its error messages, and names that occur twice.
///
/// Request bodies go through it, because the server's answers quote both. The parser is recursive; documents nested
/// deeper than ``maximumDepth`` are refused.
package struct GoJSONParser {
    /// The document does not parse; the message is Go's.
    package struct Failure: Error, Equatable, Sendable { package var message: String }

    /// A document and the paths of members that occur more than once, such as `data.k`.
    ///
    /// The last one counts.
    package struct Document: Sendable {
        package var value: JSONValue
        package var duplicates: Set<String>
    }

    package static let maximumDepth = 1_000

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0
    private var duplicates: Set<String> = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads one document and nothing after it.
    package static func parse(_ bytes: [UInt8]) throws(Failure) -> Document {
        var parser = GoJSONParser(bytes)
        let value = try parser.value(path: "")
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.unexpected("after top-level value") }
        return Document(value: value, duplicates: parser.duplicates)
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private func unexpected(_ place: String) -> Failure {
        guard position < bytes.count else { return Failure(message: "unexpected end of JSON input") }
        let rest = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
        let character =
            switch rest.unicodeScalars.first {
            case "'": "'\\''"
            case "\"": "'\"'"
            case let scalar?: "'" + goQuoted(String(Character(scalar))).dropFirst().dropLast() + "'"
            case nil: "''"
            }
        return Failure(message: "invalid character \(character) \(place)")
    }

    private mutating func value(path: String) throws(Failure) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw unexpected("") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try object(path))
        case UInt8(ascii: "["): return .array(try array(path))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw unexpected("looking for beginning of value")
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let word = "\(text)"
        for (index, byte) in word.utf8.enumerated() {
            guard position < bytes.count, bytes[position] == byte else {
                let expected = String(word.dropFirst(index).prefix(1))
                throw unexpected("in literal \(word) (expecting '\(expected)')")
            }
            position += 1
        }
        return value
    }

    private mutating func nest() throws(Failure) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw Failure(message: "exceeded max depth") }
    }

    private mutating func object(_ path: String) throws(Failure) -> JSONObject {
        try nest()
        defer { depth -= 1 }
        position += 1
        var object = JSONObject()
        skipSpace()
        if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
            position += 1
            return JSONObject()
        }
        while true {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw unexpected("looking for beginning of object key string")
            }
            let name = try string()
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
                throw unexpected("after object key")
            }
            position += 1
            let memberPath = path.isEmpty ? name : "\(path).\(name)"
            let value = try value(path: memberPath)
            let count = object.count
            object[name] = value
            if object.count == count { duplicates.insert(memberPath) }
            skipSpace()
            guard position < bytes.count else { throw unexpected("") }
            switch bytes[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return object
            default: throw unexpected("after object key:value pair")
            }
        }
    }

    private mutating func array(_ path: String) throws(Failure) -> [JSONValue] {
        try nest()
        defer { depth -= 1 }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
            position += 1
            return []
        }
        while true {
            elements.append(try value(path: "\(path)[\(elements.count)]"))
            skipSpace()
            guard position < bytes.count else { throw unexpected("") }
            switch bytes[position] {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return elements
            default: throw unexpected("after array element")
            }
        }
    }

    private mutating func number() throws(Failure) -> String {
        let start = position
        func isDigit() -> Bool { position < bytes.count && (48...57).contains(bytes[position]) }
        func isNext(_ set: String) -> Bool { position < bytes.count && set.utf8.contains(bytes[position]) }
        if isNext("-") { position += 1 }
        guard isDigit() else { throw unexpected("in numeric literal") }
        if isNext("0") { position += 1 } else { while isDigit() { position += 1 } }
        if isNext(".") {
            position += 1
            guard isDigit() else { throw unexpected("after decimal point in numeric literal") }
            while isDigit() { position += 1 }
        }
        if isNext("eE") {
            position += 1
            if isNext("+-") { position += 1 }
            guard isDigit() else { throw unexpected("in exponent of numeric literal") }
            while isDigit() { position += 1 }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        var text: [UInt8] = []
        while true {
            guard position < bytes.count else { throw unexpected("") }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case 0..<0x20: throw unexpected("in string literal")
            case UInt8(ascii: "\\"):
                position += 1
                try escape(&text)
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape(_ text: inout [UInt8]) throws(Failure) {
        guard position < bytes.count else { throw unexpected("") }
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            position += 1
            let first = try hexDigits()
            var code = UInt32(first)
            if (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: [0x5C, 0x75]) {
                let before = position
                position += 2
                let second = try hexDigits()
                if (0xDC00..<0xE000).contains(second) {
                    code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
                } else {
                    position = before
                }
            }
            text += String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8
            return
        default: throw unexpected("in string escape code")
        }
        position += 1
    }

    private mutating func hexDigits() throws(Failure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw unexpected("") }
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
                throw unexpected("in \\u hexadecimal character escape")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }
}
