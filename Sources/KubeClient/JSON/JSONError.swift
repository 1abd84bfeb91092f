/// Why a JSON document, or a protobuf message, could not be read: the byte offset and what was expected there.
///
/// Never quotes the document, which may hold secret values.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes from the start of the document.
    public var offset: Int
    /// What is wrong, without any of the document's text.
    public var reason: String

    /// Creates an error.
    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    /// Reason and offset.
    public var description: String { "\(reason) at byte \(offset)" }
}
