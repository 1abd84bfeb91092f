import KubeClient

/// In which form objects are sent, as the `Accept` header asks.
///
/// JSON only. Where a client prefers protobuf or YAML and also takes JSON, it gets JSON.
struct AnswerForm: Hashable, Sendable {
    enum Shape: Hashable, Sendable { case object, partialObject, partialList, table }

    var shape: Shape
    /// How much of the object a table's row carries.
    var included = IncludedObject.metadata

    /// Whole objects.
    static let plain = AnswerForm(shape: .object)

    init(shape: Shape) { self.shape = shape }

    init(_ request: ServerRequest) throws(APIFailure) {
        let accept = request.headers.filter { $0.name.lowercased() == "accept" }.map(\.value).joined(separator: ",")
        shape = try Self.shape(accept)
        if shape == .table { included = try IncludedObject(parameter: request.parameter("includeObject")) }
    }

    private struct Clause {
        var type: String
        var parameters: [String: String]
        var weight: Double
    }

    private static func shape(_ accept: String) throws(APIFailure) -> Shape {
        let clauses = accept.split(separator: ",").map { clause($0) }
        guard !clauses.isEmpty else { return .object }
        var knowsType = false
        // Equal weights keep their order.
        for clause in clauses.enumerated().sorted(by: {
            ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
        })
        .map(\.element) {
            if clause.type == protobufType, clause.parameters["as"] == "Table" { knowsType = true }
            guard clause.type == "application/json" || clause.type == "*/*" else { continue }
            knowsType = true
            guard let name = clause.parameters["as"] else { return .object }
            guard clause.parameters["g"] == "meta.k8s.io", let version = clause.parameters["v"] else { continue }
            switch (name, version) {
            case ("Table", "v1"), ("Table", "v1beta1"): return .table
            case ("PartialObjectMetadata", "v1"): return .partialObject
            case ("PartialObjectMetadataList", "v1"): return .partialList
            default: continue
            }
        }
        let types = ["application/json", "application/yaml", protobufType].joined(separator: ", ")
        guard knowsType else {
            throw APIFailure(
                code: 406, reason: "NotAcceptable",
                message: "406: Not Acceptable\n\nAvailable representations: \(types)", details: JSONObject())
        }
        throw APIFailure(
            code: 406, reason: "NotAcceptable", message: "only the following media types are accepted: \(types)")
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
        switch shape {
        case .object: return .json(object, status: status, warnings: warnings)
        case .partialObject: return .json(kind.partialMetadata(of: object), status: status, warnings: warnings)
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
        switch shape {
        case .object:
            return ServerResponse(
                status: 200, contentType: "application/json", body: Self.list(items, metadata: metadata, kind: kind))
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

    /// One object inside of a watch frame.
    func framed(_ object: StoredObject, kind: ResourceKind, now: APITime, isFirst: Bool) -> [UInt8] {
        switch shape {
        case .object: return object.bytes
        case .partialObject, .partialList: return goJSONBytes(kind.partialMetadata(of: object.json))
        case .table: return goJSONBytes(tableFrame(object.json, kind: kind, now: now, isFirst: isFirst))
        }
    }

    /// The object of a bookmark.
    func bookmark(version: UInt64, endsInitialEvents: Bool, kind: ResourceKind, now: APITime, isFirst: Bool) -> [UInt8]
    {
        var metadata = JSONObject()
        metadata["resourceVersion"] = .string(String(version))
        if endsInitialEvents { metadata["annotations"] = .dict(("k8s.io/initial-events-end", .string("true"))) }
        let object = JSONValue.dict(
            ("kind", .string(kind.resource.kind)), ("apiVersion", .string(kind.resource.apiVersion)),
            ("metadata", .object(metadata)))
        switch shape {
        case .object: return goJSONBytes(object)
        case .partialObject, .partialList: return goJSONBytes(kind.partialMetadata(of: object))
        case .table: return goJSONBytes(tableFrame(object, kind: kind, now: now, isFirst: isFirst))
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
            if !kind.listItemsCarryKind, item.bytes.starts(with: intro) {
                bytes.append(UInt8(ascii: "{"))
                bytes += item.bytes[intro.count...]
            } else {
                bytes += item.bytes
            }
        }
        bytes += "]}\n".utf8
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
