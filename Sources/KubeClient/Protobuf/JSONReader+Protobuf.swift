/// The value that a reader of protobuf is at: its offset is behind the field's tag.
struct WireValue {
    var type: ProtobufMessage.FieldType
    /// The number of the field; a list or a map has one for each of its elements, next to each other.
    var number: Int
    /// Where the message ends in which the value lies.
    var end: Int
    /// Whether this is the whole document, which no length stands in front of.
    var isDocument = false

    var kind: JSONReader.ValueKind {
        switch (type.shape, type.content) {
        case (.list, _): .array
        case (.map, _), (_, .message): .object
        case (_, .string), (_, .time): .string
        case (_, .bytes): .bytes
        case (_, .int): .number
        case (_, .bool): .bool
        }
    }

    var wireType: WireType {
        switch type.content {
        case .int, .bool: type.shape == .map ? .lengthDelimited : .varint
        case .string, .bytes, .time, .message: .lengthDelimited
        }
    }
}

// The public members of the reader come here when the document is a protobuf message. Each field of a message may stand in
// one place only: the API server's encoder knows no other form, and what a second place adds would get lost.
extension JSONReader {
    /// Reads a protobuf message as the object that JSON would have; one that `body` leaves alone is passed over.
    package static func read<Result>(
        _ bytes: RawSpan, as message: ProtobufMessage, _ body: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        try unsafe bytes.withUnsafeBytes { (buffer) throws(JSONError) -> Result in
            var reader = unsafe JSONReader(unsafeBytes: buffer)
            reader.wire = WireValue(type: .message(message), number: 0, end: buffer.count, isDocument: true)
            return try body(&reader)
        }
    }

    func mismatch(_ expectation: StaticString, _ value: WireValue) -> JSONError {
        failure("expected \(expectation), found \(value.kind.noun)")
    }

