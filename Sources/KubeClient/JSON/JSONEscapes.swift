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
            guard backslash < count else { break }
            let scalar: Unicode.Scalar
            (scalar, read) = unescapedScalar(at: backslash)
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                precondition(written < target.count)
                unsafe target[written] = unit
                written += 1
            }
        }
        return written
    }

    /// The scalar of the escape sequence at `offset`, and where the sequence ends.
    private func unescapedScalar(at offset: Int) -> (Unicode.Scalar, end: Int) {
        switch self[offset + 1] {
        case UInt8(ascii: "b"): return ("\u{8}", offset + 2)
        case UInt8(ascii: "f"): return ("\u{C}", offset + 2)
        case UInt8(ascii: "n"): return ("\n", offset + 2)
        case UInt8(ascii: "r"): return ("\r", offset + 2)
        case UInt8(ascii: "t"): return ("\t", offset + 2)
        case UInt8(ascii: "u"):
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
        case let other: return (Unicode.Scalar(other), offset + 2)
        }
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
