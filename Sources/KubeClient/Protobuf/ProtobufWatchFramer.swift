/// Cuts a protobuf watch that arrives in pieces of any size into its frames; see ``WatchFramer``, its counterpart for JSON.
///
/// Each frame has its length in front, four bytes, the highest first. Source: `LengthDelimitedFramer` of apimachinery.
package struct ProtobufWatchFramer: Sendable {
    private var carry: CarryBuffer
    private var headerCount = 0
    private var length = 0
    /// How many bytes of the frame are still to come; nil between frames.
    private var remaining: Int?

    /// Creates a framer that refuses frames of more than `limit` bytes.
    package init(limit: Int = 8 << 20) { carry = CarryBuffer(limit: limit, what: "an event of the watch") }

    /// Takes the next piece of the stream and lends the frames that it completes, in order, without their length.
    ///
    /// After an error the framer is of no further use.
    package mutating func receive(
        _ bytes: RawSpan, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(KubeError) in
            let piece = unsafe BorrowedBytes(buffer)
            var offset = 0
            while offset < piece.count {
                guard let expected = remaining else {
                    length = length << 8 | Int(piece[offset])
                    offset += 1
                    headerCount += 1
                    guard headerCount == 4 else { continue }
                    guard length > 0 else { throw KubeError(.decoding, "the watch sent an empty frame") }
                    try carry.admit(length)
                    (remaining, length, headerCount) = (length, 0, 0)
                    continue
                }
                let part = piece[offset..<min(piece.count, offset + expected)]
                offset += part.count
                guard part.count == expected else {
                    remaining = expected - part.count
                    try carry.append(part)
                    continue
                }
                remaining = nil
                try carry.completing(part, body)
            }
        }
    }

    /// Checks that the stream did not end inside a frame.
    package mutating func finish() throws(KubeError) {
        guard remaining == nil, headerCount == 0 else {
            throw KubeError(.decoding, "the watch was cut off inside an event")
        }
    }
}
