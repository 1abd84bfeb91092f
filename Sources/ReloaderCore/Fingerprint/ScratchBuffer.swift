import CCrypto

/// Growing bytes outside of any Swift collection, so that secret content can be wiped: on growth and at the end.
@safe struct ScratchBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0
    private let isSecret: Bool

    /// An empty buffer; `isSecret` content is overwritten before its memory is given back.
    init(isSecret: Bool, capacity: Int = 1024) {
        self.isSecret = isSecret
        self.capacity = capacity
        unsafe base = .allocate(byteCount: capacity, alignment: 1)
    }

    deinit { unsafe Self.release(base, count, isSecret) }

    private static func release(_ base: UnsafeMutableRawPointer, _ count: Int, _ isSecret: Bool) {
        if isSecret { unsafe OPENSSL_cleanse(base, count) }
        unsafe base.deallocate()
    }

    /// Room for `additional` more bytes.
    mutating func reserve(_ additional: Int) {
        guard count + additional > capacity else { return }
        let larger = max(capacity * 2, count + additional)
        let copy = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 1)
        unsafe copy.copyMemory(from: base, byteCount: count)
        unsafe Self.release(base, count, isSecret)
        (capacity, unsafe base) = (larger, unsafe copy)
    }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        unsafe base.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
    }

    /// Lets `body` write up to `most` bytes at the end and say how many it wrote.
    mutating func append(upTo most: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        reserve(most)
        count += unsafe body(UnsafeMutableRawBufferPointer(start: base + count, count: most))
    }

    /// Drops everything after the first `count` bytes.
    mutating func truncate(to count: Int) {
        guard count < self.count else { return }
        if isSecret { unsafe OPENSSL_cleanse(base.advanced(by: count), self.count - count) }
        self.count = count
    }

    /// Lends a part of the bytes.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// Whether the bytes of one range come before those of another.
    func precedes(_ lhs: Range<Int>, _ rhs: Range<Int>) -> Bool {
        unsafe withBytes(lhs) { left in
            unsafe withBytes(rhs) { right in unsafe left.lexicographicallyPrecedes(right) }
        }
    }
}
