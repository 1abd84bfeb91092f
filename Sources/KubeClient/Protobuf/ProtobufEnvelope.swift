/// What stands around every protobuf object: four magic bytes, then its type and its message.
///
/// Source: `runtime.Unknown` and `runtime.TypeMeta` of apimachinery.
package struct ProtobufEnvelope: Hashable, Sendable {
    /// What every document begins with.
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    /// The beginning of the media type of objects and of watches.
    package static let mediaType = "application/vnd.kubernetes.protobuf"

    private static let unknown = ProtobufMessage(
        .init(1, "typeMeta", .message(typeMeta)),
        .init(2, "raw", .bytes),
        .init(3, "contentEncoding", .string))
    private static let typeMeta = ProtobufMessage(
        .init(1, "apiVersion", .string),
        .init(2, "kind", .string))

    /// The group and version, such as `apps/v1`.
    package var apiVersion = ""
    /// The kind.
    package var kind = ""

    /// Reads a document and lends the message in it.
    package static func open<Result>(
        _ document: RawSpan, _ body: (ProtobufEnvelope, RawSpan) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        let start = document.extracting(first: magic.count)
        guard unsafe start.withUnsafeBytes({ unsafe $0.elementsEqual(magic) }) else {
            throw JSONError(offset: 0, reason: "this is no Kubernetes protobuf")
        }
        var envelope = ProtobufEnvelope()
        var result: Result?
        try JSONReader.read(document.extracting(droppingFirst: magic.count), as: unknown) {
            (reader) throws(JSONError) in
            try reader.forEachField { (name, reader) throws(JSONError) in
                switch name {
                case "typeMeta": envelope = try ProtobufEnvelope(typeMeta: &reader)
                case "raw":
                    result = try reader.withBytes { (message) throws(JSONError) in try body(envelope, message) }
                default: throw reader.failure("the object is encoded in an unknown way")
                }
            }
        }
        // A message without any field is left out.
        if let result { return result }
        return try body(envelope, RawSpan())
    }

    /// Reads a `TypeMeta` message.
    static func typeMeta(_ message: RawSpan) throws(JSONError) -> ProtobufEnvelope {
        try JSONReader.read(message, as: typeMeta) { (reader) throws(JSONError) in
            try ProtobufEnvelope(typeMeta: &reader)
        }
    }

    private init() {}

    private init(typeMeta reader: inout JSONReader) throws(JSONError) {
        try reader.forEachField { (name, reader) throws(JSONError) in
            if name == "kind" { kind = try reader.string() } else { apiVersion = try reader.string() }
        }
    }
}

/// What a read accepts besides JSON: the messages of one kind, read through the projection's table.
struct ProtobufShape: Sendable {
    var message: ProtobufMessage
    var kind: String

    /// Decodes one object; the error names it as far as it can be read, never its content.
    func decode<Object: KubeDecodable>(_ type: Object.Type, from message: RawSpan) throws(KubeError) -> Object {
        do throws(JSONError) {
            return try JSONReader.read(message, as: self.message) { (reader) throws(JSONError) in
                try Object(from: &reader)
            }
        } catch {
            throw failure(error, reading: type, name(in: message))
        }
    }

    /// Decodes one object in its envelope.
    func decode<Object: KubeDecodable>(_ type: Object.Type, fromDocument document: RawSpan) throws(KubeError) -> Object
    {
        var result: Swift.Result<Object, KubeError>?
        do throws(JSONError) {
            try ProtobufEnvelope.open(document) { (envelope, message) throws(JSONError) in
                try check(envelope)
                do throws(KubeError) { result = .success(try decode(type, from: message)) } catch {
                    result = .failure(error)
                }
            }
        } catch {
            throw failure(error, reading: type)
        }
        guard let result else { throw KubeError(.decoding, "the answer has no object") }
        return try result.get()
    }

    func failure<Object>(_ error: JSONError, reading type: Object.Type, _ name: String = "") -> KubeError {
        let object = name.isEmpty ? kind : "\(kind) \(name)"
        return KubeError(.decoding, "the \(object) does not read as \(type): \(error)", underlying: error)
    }

    /// A message of another kind would read as nonsense: fields are told apart by their numbers only.
    func check(_ envelope: ProtobufEnvelope) throws(JSONError) {
        guard envelope.kind == kind || envelope.kind == "PartialObjectMetadata" else {
            let found = envelope.kind.isEmpty ? "an object without a kind" : envelope.kind
            throw JSONError(offset: 0, reason: "expected \(kind), found \(found)")
        }
    }

    private func name(in message: RawSpan) -> String {
        var key = ObjectKey(name: "")
        // What else is in the object may be broken: that is why it is asked for.
        try? JSONReader.read(message, as: .identity) { (reader) throws(JSONError) in
            try reader.forEachField { (_, reader) throws(JSONError) in
                try reader.forEachField { (name, reader) throws(JSONError) in
                    if name == "name" { key.name = try reader.string() } else { key.namespace = try reader.string() }
                }
            }
        }
        return key.name.isEmpty ? "" : key.description
    }
}
