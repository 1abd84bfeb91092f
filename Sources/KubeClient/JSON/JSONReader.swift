/// Pull reader over one JSON document held in borrowed bytes.
///
/// `null` reads as the zero value of whatever is asked for, as in Go: no fields, no elements, an empty string, false, 0.
/// A reader lives only inside ``read(_:_:)``; every value must be consumed, by reading or by ``skip()``.
@safe public struct JSONReader: ~Copyable {
    @usableFromInline let base: UnsafeRawBufferPointer
    @usableFromInline var offset = 0

    package init(unsafeBytes: UnsafeRawBufferPointer) { unsafe base = unsafeBytes }

    /// Reads one document and checks that nothing follows it.
    public static func read<Result>(
        _ bytes: RawSpan, _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) -> Result { throw JSONError(offset: 0, reason: "not implemented") }

    /// The kind of the next value.
    public enum ValueKind: Hashable, Sendable { case object, array, string, number, bool, null }
    /// Looks at the next value without consuming it.
    public mutating func peek() throws(JSONError) -> ValueKind { throw JSONError(offset: 0, reason: "not implemented") }
    /// Lends each field of an object; the body consumes the value or leaves it, then it is skipped.
    public mutating func forEachField(
        _ body: (borrowing FieldName, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {}
    /// Lends each element of an array; the body consumes it or leaves it, then it is skipped.
    public mutating func forEachElement(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {}
    /// A string, unescaped; `null` reads as the empty string.
    public mutating func string() throws(JSONError) -> String { "" }
    /// The unescaped UTF-8 of a string, valid for the call only; zero-copy when nothing is escaped.
    public mutating func withStringBytes<Result>(
        _ body: (RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result { throw JSONError(offset: 0, reason: "not implemented") }
    /// A Boolean.
    public mutating func bool() throws(JSONError) -> Bool { false }
    /// An integer; fractions and overflow are errors.
    public mutating func int() throws(JSONError) -> Int { 0 }
    /// A number as a double.
    public mutating func double() throws(JSONError) -> Double { 0 }
    /// Passes over the next value, checking its syntax.
    public mutating func skip() throws(JSONError) {}
    /// The raw text of the next value, consumed.
    public mutating func withRawValue<Result>(
        _ body: (RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result { throw JSONError(offset: 0, reason: "not implemented") }
}

/// The name of the field that ``JSONReader/forEachField(_:)`` is at; borrowed from the document.
public struct FieldName: ~Copyable {
    let text: String
    init(_ text: String) { self.text = text }
    /// Whether the field has this name.
    public static func == (lhs: borrowing FieldName, rhs: StaticString) -> Bool { lhs.text == rhs.description }
    /// For `switch`.
    public static func ~= (lhs: StaticString, rhs: borrowing FieldName) -> Bool { rhs == lhs }
    /// A copy of the name.
    public var string: String { text }
}
