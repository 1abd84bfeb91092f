/// How a field's value is written.
///
/// Source: the protobuf encoding guide. Groups, which nobody writes any more, are refused.
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}

/// A field's number and how its value is written.
struct WireTag {
    static let failure = "there is no such field number or wire type"

    var number: Int
    var type: WireType

    /// Reads the number that stands in front of every value; nil for one that no message can have.
    init?(_ value: UInt64) {
        guard let type = WireType(rawValue: UInt8(value & 7)), (1..<1 << 29).contains(value >> 3) else { return nil }
        number = Int(value >> 3)
        self.type = type
    }
}

/// A varint that arrives byte by byte: at most ten of them, the last with one bit.
struct PartialVarint {
    static let failure = "a number is longer than 64 bits"

    enum Step {
        case more, tooLong
        case value(UInt64)
    }

    private var value: UInt64 = 0
    private var shift: UInt64 = 0

    var isEmpty: Bool { shift == 0 }

    /// Takes the next byte; after the last one it is ready for another number.
    mutating func take(_ byte: UInt8) -> Step {
        guard shift < 63 || byte <= 1 else { return .tooLong }
        value |= UInt64(byte & 0x7F) << shift
        guard byte < 0x80 else {
            shift += 7
            return .more
        }
        defer { self = PartialVarint() }
        return .value(value)
    }
}

extension BorrowedBytes {
    /// Reads a varint that must end before `end`.
    @inline(__always)
    func varint(at offset: inout Int, before end: Int) throws(JSONError) -> UInt64 {
        // Most are one byte: tags, short lengths.
        if offset < end, self[offset] < 0x80 {
            defer { offset += 1 }
            return UInt64(self[offset])
        }
        return try longVarint(at: &offset, before: end)
    }

    private func longVarint(at offset: inout Int, before end: Int) throws(JSONError) -> UInt64 {
        var varint = PartialVarint()
        while offset < end {
            switch varint.take(self[offset]) {
            case .more: offset += 1
            case .tooLong: throw JSONError(offset: offset, reason: PartialVarint.failure)
            case .value(let value):
                offset += 1
                return value
            }
        }
        throw JSONError(offset: offset, reason: "the message is cut off")
    }

    @inline(__always)
    func tag(at offset: inout Int, before end: Int) throws(JSONError) -> WireTag {
        let start = offset
        guard let tag = WireTag(try varint(at: &offset, before: end)) else {
            throw JSONError(offset: start, reason: WireTag.failure)
        }
        return tag
    }

    /// Reads a length and returns where what it measures lies; `offset` is left at its beginning.
    @inline(__always)
    func payload(at offset: inout Int, before end: Int) throws(JSONError) -> Range<Int> {
        let start = offset
        let length = try varint(at: &offset, before: end)
        guard length <= UInt64(end - offset) else {
            throw JSONError(offset: start, reason: "a length goes past the end of what it lies in")
        }
        return offset..<offset + Int(length)
    }

    /// Passes over a value.
    func skip(_ type: WireType, at offset: inout Int, before end: Int) throws(JSONError) {
        switch type {
        case .varint: _ = try varint(at: &offset, before: end)
        case .lengthDelimited: offset = try payload(at: &offset, before: end).upperBound
        case .fixed64, .fixed32:
            let size = type == .fixed64 ? 8 : 4
            guard size <= end - offset else { throw JSONError(offset: offset, reason: "the message is cut off") }
            offset += size
        }
    }

    /// Checks that a range is text.
    @inline(__always)
    func checkUTF8(_ range: Range<Int>) throws(JSONError) {
        guard let invalid = self[range].firstInvalidUTF8 else { return }
        throw JSONError(offset: range.lowerBound + invalid, reason: "the string is not valid UTF-8")
    }
}
