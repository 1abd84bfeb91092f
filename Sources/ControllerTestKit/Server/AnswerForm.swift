import KubeClient

/// In which form objects are sent, as the `Accept` header asks.
///
/// JSON, or protobuf for the kinds whose tables have its numbers. Where a client prefers YAML, or protobuf of another kind, and
/// also takes JSON, it gets JSON.
struct AnswerForm: Hashable, Sendable {
    enum Shape: Hashable, Sendable { case object, partialObject, partialList, table }

    var shape: Shape
    var isProtobuf = false
    /// How much of the object a table's row carries.
    var included = IncludedObject.metadata

    /// Whole objects.
    static let plain = AnswerForm(shape: .object)

    init(shape: Shape) { self.shape = shape }

    /// `protobufType` is the type in the tables that can be sent in protobuf; nil for none.
    init(_ request: ServerRequest, protobufType: String?) throws(APIFailure) {
        self = try Self.form(request.accept, protobufType: protobufType)
        if shape == .table { included = try IncludedObject(parameter: request.parameter("includeObject")) }
    }

    private struct Clause {
        var type: String
        var parameters: [String: String]
        var weight: Double
    }

    /// Whether the client would rather read protobuf, a refusal for instance.
    static func prefersProtobuf(_ request: ServerRequest) -> Bool {
        let known = clauses(request.accept).first {
            $0.type == "application/json" || $0.type == protobufMediaType && $0.parameters["as"] != "Table"
        }
        return known?.type == protobufMediaType
    }

    private static func form(_ accept: String, protobufType: String?) throws(APIFailure) -> AnswerForm {
        let clauses = clauses(accept)
        guard !clauses.isEmpty else { return .plain }
        var knowsType = false
        for clause in clauses {
            let isProtobuf = clause.type == protobufMediaType
            if isProtobuf, clause.parameters["as"] == "Table" { knowsType = true }
            guard isProtobuf || clause.type == "application/json" || clause.type == "*/*" else { continue }
            guard let shape = shape(clause) else {
                if !isProtobuf { knowsType = true }
                continue
            }
            var form = AnswerForm(shape: shape)
            form.isProtobuf = isProtobuf
            guard isProtobuf else { return form }
            switch shape {
            case .object where protobufType != nil, .partialObject, .partialList: return form
            case .object, .table: continue
            }
        }
        let types = ["application/json", "application/yaml", protobufMediaType].joined(separator: ", ")
        guard knowsType else {
            throw APIFailure(
                code: 406, reason: "NotAcceptable",
                message: "406: Not Acceptable\n\nAvailable representations: \(types)", details: JSONObject())
        }
        throw APIFailure(
            code: 406, reason: "NotAcceptable", message: "only the following media types are accepted: \(types)")
    }

    /// What an object is to be sent as; nil for what nobody knows.
    private static func shape(_ clause: Clause) -> Shape? {
        guard let name = clause.parameters["as"] else { return .object }
        guard clause.parameters["g"] == "meta.k8s.io", let version = clause.parameters["v"] else { return nil }
        return switch (name, version) {
        case ("Table", "v1"), ("Table", "v1beta1"): .table
        case ("PartialObjectMetadata", "v1"): .partialObject
        case ("PartialObjectMetadataList", "v1"): .partialList
        default: nil
        }
    }

    /// The clauses by weight; equal ones keep their order.
    private static func clauses(_ accept: String) -> [Clause] {
        accept.split(separator: ",").map { clause($0) }.enumerated()
            .sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element)
    }

    private static func clause(_ text: Substring) -> Clause {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " } }
        var clause = Clause(type: parts.first?.lowercased() ?? "", parameters: [:], weight: 1)
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { continue }
            if pair[0] == "q" { clause.weight = Double(pair[1]) ?? 1 } else { clause.parameters[pair[0]] = pair[1] }
        }
        return clause
    }
}

