/// Standard padded base64 (RFC 4648, 4) between borrowed bytes and a ``ScratchBuffer``; line breaks are passed over, as Go does.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each character, 64 and above for what is not in the alphabet.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Appends the decoded bytes; on malformed text appends nothing and returns false.
    static func decode(_ text: RawSpan, into buffer: inout ScratchBuffer) -> Bool {
        var isWellFormed = false
        let start = buffer.count
        unsafe text.withUnsafeBytes { text in
            unsafe buffer.append(upTo: text.count / 4 * 3 + 3) { output in
                var written = 0
                isWellFormed = unsafe decode(text, to: output, &written)
                return written
            }
        }
        if !isWellFormed { buffer.truncate(to: start) }
        return isWellFormed
    }

    private static func decode(
        _ text: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer, _ written: inout Int
    ) -> Bool {
        var (bits, digits, padding, index) = (UInt32(0), 0, 0, 0)
        func write(_ shift: UInt32) {
            unsafe output[written] = UInt8(truncatingIfNeeded: bits >> shift)
            written += 1
        }
        return unsafe values.withUnsafeBufferPointer { values in
            while index < text.count {
                // Four characters at once, as long as all are of the alphabet; whatever else goes one by one.
                if digits & 3 == 0, padding == 0, text.count - index >= 4 {
                    let (a, b) = unsafe (values[Int(text[index])], values[Int(text[index + 1])])
                    let (c, d) = unsafe (values[Int(text[index + 2])], values[Int(text[index + 3])])
                    if a | b | c | d < 64 {
                        bits = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
                        index += 4
                        write(16)
                        write(8)
                        write(0)
                        continue
                    }
                }
                let character = unsafe text[index]
                index += 1
                let value = unsafe values[Int(character)]
                guard value < 64, padding == 0 else {
                    if character == UInt8(ascii: "\n") || character == UInt8(ascii: "\r") { continue }
                    guard character == UInt8(ascii: "=") else { return false }
                    padding += 1
                    continue
                }
                bits = bits << 6 | UInt32(value)
                digits += 1
                guard digits & 3 == 0 else { continue }
                write(16)
                write(8)
                write(0)
            }
            switch digits & 3 {
            case 0: return padding == 0
            case 2 where padding == 2: write(4)
            case 3 where padding == 1:
                write(10)
                write(2)
            default: return false
            }
            return true
        }
    }

    /// Appends the encoded form of bytes.
    static func encode(_ bytes: UnsafeRawBufferPointer, into buffer: inout ScratchBuffer) {
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var bits = UInt32(0)
            for offset in 0..<3 { bits = unsafe bits << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0) }
            for digit in 0..<4 {
                let character = alphabet[Int(bits >> (18 - 6 * UInt32(digit)) & 63)]
                buffer.append(digit <= count ? character : UInt8(ascii: "="))
            }
        }
    }
}