    mutating func forEachField(
        of value: WireValue, _ body: (borrowing FieldName, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard value.kind == .object else { throw mismatch("an object", value) }
        try inside(value) { (reader) throws(JSONError) in
            if value.type.shape == .map {
                try reader.forEachEntry(of: value, body)
            } else {
                try reader.readMessage(value, body)
            }
        }
    }

    /// Reads what is inside an object or an array; the reader is at the value again when that fails.
    @inline(__always)
    private mutating func inside(
        _ value: WireValue, _ body: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        let start = offset
        depth += 1
        defer {
            depth -= 1
            wire = value
        }
        do throws(JSONError) {
            try admit(depth: depth)
            try body(&self)
        } catch {
            offset = start
            throw error
        }
    }

    private mutating func readMessage(
        _ value: WireValue, _ body: (borrowing FieldName, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        let end = value.isDocument ? value.end : try bytes.payload(at: &offset, before: value.end).upperBound
        let message = value.type.message
        var seen: UInt64 = 0
        while offset < end {
            let tag = try bytes.tag(at: &offset, before: end)
            guard let (place, field) = message.field(tag.number) else {
                try bytes.skip(tag.type, at: &offset, before: end)
                continue
            }
            let member = WireValue(type: field.type, number: tag.number, end: end)
            guard tag.type == member.wireType else { throw failure("the field \(field.name) has another wire type") }
            guard seen & 1 << UInt64(place) == 0 else { throw failure("the field \(field.name) stands in two places") }
            seen |= 1 << UInt64(place)
            // What was never set, and is not in JSON.
            if field.type.shape == .single, field.type.content != .message, offset < end, bytes[offset] == 0 {
                offset += 1
                continue
            }
            if field.type.shape == .inlined {
                try readMessage(member, body)
                continue
            }
            wire = member
            let start = offset
            try body(FieldName(field.name), &self)
            if offset == start { try skip(member) }
        }
    }

    private mutating func forEachEntry(
        of value: WireValue, _ body: (borrowing FieldName, inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        let element = value.type.element
        repeat {
            let entry = try bytes.payload(at: &offset, before: value.end)
            let content = WireValue(type: element, number: 2, end: entry.upperBound)
            var (key, position): (Range<Int>?, Int?)
            while offset < entry.upperBound {
                let tag = try bytes.tag(at: &offset, before: entry.upperBound)
                switch (tag.number, tag.type) {
                case (1, .lengthDelimited) where key == nil:
                    let name = try bytes.payload(at: &offset, before: entry.upperBound)
                    offset = name.upperBound
                    key = name
                case (2, content.wireType) where position == nil:
                    position = offset
                    try bytes.skip(tag.type, at: &offset, before: entry.upperBound)
                default: throw failure("this is no entry of a map")
                }
            }
            guard let key, let position else { throw failure("an entry of a map has no key or no value") }
            try bytes.checkUTF8(key)
            wire = content
            offset = position
            try body(FieldName(bytes[key], isEscaped: false), &self)
            offset = entry.upperBound
        } while try isFollowed(value)
    }

    mutating func forEachElement(
        of value: WireValue, _ body: (inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        guard value.type.shape == .list else { throw mismatch("an array", value) }
        try inside(value) { (reader) throws(JSONError) in
            let element = WireValue(type: value.type.element, number: value.number, end: value.end)
            repeat {
                reader.wire = element
                let start = reader.offset
                try body(&reader)
                if reader.offset == start { try reader.skip(element) }
            } while try reader.isFollowed(value)
        }
    }

    /// Whether another element of the list or map follows; then its tag is consumed.
    private mutating func isFollowed(_ value: WireValue) throws(JSONError) -> Bool {
        guard offset < value.end else { return false }
        var next = offset
        let tag = try bytes.tag(at: &next, before: value.end)
        guard tag.number == value.number else { return false }
        guard tag.type == value.wireType else { throw failure("the elements of a list have different wire types") }
        offset = next
        return true
    }

    /// Passes over a value: over all elements of a list or map.
    mutating func skip(_ value: WireValue) throws(JSONError) {
        guard !value.isDocument else { return offset = value.end }
        let start = offset
        do throws(JSONError) {
            try bytes.skip(value.wireType, at: &offset, before: value.end)
            guard value.type.shape == .list || value.type.shape == .map else { return }
            while try isFollowed(value) { try bytes.skip(value.wireType, at: &offset, before: value.end) }
        } catch {
            offset = start
            throw error
        }
    }

    // MARK: - Scalars

    mutating func withText<Result>(
        of value: WireValue, _ body: (RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        guard value.kind == .string else { throw mismatch("a string", value) }
        let start = offset
        do throws(JSONError) {
            let text = try bytes.payload(at: &offset, before: value.end)
            guard value.type.content != .time else {
                let time = try timestamp(in: text).rfc3339Bytes
                offset = text.upperBound
                return try unsafe body(time.span.bytes)
            }
            try bytes.checkUTF8(text)
            offset = text.upperBound
            return try bytes[text].withSpan(body)
        } catch {
            offset = start
            throw error
        }
    }

    mutating func withBytes<Result>(
        of value: WireValue, _ body: (RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        guard value.kind == .bytes else { throw mismatch("bytes", value) }
        let start = offset
        do throws(JSONError) {
            let content = try bytes.payload(at: &offset, before: value.end)
            offset = content.upperBound
            return try bytes[content].withSpan(body)
        } catch {
            offset = start
            throw error
        }
    }

    mutating func int(of value: WireValue) throws(JSONError) -> Int {
        guard value.kind == .number else { throw mismatch("an integer", value) }
        return Int(truncatingIfNeeded: try bytes.varint(at: &offset, before: value.end))
    }

    mutating func bool(of value: WireValue) throws(JSONError) -> Bool {
        guard value.kind == .bool else { throw mismatch("true or false", value) }
        return try bytes.varint(at: &offset, before: value.end) != 0
    }

    /// Source: `meta/v1 Timestamp`.
    private func timestamp(in range: Range<Int>) throws(JSONError) -> Timestamp {
        var timestamp = Timestamp(seconds: 0)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let tag = try bytes.tag(at: &offset, before: range.upperBound)
            switch (tag.number, tag.type) {
            case (1, .varint):
                timestamp.seconds = Int64(bitPattern: try bytes.varint(at: &offset, before: range.upperBound))
            default: try bytes.skip(tag.type, at: &offset, before: range.upperBound)
            }
        }
        // Years of four digits; more do not fit into JSON either.
        guard (-62_167_219_200..<253_402_300_800).contains(timestamp.seconds) else {
            throw JSONError(offset: range.lowerBound, reason: "the time is out of range")
        }
        return timestamp
    }
}
