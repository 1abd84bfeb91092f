extension JSONReader {
    /// A string, unescaped; `null` reads as the empty string.
    public mutating func string() throws(JSONError) -> String {
        if let wire {
            return try withText(of: wire) { (text) throws(JSONError) in
                unsafe text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
            }
        }
        guard try begins(.string, "a string") else { return "" }
        let start = offset
        do throws(JSONError) {
            let token = try scanString()
            try checkUTF8(of: token)
            let content = bytes[token.content]
            return token.isEscaped ? content.unescapedString : content.string
        } catch {
            offset = start
            throw error
        }
    }

    /// The unescaped UTF-8 of a string, valid for the call only; zero-copy when nothing is escaped.
    public mutating func withStringBytes<Result>(
        _ body: (RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        if let wire { return try withText(of: wire, body) }
        guard try begins(.string, "a string") else { return try body(RawSpan()) }
        let start = offset
        do throws(JSONError) {
            let token = try scanString()
            try checkUTF8(of: token)
            let content = bytes[token.content]
            guard token.isEscaped else { return try content.withSpan(body) }
            // What is unescaped is never longer than what it was escaped as.
            return try unsafe withUnsafeTemporaryAllocation(byteCount: content.count, alignment: 1) {
                (buffer) throws(JSONError) -> Result in
                let target = unsafe buffer.bindMemory(to: UInt8.self)
                let count = unsafe content.unescape(into: target)
                return try unsafe BorrowedBytes(UnsafeRawBufferPointer(rebasing: buffer[..<count])).withSpan(body)
            }
        } catch {
            offset = start
            throw error
        }
    }

    /// The bytes of a value that JSON writes in base64, valid for the call only; zero-copy where ``peek()`` says
    /// ``ValueKind/bytes``.
    public mutating func withBytes<Result>(
        _ body: (RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        if let wire { return try withBytes(of: wire, body) }
        let start = offset
        do throws(JSONError) {
            guard let decoded = Base64.decode(try string()) else { throw failure("expected base64") }
            return try unsafe body(decoded.span.bytes)
        } catch {
            offset = start
            throw error
        }
    }
}

extension JSONReader {
    /// Where a string lies, without its quotes, and what has to be done with it.
    struct StringToken {
        var content: Range<Int>
        var isEscaped: Bool
        /// Whether there may be bytes above 0x7F.
        var mayHoldNonASCII: Bool
    }

    /// Passes over a string, checking escapes and control characters, but not UTF-8.
    mutating func scanString() throws(JSONError) -> StringToken {
        let start = offset + 1
        var end = start
        var isEscaped = false
        var seen: UInt64 = 0
        while true {
            while let word = bytes.word(at: end) {
                seen |= word
                let stops = stopMask(word)
                if stops != 0 {
                    end += stops.trailingZeroBitCount >> 3
                    break
                }
                end += 8
            }
            guard end < bytes.count else { throw JSONError(offset: bytes.count, reason: "the document is cut off") }
            let byte = bytes[end]
            switch byte {
            case UInt8(ascii: "\""):
                offset = end + 1
                return StringToken(
                    content: start..<end, isEscaped: isEscaped, mayHoldNonASCII: seen & 0x8080_8080_8080_8080 != 0)
            case UInt8(ascii: "\\"):
                isEscaped = true
                end += try escapeLength(at: end)
            case 0..<0x20: throw JSONError(offset: end, reason: "control characters must be escaped")
            default:
                seen |= byte < 0x80 ? 0 : 0x80
                end += 1
            }
        }
    }

    /// Marks the quotes, backslashes and control characters among eight bytes; exact up to the lowest mark.
    @inline(__always)
    private func stopMask(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let found =
            ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes) | ((word &- (ones &* 0x20)) & ~word)
        return found & highs
    }

    /// The length of the escape sequence at `position`.
    private func escapeLength(at position: Int) throws(JSONError) -> Int {
        guard position + 1 < bytes.count else {
            throw JSONError(offset: bytes.count, reason: "the document is cut off")
        }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            for digit in position + 2..<position + 6 {
                guard digit < bytes.count else {
                    throw JSONError(offset: bytes.count, reason: "the document is cut off")
                }
                guard bytes[digit].hexadecimalValue != nil else {
                    throw JSONError(offset: digit, reason: "expected a hexadecimal digit")
                }
            }
            return 6
        default: throw JSONError(offset: position, reason: "no such escape sequence")
        }
    }

    func checkUTF8(of token: StringToken) throws(JSONError) {
        guard token.mayHoldNonASCII, let invalid = bytes[token.content].firstInvalidUTF8 else { return }
        throw JSONError(offset: token.content.lowerBound + invalid, reason: "the string is not valid UTF-8")
    }
}
