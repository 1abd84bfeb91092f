package import KubeClient

/// What a row of a Table holds beside its cells.
///
/// Source: the `includeObject` parameter.
package enum IncludedObject: String, Sendable {
    case metadata = "Metadata"
    case object = "Object"
    case none = "None"

    /// Reads the parameter; metadata when it is missing.
    ///
    /// Throws 400 for another value.
    package init(parameter: String?) throws(APIFailure) {
        switch parameter {
        case nil, "": self = .metadata
        case let text?:
            guard let value = IncludedObject(rawValue: text) else {
                throw .badRequest(
                    "Unable to convert to Table as requested: includeObject: Invalid value: \(goQuoted(text)): must be "
                        + "'Metadata', 'Object', 'None', or empty")
            }
            self = value
        }
    }
}

extension ResourceKind {
    /// The `meta.k8s.io/v1 Table` of objects.
    ///
    /// - `metadata` is that of the list, or for one object its resourceVersion.
    /// - `now` is the server's time in seconds since 1970.
    /// - A watch sends the columns in its first frame only.
    package func table(
        of objects: [JSONValue], metadata: JSONObject, include: IncludedObject = .metadata, now: Int64,
        withColumns: Bool = true
    ) -> JSONValue {
        let definitions = columns.columns.map { column in
            JSONValue.dict(
                ("name", .string(column.name)), ("type", .string(column.type)), ("format", .string(column.format)),
                ("description", .string(column.description)), ("priority", .int(column.priority)))
        }
        let rows = objects.map { object in
            JSONValue.dict(
                ("cells", .array(columns.columns.map { $0.cell(object, now) })), ("object", included(object, include)))
        }
        return .dict(
            ("kind", .string("Table")), ("apiVersion", .string("meta.k8s.io/v1")), ("metadata", .object(metadata)),
            ("columnDefinitions", withColumns ? .array(definitions) : .null), ("rows", .array(rows)))
    }

    private func included(_ object: JSONValue, _ include: IncludedObject) -> JSONValue {
        switch include {
        case .none: .null
        case .metadata: partialMetadata(of: object)
        case .object: withIdentity(object)
        }
    }

    /// The object as `PartialObjectMetadata`.
    package func partialMetadata(of object: JSONValue) -> JSONValue {
        .dict(
            ("kind", .string("PartialObjectMetadata")), ("apiVersion", .string("meta.k8s.io/v1")),
            ("metadata", typedMetadata(of: object)))
    }

    /// The metadata with its fields in the order of their type, which custom resources do not keep.
    private func typedMetadata(of object: JSONValue) -> JSONValue {
        let metadata = object["metadata"] ?? .dict()
        return isCustom ? (try? schema.decode(metadata, as: "ObjectMeta").value) ?? metadata : metadata
    }

    /// The object with kind and apiVersion, which list items of built-in kinds lack.
    package func withIdentity(_ object: JSONValue) -> JSONValue {
        guard object["kind"] == nil, let members = object.object?.members else { return object }
        return .object(
            JSONObject(
                [("kind", .string(resource.kind)), ("apiVersion", .string(resource.apiVersion))]
                    + members.map { ($0.name, $0.value) }))
    }
}
