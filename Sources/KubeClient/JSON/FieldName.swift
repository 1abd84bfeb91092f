/// The name of the field that ``JSONReader/forEachField(_:)`` is at; borrowed from the document.
///
/// Made for `switch`: a comparison with a literal compares bytes in place. Unescaped only when the document wrote
/// the name with a backslash, which no known writer does for plain names.
///
/// Never keep one beyond the call that lent it; keep its ``string``.
public struct FieldName {
    // Copyable, because Swift 6.3 cannot `switch` over a borrowed value that is not.
    private let content: BorrowedBytes
    private let isEscaped: Bool

    init(_ content: BorrowedBytes, isEscaped: Bool) {
        self.content = content
        self.isEscaped = isEscaped
    }

    /// A name that no document holds.
    init(_ name: StaticString) {
        // Safe: the text of a literal is never freed.
        content = unsafe BorrowedBytes(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        isEscaped = false
    }

    /// Whether the field has this name, byte for byte.
    public static func == (lhs: borrowing FieldName, rhs: StaticString) -> Bool {
        if !lhs.isEscaped { return lhs.content.elementsEqual(rhs) }
        return lhs.string.utf8.elementsEqual(rhs.description.utf8)
    }

    /// Whether the field has this name; makes `switch name { case "spec": …` work.
    public static func ~= (lhs: StaticString, rhs: borrowing FieldName) -> Bool { rhs == lhs }

    /// Lends the UTF-8 of the name; copies nothing unless the document wrote it with a backslash.
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        guard isEscaped else { return content.withSpan(body) }
        let bytes = Array(content.unescapedString.utf8)
        return unsafe body(bytes.span.bytes)
    }

    /// A copy of the name.
    public var string: String { isEscaped ? content.unescapedString : content.string }
}
