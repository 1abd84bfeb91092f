import KubeClient

extension TypeSchema {
    /// The object of a request's body in protobuf; nil when the body or its kind cannot be read.
    ///
    /// A body is the magic bytes `k8s` and zero, then a `runtime.Unknown`. Fields without a number in the tables are passed over.
    func object(fromProtobuf body: [UInt8]) -> JSONValue? {
        guard body.starts(with: Self.protobufMagic) else { return nil }
        var reader = ProtobufReader(body.dropFirst(Self.protobufMagic.count))
        var (apiVersion, kind) = ("", "")
        var content: ArraySlice<UInt8> = []
        while let field = reader.next() {
            guard case .bytes(let bytes) = field.value else { continue }
            if field.number == 1 { (apiVersion, kind) = Self.identity(bytes) }
            if field.number == 2 { content = bytes }
        }
        guard fields(of: kind) != nil else { return nil }
        var object = JSONObject()
        object["kind"] = .string(kind)
        object["apiVersion"] = .string(apiVersion)
        read(content, fields(of: kind) ?? [], depth: 0, into: &object)
        return .object(object)
    }

    private static func identity(_ typeMeta: ArraySlice<UInt8>) -> (apiVersion: String, kind: String) {
        var reader = ProtobufReader(typeMeta)
        var texts: [Int: String] = [:]
        while let field = reader.next() {
            if case .bytes(let bytes) = field.value { texts[field.number] = String(decoding: bytes, as: UTF8.self) }
        }
        return (texts[1] ?? "", texts[2] ?? "")
    }

    /// Reads a message; `depth` is 1 inside of one that is embedded.
    private func read(_ bytes: ArraySlice<UInt8>, _ fields: [Field], depth: Int, into object: inout JSONObject) {
        var reader = ProtobufReader(bytes)
        while let (number, value) = reader.next() {
            let candidates = fields.filter { $0.numbers.dropFirst(depth).first == number }
            if let first = candidates.first, first.numbers.count > depth + 1, case .bytes(let message) = value {
                read(message, candidates, depth: depth + 1, into: &object)
                continue
            }
            guard let field = candidates.first else { continue }
            switch (field.type, value) {
            case (.list(let element), _):
                object[field.name] = .array((object[field.name]?.array ?? []) + [self.value(value, element)])
            case (.map(let element), .bytes(let entry)):
                var map = object[field.name]?.object ?? JSONObject()
                let (name, value) = mapEntry(entry, element)
                map[name] = value
                object[field.name] = .object(map)
            default: object[field.name] = self.value(value, field.type)
            }
        }
    }

    private func mapEntry(_ bytes: ArraySlice<UInt8>, _ type: FieldType) -> (String, JSONValue) {
        var entry = (name: "", value: value(.bytes([]), type))
        var reader = ProtobufReader(bytes)
        while let (number, value) = reader.next() {
            if number == 1, case .bytes(let name) = value { entry.name = String(decoding: name, as: UTF8.self) }
            if number == 2 { entry.value = self.value(value, type) }
        }
        return entry
    }

    private func value(_ value: ProtobufReader.Value, _ type: FieldType) -> JSONValue {
        switch (value, type) {
        case (.number(let number), .scalar(.bool)): return .bool(number != 0)
        case (.number(let number), _): return .number(String(Int64(bitPattern: number)))
        case (.bytes(let bytes), .scalar(.string)): return .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), .scalar(.bytes)): return .string(Base64.encode(bytes))
        case (.bytes(let bytes), .structure(let name)):
            var object = JSONObject()
            read(bytes, fields(of: name) ?? [], depth: 0, into: &object)
            return .object(object)
        case (.bytes(let bytes), .scalar(.quantity)): return Self.parts(bytes)[1] ?? .string("0")
        case (.bytes(let bytes), .scalar(.intOrString)):
            let parts = Self.parts(bytes)
            return parts[1]?.int == 1 ? parts[3] ?? .string("") : parts[2] ?? .int(0)
        // A client decides neither on times nor on who manages fields.
        case (.bytes, _): return .null
        }
    }

    /// The fields of one of the messages that JSON shows as a scalar.
    private static func parts(_ bytes: ArraySlice<UInt8>) -> [Int: JSONValue] {
        var reader = ProtobufReader(bytes)
        var parts: [Int: JSONValue] = [:]
        while let (number, value) = reader.next() {
            switch value {
            case .number(let value): parts[number] = .number(String(Int64(bitPattern: value)))
            case .bytes(let bytes): parts[number] = .string(String(decoding: bytes, as: UTF8.self))
            }
        }
        return parts
    }
}
