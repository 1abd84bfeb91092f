package import KubeClient

extension TypeSchema {
    static let protobufMagic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    /// Why an object cannot be sent in protobuf: what the tables do not have.
    package struct ProtobufFailure: Error, Equatable, CustomStringConvertible {
        package var field: String
        package var description: String { "the tables of this server have no protobuf number for \(field)" }
    }

    /// Whether all parts of the type have a number.
    ///
    /// Somewhere inside may still be something that has none.
    package func hasProtobuf(_ type: String) -> Bool {
        guard let fields = fields(of: type) else { return false }
        return fields.allSatisfy { !$0.numbers.isEmpty || $0.isTypeMeta }
    }

    /// An object in its envelope, byte for byte as the API server sends it.
    ///
    /// Source: `runtime.Unknown`, and the generated marshallers: fields by number, maps by key, what is no pointer even when empty.
    package func protobuf(_ object: JSONValue, as type: String) throws(ProtobufFailure) -> [UInt8] {
        Self.envelope(
            apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "",
            try message(object, type))
    }

    /// A list of objects in its envelope.
    package func protobufList(
        _ items: [JSONValue], as type: String, apiVersion: String, kind: String, metadata: JSONValue
    ) throws(ProtobufFailure) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.bytes(1, try message(metadata, "ListMeta"))
        for item in items { writer.bytes(2, try message(item, type)) }
        return Self.envelope(apiVersion: apiVersion, kind: kind, writer.bytes)
    }

    /// One frame of a watch around an object that has its envelope.
    static func protobufFrame(_ type: StaticString, _ document: [UInt8]) -> [UInt8] {
        var (extension_, event) = (ProtobufWriter(), ProtobufWriter())
        extension_.bytes(1, document)
        event.string(1, "\(type)")
        event.bytes(2, extension_.bytes)
        let length = UInt32(event.bytes.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + event.bytes
    }

    private static func envelope(apiVersion: String, kind: String, _ message: [UInt8]) -> [UInt8] {
        var (typeMeta, unknown) = (ProtobufWriter(), ProtobufWriter())
        typeMeta.string(1, apiVersion)
        typeMeta.string(2, kind)
        unknown.bytes(1, typeMeta.bytes)
        unknown.bytes(2, message)
        unknown.string(3, "")
        unknown.string(4, "")
        return protobufMagic + unknown.bytes
    }

    private func message(_ value: JSONValue?, _ type: String) throws(ProtobufFailure) -> [UInt8] {
        let object = value?.object ?? JSONObject()
        let fields = fields(of: type) ?? []
        for member in object.members where !member.value.isNull {
            let field = fields.first { $0.name == member.name }
            guard let field, !field.numbers.isEmpty || field.isTypeMeta else {
                throw ProtobufFailure(field: "\(type).\(member.name)")
            }
        }
        return try message(object, fields.filter { !$0.numbers.isEmpty }, depth: 0)
    }

    /// Writes fields; `depth` is 1 inside of a message that is embedded.
    private func message(_ object: JSONObject, _ fields: [Field], depth: Int) throws(ProtobufFailure) -> [UInt8] {
        var writer = ProtobufWriter()
        for number in Set(fields.map { $0.numbers[depth] }).sorted() {
            let same = fields.filter { $0.numbers[depth] == number }
            if same[0].numbers.count > depth + 1 {
                writer.bytes(number, try message(object, same, depth: depth + 1))
            } else {
                try write(object[same[0].name].flatMap { $0.isNull ? nil : $0 }, same[0], number, to: &writer)
            }
        }
        return writer.bytes
    }

    private func write(
        _ value: JSONValue?, _ field: Field, _ number: Int, to writer: inout ProtobufWriter
    ) throws(ProtobufFailure) {
        switch field.type {
        case .list(let element):
            for item in value?.array ?? [] { try write(item, element, number, to: &writer) }
        case .map(let element):
            for member in (value?.object ?? JSONObject()).sortedByName.members {
                var entry = ProtobufWriter()
                entry.string(1, member.name)
                try write(member.value, element, 2, to: &entry)
                writer.bytes(number, entry.bytes)
            }
        case .scalar(.bytes) where value == nil, .scalar(.any) where value == nil: break
        default:
            if value == nil, field.printsEmpty { return }
            try write(value, field.type, number, to: &writer)
        }
    }

    private func write(
        _ value: JSONValue?, _ type: FieldType, _ number: Int, to writer: inout ProtobufWriter
    ) throws(ProtobufFailure) {
        switch type {
        case .structure(let name): writer.bytes(number, try message(value, name))
        case .list, .map: throw ProtobufFailure(field: "a list inside of a list")
        case .scalar(.string): writer.string(number, value?.string ?? "")
        case .scalar(.bool): writer.varint(number, value?.bool == true ? 1 : 0)
        case .scalar(.int32), .scalar(.int64): writer.varint(number, UInt64(bitPattern: Int64(value?.int ?? 0)))
        case .scalar(.bytes): writer.bytes(number, value?.string.flatMap { Base64.decode($0) } ?? [])
        case .scalar(.quantity):
            var quantity = ProtobufWriter()
            quantity.string(1, value?.string ?? "0")
            writer.bytes(number, quantity.bytes)
        case .scalar(.intOrString):
            var either = ProtobufWriter()
            either.varint(1, value?.string == nil ? 0 : 1)
            either.varint(2, UInt64(bitPattern: Int64(value?.int ?? 0)))
            either.string(3, value?.string ?? "")
            writer.bytes(number, either.bytes)
        case .scalar(.time), .scalar(.microtime):
            var time = ProtobufWriter()
            if let timestamp = value?.string.flatMap({ Timestamp(rfc3339: $0) }) {
                time.varint(1, UInt64(bitPattern: timestamp.seconds))
                time.varint(2, UInt64(bitPattern: timestamp.nanoseconds))
            }
            writer.bytes(number, time.bytes)
        case .scalar(.any):
            // What is free in JSON is a message that holds the JSON.
            var raw = ProtobufWriter()
            raw.bytes(1, goJSONBytes(value ?? .null))
            writer.bytes(number, raw.bytes)
        }
    }
}

extension TypeSchema.Field {
    /// Whether the envelope says it instead.
    fileprivate var isTypeMeta: Bool { numbers.isEmpty && (name == "kind" || name == "apiVersion") }
}
