extension JSONReader {
    /// Passes over the next value, checking its syntax but not the UTF-8 inside strings; allocates nothing.
    public mutating func skip() throws(JSONError) {
        if let wire { return try skip(wire) }
        skipWhitespace()
        let start = offset
        do throws(JSONError) { try skipValue() } catch {
            offset = start
            throw error
        }
    }

    /// Passes over the next value and says where it was.
    mutating func skippedRange() throws(JSONError) -> Range<Int> {
        guard wire == nil else { throw failure("a protobuf message has no JSON text") }
        skipWhitespace()
        let start = offset
        try skip()
        return start..<offset
    }

    /// The raw text of the next value, consumed; its syntax is checked as by ``skip()``.
    ///
    /// A protobuf message has no such text: an error.
    public mutating func withRawValue<Result>(
        _ body: (RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        let start = try skippedRange().lowerBound
        do throws(JSONError) { return try bytes[start..<offset].withSpan(body) } catch {
            offset = start
            throw error
        }
    }

    /// Iterative, so that a hostile document costs no stack: one bit per level says what kind of container it is.
    private mutating func skipValue() throws(JSONError) {
        var objects = BitStack()
        while true {
            switch try peek() {
            case .string: _ = try scanString()
            case .number: _ = try scanNumber()
            case .bool: try literal(bytes[offset] == UInt8(ascii: "t") ? "true" : "false")
            case .null: try literal("null")
            case .bytes: throw failure("expected a value")
            case .object:
                try admit(depth: depth + objects.count + 1)
                offset += 1
                if try !closes(with: UInt8(ascii: "}")) {
                    objects.push(true)
                    try skipFieldName()
                    continue
                }
            case .array:
                try admit(depth: depth + objects.count + 1)
                offset += 1
                if try !closes(with: UInt8(ascii: "]")) {
                    objects.push(false)
                    continue
                }
            }
            // A value is complete, and with it perhaps the containers around it.
            while true {
                guard objects.count > 0 else { return }
                if objects.top {
                    if try continues(until: UInt8(ascii: "}")) {
                        try skipFieldName()
                        break
                    }
                } else if try continues(until: UInt8(ascii: "]")) {
                    break
                }
                objects.pop()
            }
        }
    }

    func admit(depth: Int) throws(JSONError) {
        guard depth <= Self.maximumDepth else {
            throw failure("more than \(Self.maximumDepth) objects and arrays inside each other")
        }
    }

    private mutating func skipFieldName() throws(JSONError) {
        skipWhitespace()
        guard try currentByte() == UInt8(ascii: "\"") else { throw failure("expected the name of a field") }
        _ = try scanString()
        try expectColon()
    }
}

/// A stack of as many bits as ``JSONReader/maximumDepth``, without a heap allocation.
private struct BitStack {
    private var words = SIMD8<UInt64>()
    private(set) var count = 0

    var top: Bool { words[(count - 1) >> 6] >> UInt64((count - 1) & 63) & 1 == 1 }

    mutating func push(_ bit: Bool) {
        let mask: UInt64 = 1 << UInt64(count & 63)
        if bit { words[count >> 6] |= mask } else { words[count >> 6] &= ~mask }
        count += 1
    }

    mutating func pop() { count -= 1 }
}
