extension BorrowedBytes {
    /// The text that the content of a checked string token stands for.
    var unescapedString: String {
        unsafe String(unsafeUninitializedCapacity: count) { buffer in unsafe unescape(into: buffer) }
    }

    /// Writes the text that the content of a checked string token stands for, and returns its length.
    ///
    /// Half a surrogate pair becomes U+FFFD, as in Go.
    @unsafe func unescape(into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var (read, written) = (0, 0)
        while read < count {
            let backslash = firstIndex(of: UInt8(ascii: "\\"), from: read) ?? count
            let run = self[read..<backslash]
            precondition(written + run.count <= target.count)
            if let base = target.baseAddress { unsafe run.copy(to: base + written) }
            written += run.count
            read = backslash
            guard read < count else { break }
            if let plain = Self.plainEscape(self[read + 1]) {
                precondition(written < target.count)
                unsafe target[written] = plain
                (read, written) = (read + 2, written + 1)
                continue
            }
            let scalar: Unicode.Scalar
            (scalar, read) = unescapedScalar(at: read)
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                precondition(written < target.count)
                unsafe target[written] = unit
                written += 1
            }
        }
        return written
    }

    /// What a backslash and this byte stand for; nil for the escapes by number.
    @inline(__always)
    private static func plainEscape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "u"): nil
        default: byte
        }
    }

    /// The scalar of the escape by number at `offset`, and where the sequence ends.
    private func unescapedScalar(at offset: Int) -> (Unicode.Scalar, end: Int) {
        let unit = codeUnit(at: offset + 2)
        if let scalar = Unicode.Scalar(unit) { return (scalar, offset + 6) }
        if unit < 0xDC00, offset + 12 <= count, self[offset + 6] == UInt8(ascii: "\\"),
            self[offset + 7] == UInt8(ascii: "u")
        {
            let low = codeUnit(at: offset + 8)
            if (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(unit - 0xD800) << 10) + UInt32(low - 0xDC00))
            {
                return (scalar, offset + 12)
            }
        }
        return ("\u{FFFD}", offset + 6)
    }

    private func codeUnit(at offset: Int) -> UInt16 {
        (offset..<offset + 4).reduce(0) { $0 << 4 | UInt16(self[$1].hexadecimalValue ?? 0) }
    }
}

extension UInt8 {
    /// The value of an ASCII hexadecimal digit.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
