package import KubeClient

/// The compact JSON text that Go's encoder writes: `<`, `>`, `&`, U+2028 and U+2029 escaped, no spaces.
///
/// The API server's bodies look like this, and its messages quote values like this.
package func goJSON(_ value: JSONValue) -> String { String(decoding: goJSONBytes(value), as: UTF8.self) }

/// ``goJSON(_:)`` as bytes.
package func goJSONBytes(_ value: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    append(value, to: &bytes)
    return bytes
}

private func append(_ value: JSONValue, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let flag): bytes += (flag ? "true" : "false").utf8
    case .number(let digits): bytes += digits.utf8
    case .string(let text): appendString(text, to: &bytes)
    case .array(let elements):
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(element, to: &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    case .object(let object):
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in object.members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendString(member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(member.value, to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)

private func appendString(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""): bytes += "\\\"".utf8
        case UInt8(ascii: "\\"): bytes += "\\\\".utf8
        case 0x08: bytes += "\\b".utf8
        case 0x0C: bytes += "\\f".utf8
        case 0x0A: bytes += "\\n".utf8
        case 0x0D: bytes += "\\r".utf8
        case 0x09: bytes += "\\t".utf8
        case 0..<0x20, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            bytes += "\\u00".utf8
            bytes += [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
        // The last byte of U+2028 and U+2029, which JavaScript takes for line ends.
        case 0xA8...0xA9 where bytes.suffix(2) == [0xE2, 0x80]:
            bytes.removeLast(2)
            bytes += byte == 0xA8 ? "\\u2028".utf8 : "\\u2029".utf8
        default: bytes.append(byte)
        }
    }
    bytes.append(UInt8(ascii: "\""))
}

/// A string in quotes as Go's `%q` prints it, for messages.
package func goQuoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case "\0"..<" ", "\u{7f}":
            let hex = String(scalar.value, radix: 16)
            quoted += "\\x" + (hex.count < 2 ? "0" : "") + hex
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}

/// A value as Go's `%v` prints an `interface{}` tree: `map[a:1 b:[x y]]`, keys sorted, strings bare.
package func goPrinted(_ value: JSONValue) -> String {
    switch value {
    case .null: "<nil>"
    case .bool(let flag): flag ? "true" : "false"
    case .number(let digits): digits
    case .string(let text): text
    case .array(let elements): "[" + elements.map { goPrinted($0) }.joined(separator: " ") + "]"
    case .object(let object):
        "map["
            + object.members.sorted { bytesPrecede($0.name, $1.name) }
            .map { "\($0.name):\(goPrinted($0.value))" }.joined(separator: " ") + "]"
    }
}

/// The order of Go strings: by bytes.
func bytesPrecede(_ lhs: String, _ rhs: String) -> Bool { lhs.utf8.lexicographicallyPrecedes(rhs.utf8) }
