/// Cuts the items out of a list document that arrives in pieces of any size.
///
/// The bytes of an item are lent as soon as its last byte is there: in place when the item lies inside one piece, else
/// from a buffer that is reused. Memory is bounded by one item, each byte is looked at once, and what the list says about
/// itself is collected wherever it stands. Items are only cut here; whoever decodes them checks their syntax.
package struct ListFramer: Sendable {
    private enum State {
        case document
        case firstName, name, insideName, colon
        case value, insideValue, afterValue
        case firstItem, item, insideItem, afterItem
        case end
    }

    private enum Member { case items, metadata, kind, other }

    private var state = State.document
    private var member = Member.other
    private var scanner = JSONValueScanner()
    private var carry: CarryBuffer
    private var hasItems = false
    private var metadata = ListMetadata(resourceVersion: ResourceVersion(rawValue: ""))

    /// The document's kind, such as `ConfigMapList`; empty until it was seen.
    package private(set) var kind = ""

    /// Creates a framer that refuses items, and other values it has to look into, of more than `limit` bytes.
    package init(limit: Int = 8 << 20) { carry = CarryBuffer(limit: limit, what: "an item of the list") }

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
        guard state == .end else { throw KubeError(.decoding, "the list was cut off before its end") }
        try refuseTable(kind == "Table")
        guard hasItems || kind.hasSuffix("List") else { throw KubeError(.decoding, "the answer is not a list") }
        return metadata
    }

    private mutating func receive(
        _ piece: BorrowedBytes, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        var offset = 0
        while offset < piece.count {
            switch state {
            case .insideName, .insideValue, .insideItem:
                let end = scanner.end(in: piece, from: offset)
                let part = piece[offset..<(end ?? piece.count)]
                offset += part.count
                if state == .insideValue, member == .other {
                    if end != nil { state = .afterValue }
                } else if end == nil {
                    try carry.append(part)
                } else {
                    try complete(part, body)
                }
            default:
                let byte = piece[offset]
                let isConsumed = byte.isJSONWhitespace ? true : try step(byte)
                if isConsumed { offset += 1 }
            }
        }
    }

    /// One byte between the tokens; false when it is the first byte of a token and has to be looked at again.
    private mutating func step(_ byte: UInt8) throws(KubeError) -> Bool {
        switch (state, byte) {
        case (.document, UInt8(ascii: "{")): state = .firstName
        case (.firstName, UInt8(ascii: "}")), (.afterValue, UInt8(ascii: "}")): state = .end
        case (.firstName, UInt8(ascii: "\"")), (.name, UInt8(ascii: "\"")): return begin(.insideName)
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.value, UInt8(ascii: "[")) where member == .items:
            guard !hasItems else { throw KubeError(.decoding, "the list has its items twice") }
            hasItems = true
            state = .firstItem
        case (.value, UInt8(ascii: "n")) where member == .items:
            // Go writes a list without items as null.
            hasItems = true
            member = .other
            return begin(.insideValue)
        case (.value, _) where member != .items && byte.beginsJSONValue: return begin(.insideValue)
        case (.afterValue, UInt8(ascii: ",")): state = .name
        case (.firstItem, UInt8(ascii: "]")), (.afterItem, UInt8(ascii: "]")): state = .afterValue
        case (.firstItem, _) where byte.beginsJSONValue, (.item, _) where byte.beginsJSONValue:
            return begin(.insideItem)
        case (.afterItem, UInt8(ascii: ",")): state = .item
        case (.document, _): throw KubeError(.decoding, "the answer is not JSON")
        default: throw KubeError(.decoding, "the list is not well-formed JSON")
        }
        return true
    }

    private mutating func begin(_ token: State) -> Bool {
        scanner = JSONValueScanner()
        state = token
        return false
    }

    /// The last part of a token.
    private mutating func complete(
        _ part: BorrowedBytes, _ body: (RawSpan) throws(KubeError) -> Void
    ) throws(KubeError) {
        switch state {
        case .insideItem:
            try carry.completing(part, body)
            state = .afterItem
        case .insideName:
            var name = ""
            try carry.completing(part) { (token) throws(KubeError) in
                name = try Self.read(token) { (reader) throws(JSONError) in try reader.string() }
            }
            member =
                switch name {
                case "items": .items
                case "metadata": .metadata
                case "kind": .kind
                default: .other
                }
            state = .colon
        default:
            let isKind = member == .kind
            var (kind, metadata) = (kind, metadata)
            try carry.completing(part) { (token) throws(KubeError) in
                try Self.read(token) { (reader) throws(JSONError) in
                    if isKind {
                        kind = try reader.string()
                    } else {
                        metadata = try ListMetadata(metadata: &reader)
                    }
                }
            }
            (self.kind, self.metadata) = (kind, metadata)
            state = .afterValue
        }
    }

    private static func read<Result>(
        _ token: RawSpan, _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(KubeError) -> Result {
        try readJSON(token, what: "the list does not read as one", body)
    }
}

extension ListMetadata {
    /// Reads the `metadata` object of a list.
    init(metadata reader: inout JSONReader) throws(JSONError) {
        self.init(resourceVersion: ResourceVersion(rawValue: ""))
        try reader.forEachField { (name, reader) throws(JSONError) in
            switch name {
            case "resourceVersion": resourceVersion = ResourceVersion(rawValue: try reader.string())
            case "continue":
                let token = try reader.string()
                continueToken = token.isEmpty ? nil : token
            case "remainingItemCount": remainingItemCount = try reader.peek() == .null ? nil : reader.int()
            default: break
            }
        }
    }
}
