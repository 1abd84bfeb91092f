/// A JSON document as a tree, for documents whose shape is not known in advance.
///
/// Numbers keep their text and objects their order, so that what is read is what is written. For objects that are
/// watched or listed use a projection (``KubeDecodable``): a tree costs several times the document's size.
///
/// Two trees are equal when they have the same members with the same values, byte for byte: strings that Unicode calls
/// equivalent are different, and so are the numbers `1` and `1.0`. The order of members does not matter.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, by its text.
    case number(String)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// Whether both are the same document but for the order of members.
    public static func == (lhs: JSONValue, rhs: JSONValue) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.bool(let lhs), .bool(let rhs)): lhs == rhs
        case (.number(let lhs), .number(let rhs)), (.string(let lhs), .string(let rhs)): lhs.hasSameBytes(as: rhs)
        case (.array(let lhs), .array(let rhs)): lhs == rhs
        case (.object(let lhs), .object(let rhs)): lhs == rhs
        default: false
        }
    }
}

// MARK: - Text

extension JSONValue: KubeDecodable {
    /// Reads any value.
    public init(from reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .null:
            try reader.skip()
            self = .null
        case .bool: self = .bool(try reader.bool())
        case .number: self = .number(try reader.number())
        case .string: self = .string(try reader.string())
        case .bytes:
            self = .string(
                try reader.withBytes { (bytes) throws(JSONError) in
                    unsafe bytes.withUnsafeBytes { unsafe Base64.encode($0) }
                })
        case .array:
            var elements: [JSONValue] = []
            try reader.forEachElement { (reader) throws(JSONError) in elements.append(try JSONValue(from: &reader)) }
            self = .array(elements)
        case .object:
            var object = JSONObject()
            try reader.forEachField { (name, reader) throws(JSONError) in
                object[name.string] = try JSONValue(from: &reader)
            }
            self = .object(object)
        }
    }

    /// Parses one document.
    public init(parsing document: RawSpan) throws(JSONError) {
        self = try JSONReader.read(document) { (reader) throws(JSONError) in try JSONValue(from: &reader) }
    }

    /// Parses one document.
    public init(parsing document: [UInt8]) throws(JSONError) { try unsafe self.init(parsing: document.span.bytes) }

    /// The compact document: members in order, numbers as they were read, strings escaped as by ``JSONWriter``.
    public var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The document with one member or element a line; empty containers stay `{}` and `[]`.
    public func prettyPrinted(indent: Int = 2) -> String {
        var bytes: [UInt8] = []
        appendPretty(to: &bytes, indent: indent, level: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func appendPretty(to bytes: inout [UInt8], indent: Int, level: Int) {
        func line(_ level: Int) {
            bytes.append(0x0A)
            bytes += repeatElement(0x20, count: indent * level)
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                line(level + 1)
                element.appendPretty(to: &bytes, indent: indent, level: level + 1)
            }
            line(level)
            bytes.append(UInt8(ascii: "]"))
        case .object(let object) where !object.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                line(level + 1)
                bytes.appendJSONString(member.name, escapesHTML: true)
                bytes += [UInt8(ascii: ":"), 0x20]
                member.value.appendPretty(to: &bytes, indent: indent, level: level + 1)
            }
            line(level)
            bytes.append(UInt8(ascii: "}"))
        default: bytes += self.bytes
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The compact document as text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
