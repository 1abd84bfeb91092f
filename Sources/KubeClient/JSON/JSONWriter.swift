/// Builds a compact JSON document byte by byte, the members in the order of the calls.
///
/// Made for the bodies that a controller sends: patches, events, annotations. The same calls always give the same
/// bytes, and strings are escaped exactly as Go's `encoding/json` does, so that what is written here compares equal with
/// what Kubernetes clients in Go write.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { writer in
///     writer.object("metadata") { $0.field("name", "web") }
///     writer.array("finalizers") { $0.string("example.com/guard") }
/// }
/// ```
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []
    private let escapesHTML: Bool

    /// Creates a writer.
    ///
    /// `escapesHTML` writes `<`, `>` and `&` as `\u003c`, `\u003e` and `\u0026`, as Go does unless told otherwise.
    public init(escapesHTML: Bool = true) { self.escapesHTML = escapesHTML }

    /// What was written so far, as text.
    public var string: String { String(decoding: bytes, as: UTF8.self) }

    /// An object as document, array element or value of the last ``name(_:)``; `body` writes its members.
    public mutating func object<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        try body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// An array as document, array element or value of the last ``name(_:)``; `body` writes its elements.
    public mutating func array<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        separate()
        bytes.append(UInt8(ascii: "["))
        try body(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    /// The name of a member; exactly one value follows.
    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// A string value.
    public mutating func string(_ value: String) {
        separate()
        bytes.appendJSONString(value, escapesHTML: escapesHTML)
    }

    /// An integer value.
    public mutating func int(_ value: some BinaryInteger) { literal(String(value)) }

    /// A Boolean value.
    public mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

    /// The value `null`.
    public mutating func null() { literal("null") }

    /// A tree as value.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let text): literal(text)
        case .string(let text): string(text)
        case .array(let elements): array { writer in for element in elements { writer.value(element) } }
        case .object(let object):
            self.object { writer in for member in object.members { writer.field(member.name, member.value) } }
        }
    }

    /// A value that is JSON text already; it is not checked.
    public mutating func raw(_ text: some Collection<UInt8>) {
        separate()
        bytes += text
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes += text.utf8
    }

    /// Writes a comma unless this is the first value in its place; no value ends with one of these bytes.
    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }
}

extension JSONWriter {
    /// A member whose value is an object.
    public mutating func object<Failure: Error>(
        _ name: String, _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try object(body)
    }

    /// A member whose value is an array.
    public mutating func array<Failure: Error>(
        _ name: String, _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        self.name(name)
        try array(body)
    }

    /// A member whose value is a string.
    public mutating func field(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    /// A member whose value is an integer.
    public mutating func field(_ name: String, _ value: some BinaryInteger) {
        self.name(name)
        int(value)
    }

    /// A member whose value is a Boolean.
    public mutating func field(_ name: String, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    /// A member whose value is a tree.
    @_disfavoredOverload
    public mutating func field(_ name: String, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }
}
