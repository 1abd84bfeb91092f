/// Cuts the items out of a protobuf list that arrives in pieces of any size; see ``ListFramer``, its counterpart for JSON.
///
/// Memory is bounded by one item. Only tags and lengths are looked at here; whoever decodes the items checks them.
package struct ProtobufListFramer: Sendable {
    private enum State {
        case magic, tag, number, length
        /// Inside of what is collected, or passed over.
        case token, skipped
    }

    private enum Token { case type, metadata, item }

    private var state = State.magic
    /// How many bytes of the magic, the token or what is passed over are still to come.
    private var remaining = ProtobufEnvelope.magic.count
    /// How many bytes of the list message are still to come; nil outside of it.
    private var listRemaining: Int?
    private var tag: WireTag?
    private var token = Token.item
    private var varint = PartialVarint()
    private var carry: CarryBuffer
    private var hasList = false
    private var metadata: ListMetadata?
    private let expectedKind: String?

    /// The list's kind, such as `ConfigMapList`; empty until it was seen.
    package private(set) var kind = ""

    /// Creates a framer that refuses items of more than `limit` bytes, and lists of other objects than `kind` or their metadata.
    package init(of kind: String? = nil, limit: Int = 8 << 20) {
        carry = CarryBuffer(limit: limit, what: "an item of the list")
        expectedKind = kind
    }

    /// Takes the next piece of the document and lends the items that it completes, in order.
    ///
    /// After an error the framer is of no further use.
    package mutating func receive(
        _ bytes: RawSpan, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(KubeError) in
            try receive(unsafe BorrowedBytes(buffer), body)
        }
    }

    /// Checks that the document is complete.
    package mutating func finish() throws(KubeError) -> ListMetadata {
        guard state == .tag, varint.isEmpty, listRemaining == nil, hasList else {
            throw KubeError(.decoding, "the list was cut off before its end")
        }
        return metadata ?? ListMetadata(resourceVersion: ResourceVersion(rawValue: ""))
    }

    private mutating func receive(
        _ piece: BorrowedBytes, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        var offset = 0
        while offset < piece.count {
            switch state {
            case .token, .skipped:
                let part = piece[offset..<min(piece.count, offset + remaining)]
                offset += part.count
                remaining -= part.count
                if remaining == 0 {
                    try end(part, body)
                } else if state == .token {
                    try carry.append(part)
                }
            case .magic:
                guard piece[offset] == ProtobufEnvelope.magic[ProtobufEnvelope.magic.count - remaining] else {
                    throw KubeError(.decoding, "the answer is not Kubernetes protobuf")
                }
                offset += 1
                remaining -= 1
                if remaining == 0 { state = .tag }
            case .tag, .number, .length:
                let byte = piece[offset]
                offset += 1
                try spend(1)
                switch varint.take(byte) {
                case .more: break
                case .tooLong: throw malformed(PartialVarint.failure)
                case .value(let value): try received(value, body)
                }
            }
        }
    }

    /// A tag, a number or a length is complete.
    private mutating func received(
        _ value: UInt64, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        switch state {
        case .tag:
            guard let tag = WireTag(value) else { throw malformed(WireTag.failure) }
            self.tag = tag
            guard tag.type == .lengthDelimited || tag.number > (listRemaining == nil ? 4 : 2) else {
                throw malformed("a field has another wire type")
            }
            switch tag.type {
            case .varint: state = .number
            case .lengthDelimited: state = .length
            case .fixed64: try begin(.skipped, 8, body)
            case .fixed32: try begin(.skipped, 4, body)
            }
        case .number: endField()
        default:
            guard let length = Int(exactly: value) else { throw malformed("a length does not fit into 64 bits") }
            try began(length, body)
        }
    }

    /// A value of `length` bytes begins.
    private mutating func began(
        _ length: Int, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        let number = tag?.number ?? 0
        guard listRemaining == nil else {
            guard number <= 2 else { return try begin(.skipped, length, body) }
            guard number == 2 || metadata == nil else { throw malformed("it describes itself twice") }
            token = number == 1 ? .metadata : .item
            return try begin(.token, length, body)
        }
        switch number {
        case 1:
            guard kind.isEmpty else { throw malformed("it has two types") }
            token = .type
            try begin(.token, length, body)
        case 2:
            guard !kind.isEmpty, !hasList else { throw malformed("it has no type in front of its content") }
            hasList = true
            listRemaining = length
            endField()
        case 3 where length > 0: throw malformed("it is encoded in an unknown way")
        default: try begin(.skipped, length, body)
        }
    }

    private mutating func begin(
        _ state: State, _ length: Int, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        try spend(length)
        if state == .token { try carry.admit(length) }
        self.state = state
        remaining = length
        // Nothing will arrive that could end it.
        if length == 0 { try unsafe end(BorrowedBytes(UnsafeRawBufferPointer(start: nil, count: 0)), body) }
    }

    /// Counts what belongs to the list message.
    private mutating func spend(_ count: Int) throws(KubeError) {
        guard let left = listRemaining else { return }
        guard count <= left else { throw malformed("a length goes past the end of what it lies in") }
        listRemaining = left - count
    }

    private mutating func endField() {
        state = .tag
        if listRemaining == 0 { listRemaining = nil }
    }

    /// The last part of a token, or of what is passed over.
    private mutating func end(
        _ part: BorrowedBytes, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        guard state == .token else { return endField() }
        endField()
        switch token {
        case .item: try carry.completing(part, body)
        case .type:
            var kind = ""
            try carry.completing(part) { (message) throws(KubeError) in
                do throws(JSONError) { kind = try ProtobufEnvelope.typeMeta(message).kind } catch {
                    throw Self.unreadable(error)
                }
            }
            try accept(kind)
        case .metadata:
            var metadata: ListMetadata?
            try carry.completing(part) { (message) throws(KubeError) in
                do throws(JSONError) {
                    metadata = try JSONReader.read(message, as: .listMeta) { (reader) throws(JSONError) in
                        try ListMetadata(metadata: &reader)
                    }
                } catch {
                    throw Self.unreadable(error)
                }
            }
            self.metadata = metadata
        }
    }

    private mutating func accept(_ kind: String) throws(KubeError) {
        self.kind = kind
        guard kind.hasSuffix("List") else { throw KubeError(.decoding, "the answer is not a list") }
        guard let expectedKind, kind != "\(expectedKind)List", kind != "PartialObjectMetadataList" else { return }
        throw KubeError(.decoding, "expected a list of \(expectedKind), found \(kind)")
    }

    private func malformed(_ reason: String) -> KubeError {
        KubeError(.decoding, "the list is not well-formed protobuf: \(reason)")
    }

    private static func unreadable(_ error: JSONError) -> KubeError {
        KubeError(.decoding, "the list does not read as one", underlying: error)
    }
}
