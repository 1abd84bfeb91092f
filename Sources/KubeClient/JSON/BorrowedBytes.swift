#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Bytes that somebody else owns, read with bounds checks.
///
/// Safe as long as it does not outlive the call that lent the bytes; only ``JSONReader`` and the framers make one, and
/// neither lets it out of theirs. `Span` would say so in the type, but cannot be stored without experimental features.
@safe struct BorrowedBytes {
    private let start: UnsafePointer<UInt8>?
    let count: Int

    @unsafe init(_ buffer: UnsafeRawBufferPointer) {
        unsafe start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        count = buffer.count
    }

    @unsafe private init(start: UnsafePointer<UInt8>?, count: Int) {
        unsafe self.start = start
        self.count = count
    }

    @inline(__always)
    subscript(offset: Int) -> UInt8 {
        precondition(UInt(bitPattern: offset) < UInt(bitPattern: count))
        return unsafe start.unsafelyUnwrapped[offset]
    }

    subscript(range: Range<Int>) -> BorrowedBytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe BorrowedBytes(start: start.map { unsafe $0 + range.lowerBound }, count: range.count)
    }

    /// Eight bytes in memory order, the first one lowest; nil near the end.
    @inline(__always)
    func word(at offset: Int) -> UInt64? {
        guard offset >= 0, offset <= count &- 8 else { return nil }
        return unsafe UInt64(
            littleEndian: UnsafeRawPointer(start.unsafelyUnwrapped + offset).loadUnaligned(as: UInt64.self))
    }

    /// The first place of `byte` at or after `offset`.
    func firstIndex(of byte: UInt8, from offset: Int) -> Int? {
        precondition(offset >= 0 && offset <= count)
        guard let start = unsafe start, offset < count,
            let found = unsafe memchr(start + offset, CInt(byte), count - offset)
        else { return nil }
        return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }

    /// The first quote or backslash at or after `offset`.
    func firstQuoteOrBackslash(from offset: Int) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var offset = offset
        while let word = word(at: offset) {
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            // The high bit of each byte that was zero; exact up to the lowest one.
            let found = (((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)) & (ones &* 0x80)
            if found != 0 { return offset + (found.trailingZeroBitCount >> 3) }
            offset += 8
        }
        while offset < count {
            if self[offset] == UInt8(ascii: "\"") || self[offset] == UInt8(ascii: "\\") { return offset }
            offset += 1
        }
        return nil
    }

    func elementsEqual(_ other: BorrowedBytes) -> Bool {
        guard count == other.count, count > 0 else { return count == other.count }
        return unsafe memcmp(start.unsafelyUnwrapped, other.start.unsafelyUnwrapped, count) == 0
    }

    func elementsEqual(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { unsafe elementsEqual(BorrowedBytes(UnsafeRawBufferPointer($0))) }
    }

    /// Lends the bytes.
    func withSpan<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
        let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
        return try unsafe body(buffer.bytes)
    }

    func append(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
    }

    /// Copies the bytes to the start of `target`.
    @unsafe func copy(to target: UnsafeMutablePointer<UInt8>) {
        guard count > 0 else { return }
        unsafe target.update(from: start.unsafelyUnwrapped, count: count)
    }

    /// A string of bytes that are known to be valid UTF-8.
    var string: String { unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

    /// Where the first ill-formed UTF-8 sequence is, nil when there is none.
    var firstInvalidUTF8: Int? {
        var offset = 0
        while offset < count {
            if let word = word(at: offset), word & 0x8080_8080_8080_8080 == 0 {
                offset += 8
                continue
            }
            if self[offset] < 0x80 {
                offset += 1
                continue
            }
            let length = sequenceLength(at: offset)
            guard length > 0 else { return offset }
            offset += length
        }
        return nil
    }

    /// The length of the well-formed multi-byte sequence at `offset`; 0 when it is ill-formed.
    ///
    /// Source: the Unicode Standard, table 3-7.
    private func sequenceLength(at offset: Int) -> Int {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch self[offset] {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0x80...0xBF)
            }
        guard length > 0, length <= count - offset, second.contains(self[offset + 1]) else { return 0 }
        for index in 2..<max(length, 2) where !(0x80...0xBF).contains(self[offset + index]) { return 0 }
        return length
    }
}
