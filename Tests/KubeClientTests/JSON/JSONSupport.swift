import KubeClient

/// Reads a document given as text.
func read<Result>(
    _ text: String, _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(JSONError) -> Result { try read(Array(text.utf8), body) }

/// Reads a document given as bytes.
func read<Result>(
    _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(JSONError) -> Result { try unsafe JSONReader.read(bytes.span.bytes, body) }

/// Parses a document given as text.
func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

/// Decodes a document given as text.
func decode<Object: KubeDecodable>(_ type: Object.Type, _ text: String) throws(JSONError) -> Object {
    try read(text) { (reader) throws(JSONError) in try Object(from: &reader) }
}

/// A copy of lent bytes.
func copy(_ bytes: RawSpan) -> [UInt8] { unsafe bytes.withUnsafeBytes { unsafe Array($0) } }

/// The pieces of `bytes` with the given length each, the last one shorter.
func pieces(_ bytes: [UInt8], of length: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: length).map { Array(bytes[$0..<min($0 + length, bytes.count)]) }
}

/// A small generator whose seed a failing test prints.
struct SeededGenerator: RandomNumberGenerator, CustomStringConvertible {
    private let seed: UInt64
    private var state: UInt64

    init(seed: UInt64 = .random(in: 0...UInt64.max)) {
        self.seed = seed
        state = seed
    }

    var description: String { "seed \(seed)" }

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