extension AnswerForm {
    /// One object as the answer to a read or write.
    func response(
        _ object: JSONValue, status: Int = 200, warnings: [String] = [], kind: ResourceKind, now: APITime
    ) throws(APIFailure) -> ServerResponse {
        let warnings = warnings.map { "299 - \(goQuoted($0))" }
        let object = object["kind"]?.string == "Scale" ? object : kind.inOwnVersion(object)
        switch shape {
        case .object: return try answer(object, status: status, warnings: warnings)
        case .partialObject:
            return try answer(kind.partialMetadata(of: object), status: status, warnings: warnings)
        case .partialList:
            throw APIFailure(
                code: 406, reason: "NotAcceptable",
                message: "you requested PartialObjectMetadataList, but the requested object is not a list "
                    + "(*\(kind.goTypeName))")
        case .table:
            var metadata = JSONObject()
            metadata["resourceVersion"] = object["metadata", "resourceVersion"]
            return .json(
                kind.table(of: [object], metadata: metadata, include: included, now: now.seconds), status: status,
                warnings: warnings)
        }
    }

    /// A list of stored objects.
    func response(
        items: [StoredObject], metadata: JSONObject, kind: ResourceKind, now: APITime
    ) throws(APIFailure) -> ServerResponse {
        let items = kind.hasOtherForms ? items.map { $0.shown(as: kind) } : items
        switch shape {
        case .object where isProtobuf:
            return try protobuf { () throws(TypeSchema.ProtobufFailure) in
                try kind.schema.protobufList(
                    items.map(\.json), as: kind.type ?? "", apiVersion: kind.resource.apiVersion, kind: kind.listKind,
                    metadata: .object(metadata))
            }
        case .object:
            return ServerResponse(
                status: 200, contentType: "application/json", body: Self.list(items, metadata: metadata, kind: kind))
        case .partialList where isProtobuf:
            return try protobuf { () throws(TypeSchema.ProtobufFailure) in
                try kind.schema.protobufList(
                    items.map { kind.partialMetadata(of: $0.json) }, as: "PartialObjectMetadata",
                    apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadataList", metadata: .object(metadata))
            }
        case .partialList:
            return .json(
                .dict(
                    ("kind", .string("PartialObjectMetadataList")), ("apiVersion", .string("meta.k8s.io/v1")),
                    ("metadata", .object(metadata)), ("items", .array(items.map { kind.partialMetadata(of: $0.json) })))
            )
        case .partialObject:
            throw APIFailure(
                code: 406, reason: "NotAcceptable",
                message: "you requested PartialObjectMetadata, but the requested object is a list "
                    + "(*\(kind.goTypeName)List)")
        case .table:
            return .json(kind.table(of: items.map(\.json), metadata: metadata, include: included, now: now.seconds))
        }
    }

    /// The media type of a watch.
    var watchContentType: String { isProtobuf ? "\(protobufMediaType);stream=watch" : "application/json" }

    /// One frame of a watch.
    func frame(
        _ type: StaticString, _ object: StoredObject, kind: ResourceKind, now: APITime, isFirst: Bool
    ) -> [UInt8] {
        let object = object.shown(as: kind)
        return switch shape {
        case .object where !isProtobuf: jsonFrame(type, object.bytes)
        case .object: frame(type, object.json)
        case .partialObject, .partialList: frame(type, kind.partialMetadata(of: object.json))
        case .table: frame(type, tableFrame(object.json, kind: kind, now: now, isFirst: isFirst))
        }
    }

    /// The last frame of a watch that cannot go on.
    func frame(_ failure: APIFailure) -> [UInt8] { frame("ERROR", failure.statusJSON) }

    private func frame(_ type: StaticString, _ object: JSONValue) -> [UInt8] {
        guard isProtobuf else { return jsonFrame(type, goJSONBytes(object)) }
        do throws(TypeSchema.ProtobufFailure) {
            return TypeSchema.protobufFrame(
                type, try TypeSchema.builtIn.protobuf(object, as: object["kind"]?.string ?? ""))
        } catch {
            return frame(.unclassified("\(error)"))
        }
    }

    private func jsonFrame(_ type: StaticString, _ object: [UInt8]) -> [UInt8] {
        Array("{\"type\":\"\(type)\",\"object\":".utf8) + object + Array("}\n".utf8)
    }

    /// A document that is no list.
    func answer(
        _ document: JSONValue, status: Int = 200, warnings: [String] = []
    ) throws(APIFailure) -> ServerResponse {
        guard isProtobuf else { return .json(document, status: status, warnings: warnings) }
        var response = try protobuf { () throws(TypeSchema.ProtobufFailure) in
            try TypeSchema.builtIn.protobuf(document, as: document["kind"]?.string ?? "")
        }
        response.status = status
        response.headers = warnings.map { ("Warning", $0) }
        return response
    }

    private func protobuf(
        _ body: () throws(TypeSchema.ProtobufFailure) -> [UInt8]
    ) throws(APIFailure) -> ServerResponse {
        do throws(TypeSchema.ProtobufFailure) {
            return ServerResponse(status: 200, contentType: protobufMediaType, body: try body())
        } catch {
            throw .unclassified("\(error)")
        }
    }

    /// A bookmark.
    func bookmark(version: UInt64, endsInitialEvents: Bool, kind: ResourceKind, now: APITime, isFirst: Bool) -> [UInt8]
    {
        var metadata = JSONObject()
        metadata["resourceVersion"] = .string(String(version))
        if endsInitialEvents { metadata["annotations"] = .dict(("k8s.io/initial-events-end", .string("true"))) }
        let object = JSONValue.dict(
            ("kind", .string(kind.resource.kind)), ("apiVersion", .string(kind.resource.apiVersion)),
            ("metadata", .object(metadata)))
        return switch shape {
        case .object: frame("BOOKMARK", kind.isCustom ? object.sortedByName() : object)
        case .partialObject, .partialList: frame("BOOKMARK", kind.partialMetadata(of: object))
        case .table: frame("BOOKMARK", tableFrame(object, kind: kind, now: now, isFirst: isFirst))
        }
    }

    private func tableFrame(_ object: JSONValue, kind: ResourceKind, now: APITime, isFirst: Bool) -> JSONValue {
        var metadata = JSONObject()
        metadata["resourceVersion"] = object["metadata", "resourceVersion"]
        return kind.table(
            of: [object], metadata: metadata, include: included, now: now.seconds, withColumns: isFirst)
    }

    // Put together from the objects' stored text: a list of many objects costs a copy.
    private static func list(_ items: [StoredObject], metadata: JSONObject, kind: ResourceKind) -> [UInt8] {
        if kind.isCustom { return customList(items, metadata: metadata, kind: kind) }
        let head = JSONValue.dict(
            ("kind", .string(kind.listKind)), ("apiVersion", .string(kind.resource.apiVersion)),
            ("metadata", .object(metadata)))
        let intro = Array(
            "{\"kind\":\"\(kind.resource.kind)\",\"apiVersion\":\"\(kind.resource.apiVersion)\",".utf8)
        var bytes = goJSONBytes(head)
        bytes.reserveCapacity(bytes.count + items.reduce(16) { $0 + $1.bytes.count + 1 })
        bytes.removeLast()
        bytes += ",\"items\":[".utf8
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            // Items of built-in lists do not repeat kind and apiVersion.
            if item.bytes.starts(with: intro) {
                bytes.append(UInt8(ascii: "{"))
                bytes += item.bytes[intro.count...]
            } else {
                bytes += item.bytes
            }
        }
        bytes += "]}\n".utf8
        return bytes
    }

    /// Lists of custom resources are trees there, so their members are sorted.
    private static func customList(_ items: [StoredObject], metadata: JSONObject, kind: ResourceKind) -> [UInt8] {
        var metadata = metadata
        if metadata["continue"] == nil { metadata["continue"] = .string("") }
        var bytes = Array("{\"apiVersion\":\(goJSON(.string(kind.resource.apiVersion))),\"items\":[".utf8)
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += item.bytes
        }
        bytes += "],\"kind\":\(goJSON(.string(kind.listKind))),\"metadata\":".utf8
        bytes += goJSONBytes(.object(metadata.sortedByName)) + Array("}\n".utf8)
        return bytes
    }
}

extension ResourceKind {
    /// How messages of the real server name the Go type.
    fileprivate var goTypeName: String {
        let package = resource.group.isEmpty ? "core" : String(resource.group.prefix { $0 != "." })
        return "\(package).\(resource.kind)"
    }
}
