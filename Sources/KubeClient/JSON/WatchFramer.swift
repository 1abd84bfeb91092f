/// Cuts a watch stream that arrives in pieces of any size into its frames, one line each.
///
/// Only a line feed ends a frame: U+2028, U+2029 and U+0085 may stand inside JSON strings as they are. A frame is lent in
/// place when it lies inside one piece, else from a buffer that is reused. Each byte is looked at once.
package struct WatchFramer: Sendable {
    private var carry: CarryBuffer
    // Blank lines are no frames, whatever the pieces they arrive in.
    private var isBlank = true

    /// Creates a framer that refuses frames of more than `limit` bytes.
    package init(limit: Int = 8 << 20) { carry = CarryBuffer(limit: limit, what: "an event of the watch") }

    /// Takes the next piece of the stream and lends the frames that it completes, in order, without their line feed.
    ///
    /// After an error the framer is of no further use.
    package mutating func receive(
        _ bytes: RawSpan, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(KubeError) in
            let piece = unsafe BorrowedBytes(buffer)
            var offset = 0
            while offset < piece.count {
                if isBlank {
                    guard !piece[offset].isJSONWhitespace else {
                        offset += 1
                        continue
                    }
                    isBlank = false
                }
                guard let end = piece.firstIndex(of: 0x0A, from: offset) else {
                    return try carry.append(piece[offset..<piece.count])
                }
                try carry.completing(piece[offset..<end], body)
                isBlank = true
                offset = end + 1
            }
        }
    }

    /// Checks that the stream did not end inside a frame.
    package mutating func finish() throws(KubeError) {
        guard isBlank else { throw KubeError(.decoding, "the watch was cut off inside an event") }
    }
}
