/// Standard padded base64 (RFC 4648, 4) between borrowed bytes and a ``ScratchBuffer``; line breaks are passed over, as Go does.
enum ScratchBase64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each character, 64 and above for what is not in the alphabet.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Four tables, one for each place in a group of four characters.
    ///
    /// They hold the character's bits where they belong in the three
    /// bytes, the first one lowest. The highest bit marks what is not in the alphabet.
    private static let placedValues: [UInt32] = {
        var table = [UInt32](repeating: 1 << 31, count: 4 * 256)
        for (value, character) in alphabet.enumerated() {
            for place in 0..<4 {
                let bits = UInt32(value) << UInt32(18 - 6 * place)
                table[256 * place + Int(character)] = bits >> 16 | bits & 0xFF00 | (bits & 0xFF) << 16
            }
        }
        return table
    }()

    /// Decodes from the start as long as eight characters of the alphabet follow; returns how many it has taken.
    ///
    /// Three bytes come of each four. Needs two bytes of room behind them.
    private static func decodeGroups(_ text: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer) -> Int {
        unsafe placedValues.withUnsafeBufferPointer { table in
            func group(_ word: UInt64, _ shift: UInt64) -> UInt32 {
                let (a, b) = (Int(word >> shift & 0xFF), Int(word >> (shift + 8) & 0xFF))
                let (c, d) = (Int(word >> (shift + 16) & 0xFF), Int(word >> (shift + 24) & 0xFF))
                return unsafe table[a] | table[256 + b] | table[512 + c] | table[768 + d]
            }
            var (index, written) = (0, 0)
            while text.count - index >= 8, output.count - written >= 8 {
                let word = unsafe UInt64(littleEndian: text.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let (first, second) = (group(word, 0), group(word, 32))
                guard (first | second) >> 31 == 0 else { break }
                let bytes = UInt64(first) | UInt64(second) << 24
                unsafe output.storeBytes(of: bytes.littleEndian, toByteOffset: written, as: UInt64.self)
                index += 8
                written += 6
            }
            return index
        }
    }

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
        var index = unsafe decodeGroups(text, to: output)
        written = index / 4 * 3
        var (bits, digits, padding) = (UInt32(0), 0, 0)
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
