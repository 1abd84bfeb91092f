import KubeClient

/// Turns a payload into its ``Fingerprint``: entries `key=value`, sorted by their bytes, joined with `;`, SHA-1.
///
/// The entries live in one buffer until the digest is made; with `isSecret` they are wiped afterwards.
package struct PayloadHasher: ~Copyable {
    private var buffer: ScratchBuffer
    private var entries: [Range<Int>] = []
    private var isSorted = true

    /// Begins a payload.
    package init(isSecret: Bool) { buffer = ScratchBuffer(isSecret: isSecret) }

    /// Adds one entry of text.
    package mutating func add(_ key: String, _ value: String) {
        let start = begin()
        buffer.append(key)
        buffer.append(UInt8(ascii: "="))
        buffer.append(value)
        end(start)
    }

    /// Adds the text values of the object at the reader's position: a ConfigMap's `data`.
    mutating func addText(from reader: inout JSONReader) throws(JSONError) {
        try addFields(of: &reader) { (value, _, buffer) in buffer.append(value) }
    }

    /// Adds the bytes that base64 values stand for: a Secret's `data`.
    ///
    /// What is not base64 counts as it is written.
    mutating func addDecodedBase64(from reader: inout JSONReader) throws(JSONError) {
        try addFields(of: &reader) { (value, isBase64, buffer) in
            if !isBase64 || !ScratchBase64.decode(value, into: &buffer) { buffer.append(value) }
        }
    }

    /// Adds base64 values in their standard padded form: a ConfigMap's `binaryData`.
    mutating func addNormalizedBase64(from reader: inout JSONReader) throws(JSONError) {
        try addFields(of: &reader) { (value, isBase64, buffer) in
            guard isBase64 else {
                return unsafe value.withUnsafeBytes { unsafe ScratchBase64.encode($0, into: &buffer) }
            }
            var decoded = ScratchBuffer(isSecret: true)
            guard ScratchBase64.decode(value, into: &decoded) else { return buffer.append(value) }
            unsafe decoded.withBytes(0..<decoded.count) { unsafe ScratchBase64.encode($0, into: &buffer) }
        }
    }

    private mutating func addFields(
        of reader: inout JSONReader, _ append: (_ value: RawSpan, _ isText: Bool, inout ScratchBuffer) -> Void
    ) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            let start = begin()
            name.withBytes { buffer.append($0) }
            buffer.append(UInt8(ascii: "="))
            switch try reader.peek() {
            case .string: try reader.withStringBytes { (text) throws(JSONError) in append(text, true, &buffer) }
            // What JSON would have written in base64.
            case .bytes: try reader.withBytes { (bytes) throws(JSONError) in append(bytes, false, &buffer) }
            default: try reader.skip()
            }
            end(start)
        }
    }

    private mutating func begin() -> Int {
        if !entries.isEmpty { buffer.append(UInt8(ascii: ";")) }
        return buffer.count
    }

    private mutating func end(_ start: Int) {
        let entry = start..<buffer.count
        if isSorted, let last = entries.last, buffer.precedes(entry, last) { isSorted = false }
        entries.append(entry)
    }

    /// The digest; nil when libcrypto offers no SHA-1.
    package consuming func finish() -> Fingerprint? {
        guard let digest = SHA1Digest() else { return nil }
        if isSorted {
            // In order, as servers send them: the buffer is the joined text.
            unsafe buffer.withBytes(0..<buffer.count) { unsafe digest.update($0) }
            return digest.finish()
        }
        let separator: [UInt8] = [UInt8(ascii: ";")]
        let sorted = entries.sorted { buffer.precedes($0, $1) }
        for (index, entry) in sorted.enumerated() {
            if index > 0 { unsafe separator.withUnsafeBytes { unsafe digest.update($0) } }
            unsafe buffer.withBytes(entry) { unsafe digest.update($0) }
        }
        return digest.finish()
    }
}
