import KubeClient

/// Protobuf written by hand: numbers, then nothing but concatenation.
enum Wire {
    static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    static func int(_ number: UInt64, _ value: UInt64) -> [UInt8] { varint(number << 3) + varint(value) }
    static func bytes(_ number: UInt64, _ value: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(value.count)) + value
    }
    static func text(_ number: UInt64, _ value: String) -> [UInt8] { bytes(number, Array(value.utf8)) }
    static func entry(_ number: UInt64, _ key: String, _ value: [UInt8]) -> [UInt8] {
        bytes(number, text(1, key) + bytes(2, value))
    }

    /// A document as servers send it.
    static func document(_ kind: String, _ message: [UInt8], apiVersion: String = "v1") -> [UInt8] {
        [0x6B, 0x38, 0x73, 0] + bytes(1, text(1, apiVersion) + text(2, kind)) + bytes(2, message) + text(3, "")
            + text(4, "")
    }

    /// One frame of a watch.
    static func frame(_ type: String, _ kind: String, _ message: [UInt8]) -> [UInt8] {
        let event = text(1, type) + bytes(2, bytes(1, document(kind, message)))
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: UInt32(event.count) >> $0) } + event
    }

    static func metadata(_ name: String, version: String = "1") -> [UInt8] {
        text(1, name) + text(2, "") + text(3, "shop") + text(5, "uid-\(name)") + text(6, version) + int(7, 0)
    }
}

/// Reads a message through a table.
func read<Result>(
    _ bytes: [UInt8], as message: ProtobufMessage, _ body: (inout JSONReader) throws(JSONError) -> Result
) throws(JSONError) -> Result { try unsafe JSONReader.read(bytes.span.bytes, as: message, body) }

/// What a message amounts to in JSON.
func tree(_ bytes: [UInt8], as message: ProtobufMessage) throws(JSONError) -> JSONValue {
    try read(bytes, as: message) { (reader) throws(JSONError) in try JSONValue(from: &reader) }
}
