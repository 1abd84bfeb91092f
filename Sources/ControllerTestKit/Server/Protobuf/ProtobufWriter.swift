/// Writes the fields of one protobuf message.
///
/// Source: the protobuf encoding, wire types 0 and 2.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ number: Int, _ value: UInt64) {
        append(UInt64(number) << 3)
        append(value)
    }

    mutating func bytes(_ number: Int, _ value: some Collection<UInt8>) {
        append(UInt64(number) << 3 | 2)
        append(UInt64(value.count))
        bytes += value
    }

    mutating func string(_ number: Int, _ value: String) { bytes(number, value.utf8) }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
