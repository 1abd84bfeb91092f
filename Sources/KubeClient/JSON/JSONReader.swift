/// Pull reader over one JSON document held in borrowed bytes, or over a protobuf message that a ``ProtobufMessage`` shows as one.
///
/// Strict: RFC 8259 syntax, valid UTF-8 in every string that is read, nothing after the document, at most
/// ``maximumDepth`` containers inside each other. Tolerant only where Go's decoder is: `null` reads as the zero value of
/// whatever is asked for (no fields, no elements, an empty string, false, 0), a name that occurs twice is lent twice (so
/// that the later value wins), and half a surrogate pair reads as U+FFFD.
///
/// A reader lives only inside ``read(_:_:)``; every value must be consumed, by reading or by ``skip()``. A read that
/// fails leaves the reader in front of the value, so `try? reader.string()` passes over a value of another type.
public struct JSONReader: ~Copyable {
    /// How many objects and arrays may stand inside each other.
    ///
    /// Go stops at 10,000, which needs stacks that grow. Decoders that recurse with the document run here on threads
    /// whose stack is fixed, 512 KiB on some; 512 levels fit in it, and are several times what the deepest
    /// known Kubernetes documents (schemas inside CustomResourceDefinitions) use.
    public static var maximumDepth: Int { 512 }

    let bytes: BorrowedBytes
    var offset = 0
    var depth = 0
    /// The value that the reader is at when the document is a protobuf message; nil in JSON.
    var wire: WireValue?

    @unsafe package init(unsafeBytes: UnsafeRawBufferPointer) { unsafe bytes = BorrowedBytes(unsafeBytes) }

    init(_ bytes: BorrowedBytes) { self.bytes = bytes }

    /// Reads one document and checks that nothing follows it; a document that `body` leaves alone is skipped.
    public static func read<Result>(
        _ bytes: RawSpan, _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(JSONError) -> Result in
            var reader = unsafe JSONReader(unsafeBytes: buffer)
            return try reader.readDocument(body)
        }
    }

    mutating func readDocument<Result>(
        _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        skipWhitespace()
        let start = offset
        let result = try body(&self)
        if offset == start { try skip() }
        skipWhitespace()
        guard offset == bytes.count else { throw failure("nothing may follow the document") }
        return result
    }

    /// The kind of a value.
    public enum ValueKind: Hashable, Sendable {
        /// `{…}`
        case object
        /// `[…]`
        case array
        /// `"…"`
        case string
        /// Digits, perhaps with sign, fraction and exponent.
        case number
        /// `true` or `false`
        case bool
        /// `null`
        case null
        /// Bytes as they are; only protobuf has them, where JSON has base64 in a string.
        case bytes
    }

    /// Looks at the next value without consuming it.
    public mutating func peek() throws(JSONError) -> ValueKind {
        if let wire { return wire.kind }
        skipWhitespace()
        switch try currentByte() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw failure("expected a value")
        }
    }

    /// Lends each field of an object; the body consumes the value or leaves it, then it is skipped.
    public mutating func forEachField(
        _ body: (borrowing FieldName, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        if let wire { return try forEachField(of: wire, body) }
        guard try begins(.object, "an object") else { return }
        let start = offset
        do throws(JSONError) {
            try enter()
            defer { depth -= 1 }
            guard try !closes(with: UInt8(ascii: "}")) else { return }
            repeat {
                let name = try fieldName()
                let value = offset
                try body(name, &self)
                if offset == value { try skip() }
            } while try continues(until: UInt8(ascii: "}"))
        } catch {
            offset = start
            throw error
        }
    }

    /// Lends each element of an array; the body consumes it or leaves it, then it is skipped.
    public mutating func forEachElement(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        if let wire { return try forEachElement(of: wire, body) }
        guard try begins(.array, "an array") else { return }
        let start = offset
        do throws(JSONError) {
            try enter()
            defer { depth -= 1 }
            guard try !closes(with: UInt8(ascii: "]")) else { return }
            repeat {
                skipWhitespace()
                let value = offset
                try body(&self)
                if offset == value { try skip() }
            } while try continues(until: UInt8(ascii: "]"))
        } catch {
            offset = start
            throw error
        }
    }

    /// A Boolean.
    public mutating func bool() throws(JSONError) -> Bool {
        if let wire { return try bool(of: wire) }
        guard try begins(.bool, "true or false") else { return false }
        let isTrue = bytes[offset] == UInt8(ascii: "t")
        try literal(isTrue ? "true" : "false")
        return isTrue
    }
}

// MARK: - Punctuation

extension JSONReader {
    @inline(__always)
    mutating func skipWhitespace() {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            offset += 1
        }
    }

    func failure(_ reason: String) -> JSONError { JSONError(offset: offset, reason: reason) }

    @inline(__always)
    func currentByte() throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw failure("the document is cut off") }
        return bytes[offset]
    }

    /// Goes to the next value, which must be of the kind; false when it was `null` instead, which is consumed.
    mutating func begins(_ kind: ValueKind, _ expectation: StaticString) throws(JSONError) -> Bool {
        let found = try peek()
        if found == kind { return true }
        guard found == .null else { throw failure("expected \(expectation), found \(found.noun)") }
        try literal("null")
        return false
    }

    mutating func literal(_ word: StaticString) throws(JSONError) {
        let end = offset + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[offset..<end].elementsEqual(word) else { throw failure("expected \(word)") }
        offset = end
    }

    /// Passes over the opening bracket.
    mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            depth -= 1
            throw failure("more than \(Self.maximumDepth) objects and arrays inside each other")
        }
        offset += 1
    }

    /// Whether the container that was just entered is empty; then its end is consumed.
    mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard try currentByte() == bracket else { return false }
        offset += 1
        return true
    }

    /// After a value: true after a comma, false after the container's end.
    mutating func continues(until bracket: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        let byte = try currentByte()
        guard byte == bracket || byte == UInt8(ascii: ",") else {
            throw failure(bracket == UInt8(ascii: "}") ? "expected ',' or '}'" : "expected ',' or ']'")
        }
        offset += 1
        return byte != bracket
    }

    /// A field's name and the colon after it; stops in front of the value.
    mutating func fieldName() throws(JSONError) -> FieldName {
        skipWhitespace()
        guard try currentByte() == UInt8(ascii: "\"") else { throw failure("expected the name of a field") }
        let token = try scanString()
        try checkUTF8(of: token)
        try expectColon()
        return FieldName(bytes[token.content], isEscaped: token.isEscaped)
    }

    mutating func expectColon() throws(JSONError) {
        skipWhitespace()
        guard try currentByte() == UInt8(ascii: ":") else { throw failure("expected ':'") }
        offset += 1
        skipWhitespace()
    }
}

extension JSONReader.ValueKind {
    /// The kind with its article, for messages.
    var noun: StaticString {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a Boolean"
        case .null: "null"
        case .bytes: "bytes"
        }
    }
}
