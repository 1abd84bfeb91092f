/// An object of any kind, kept as the bytes that the server sent; nothing is parsed before it is asked for.
///
/// Costs the size of its document. Each access reads the document again: for what is read often, write a projection
/// (``KubeObject``). Two are equal when their bytes are.
public struct UnstructuredObject: KubeObject, Hashable {
    /// Namespace and name, the uid and the version.
    public let identity: ObjectIdentity
    /// The document as the server sent it; valid JSON in valid UTF-8.
    public let bytes: [UInt8]

    /// Namespace and name.
    public var id: ObjectKey { identity.key }
    /// The server's identity of this incarnation of the object.
    public var uid: String { identity.uid }
    /// The version of this state of the object.
    public var resourceVersion: ResourceVersion { identity.resourceVersion }

    /// Keeps the text of the value that the reader is at.
    public init(from reader: inout JSONReader) throws(JSONError) {
        let document = reader.bytes[try reader.skippedRange()]
        // Skipping checks the syntax; with this no later access can fail.
        if let invalid = document.firstInvalidUTF8 {
            throw JSONError(offset: reader.offset - document.count + invalid, reason: "the object is not valid UTF-8")
        }
        var copy: [UInt8] = []
        document.append(to: &copy)
        bytes = copy

        var identity = ObjectIdentity()
        var nested = JSONReader(document)
        try nested.forEachFieldIfObject { (name, reader) throws(JSONError) in
            if name == "metadata" { identity = try ObjectIdentity(metadata: &reader) }
        }
        self.identity = identity
    }

    /// The whole document as a tree; costs several times its size.
    public var value: JSONValue { read { (reader) throws(JSONError) in try JSONValue(from: &reader) } ?? .null }

    /// What the pointer leads to, nil when there is nothing; only that part becomes a tree.
    public subscript(at pointer: JSONPointer) -> JSONValue? {
        read { (reader) throws(JSONError) in try reader.value(at: pointer.tokens[...]) } ?? nil
    }

    /// The object as a projection.
    public func decoded<Object: KubeDecodable>(as type: Object.Type = Object.self) throws(JSONError) -> Object {
        try unsafe JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in try Object(from: &reader) }
    }

    private func read<Result>(_ body: (inout JSONReader) throws(JSONError) -> Result) -> Result? {
        unsafe try? JSONReader.read(bytes.span.bytes, body)
    }
}

extension JSONReader {
    /// Follows the tokens of a pointer without building what lies beside its way.
    fileprivate mutating func value(at tokens: ArraySlice<String>) throws(JSONError) -> JSONValue? {
        guard let token = tokens.first else { return try JSONValue(from: &self) }
        var found: JSONValue?
        switch try peek() {
        case .object:
            try forEachField { (name, reader) throws(JSONError) in
                if name.string.hasSameBytes(as: token) { found = try reader.value(at: tokens.dropFirst()) }
            }
        case .array:
            guard let wanted = JSONPointer.index(token) else { break }
            var index = 0
            try forEachElement { (reader) throws(JSONError) in
                if index == wanted { found = try reader.value(at: tokens.dropFirst()) }
                index += 1
            }
        default: try skip()
        }
        return found
    }
}
