/// What a framer made of a stream: everything it lent, what it said at the end, and how it ended.
package struct Framing<Summary: Equatable>: Equatable {
    package var tokens: [[UInt8]] = []
    package var summary: Summary?
    package var failure: String?

    /// Runs a framer over the pieces of a stream.
    package init(
        of parts: [[UInt8]], receive: (RawSpan, (RawSpan) -> Void) throws -> Void, finish: () throws -> Summary
    ) {
        do {
            for part in parts {
                try receive(part.span.bytes) { token in tokens.append(token.withUnsafeBytes { Array($0) }) }
            }
            summary = try finish()
        } catch {
            failure = "\(error)"
        }
    }
}
