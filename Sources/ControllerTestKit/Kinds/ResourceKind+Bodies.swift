package import KubeClient

/// Which unknown and duplicate fields a write refuses.
///
/// Source: the `fieldValidation` parameter.
package enum FieldValidation: String, Sendable {
    case ignore = "Ignore"
    case warn = "Warn"
    case strict = "Strict"

    /// Reads the parameter; `options` is the kind in the 422 for another value, such as `CreateOptions`.
    package init(parameter: String?, options: String) throws(APIFailure) {
        switch parameter {
        case nil, "": self = .warn
        case let text?:
            guard let value = FieldValidation(rawValue: text) else {
                throw .invalidOptions(
                    options,
                    [.notSupported("fieldValidation", .string(text), supported: ["", "Ignore", "Strict", "Warn"])])
            }
            self = value
        }
    }
}

/// An object in the printed form, and the texts of `Warning` headers to send with it.
package struct Admission: Sendable {
    package var object: JSONValue
    package var warnings: [String]

    package init(object: JSONValue, warnings: [String] = []) {
        self.object = object
        self.warnings = warnings
    }
}

extension ResourceKind {
    /// Reads the body of a POST or PUT into the printed form.
    ///
    /// Kind and apiVersion may be missing. Throws the server's 400 for what does not parse, is another kind or does not
    /// fit the type.
    package func decode(_ body: [UInt8], validation: FieldValidation = .warn) throws(APIFailure) -> Admission {
        let document: GoJSONParser.Document
        do { document = try GoJSONParser.parse(body) } catch { throw unrecognized(error.message, body) }
        return try decode(document.value, body: body, duplicates: document.duplicates, validation: validation)
    }

    /// ``decode(_:validation:)`` for a body that is a tree already, such as one that came as YAML.
    package func decode(_ value: JSONValue, validation: FieldValidation = .warn) throws(APIFailure) -> Admission {
        try decode(value, body: goJSONBytes(value), duplicates: [], validation: validation)
    }

    private func decode(
        _ value: JSONValue, body: [UInt8], duplicates: Set<String>, validation: FieldValidation
    ) throws(APIFailure) -> Admission {
        var object: JSONObject
        switch value {
        case .object(let members): object = members
        case .null: object = JSONObject()
        default:
            let target =
                "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                + "\"json:\\\"kind,omitempty\\\"\" }"
            throw unrecognized("json: cannot unmarshal \(value.goTypeName) into Go value of type \(target)", body)
        }
        let kind = object["kind"]?.string ?? ""
        let apiVersion = object["apiVersion"]?.string ?? ""
        if isCustom { try checkCustomIdentity(object) } else { try checkIdentity(kind: kind, apiVersion: apiVersion) }
        object["kind"] = .string(resource.kind)
        object["apiVersion"] = .string(resource.apiVersion)
        func refused(_ message: String) -> APIFailure {
            .badRequest(
                "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): \(message)"
            )
        }
        let decoded: TypeSchema.Decoded
        do { decoded = try printed(.object(object), duplicates: duplicates) } catch { throw refused(error.message) }
        let findings = validation == .ignore ? [] : decoded.unknownFields
        if validation == .strict, !findings.isEmpty {
            throw refused("strict decoding error: \(findings.joined(separator: ", "))")
        }
        return Admission(object: decoded.value, warnings: findings)
    }

    private func checkCustomIdentity(_ object: JSONObject) throws(APIFailure) {
        let (kind, apiVersion) = (object["kind"]?.string ?? "", object["apiVersion"]?.string ?? "")
        if !apiVersion.isEmpty, apiVersion != resource.apiVersion {
            var failure = APIFailure.badRequest(
                "the API version in the data (\(apiVersion)) does not match the expected API version "
                    + "(\(resource.apiVersion))")
            if customSchema != nil {
                // Nothing is known of that version.
                failure.warnings = object.names.filter { !["apiVersion", "kind", "metadata"].contains($0) }
                    .map { "unknown field \(goQuoted($0))" }
            }
            throw failure
        }
        guard !kind.isEmpty, kind != resource.kind else { return }
        throw .invalid(
            group: resource.group, kind: kind, name: object["metadata"]?["name"]?.string ?? "",
            [.invalid("kind", .string(kind), "must be \(resource.kind)")])
    }

    private func checkIdentity(kind: String, apiVersion: String) throws(APIFailure) {
        let group = apiVersion.contains("/") ? apiVersion.prefix { $0 != "/" } : ""
        let version = String(apiVersion.dropFirst(group.isEmpty ? 0 : group.count + 1))
        let shown = kind.isEmpty ? resource.kind : kind
        let prefix = "\(shown) in version \(goQuoted(version)) cannot be handled as a \(resource.kind): "
        if !apiVersion.isEmpty, apiVersion != resource.apiVersion {
            throw .badRequest(
                prefix + "no kind \(goQuoted(shown)) is registered for version \(goQuoted(apiVersion)) in scheme "
                    + "\"pkg/api/legacyscheme/scheme.go:30\"")
        }
        guard !kind.isEmpty, kind != resource.kind else { return }
        let internalGroup = resource.group.isEmpty ? "core" : String(resource.group.prefix { $0 != "." })
        throw .badRequest(
            prefix + "converting (\(resource.version).\(kind)) to (\(internalGroup).\(resource.kind)): "
                + "unknown conversion")
    }

    private func unrecognized(_ message: String, _ body: [UInt8]) -> APIFailure {
        let summary: String
        let limit = 30
        if body.isEmpty {
            summary = "<empty>"
        } else {
            let head = body.prefix(limit)
            let text =
                body.first == UInt8(ascii: "{")
                ? String(decoding: head, as: UTF8.self)
                : head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            summary = body.count > limit ? text + " ..." : text
        }
        return .badRequest(
            "the object provided is unrecognized (must be of type \(resource.kind)): couldn't get version/kind; "
                + "json parse error: \(message) (\(summary))")
    }

    /// The printed form of an object: the type's field order for built-in kinds, sorted names for custom ones.
    package func printed(
        _ object: JSONValue, duplicates: Set<String> = []
    ) throws(TypeSchema.DecodingFailure) -> TypeSchema.Decoded {
        if let type { return try schema.decode(object, as: type, duplicates: duplicates) }
        var object = object
        var unknown = customSchema?.complete(&object).map { "unknown field \(goQuoted($0))" } ?? []
        if let metadata = object["metadata"] {
            let decoded = try schema.decode(metadata, as: "ObjectMeta")
            object.set("metadata", decoded.value)
            unknown += decoded.unknownFields.map { $0.replacingQuotedPath(prefix: "metadata.") }
        }
        return TypeSchema.Decoded(value: object.sortedByName(), unknownFields: unknown)
    }

    /// The same object with one member of `metadata` set, or with nil removed, at its place in the printed form.
    package func settingMetadata(_ name: String, _ value: JSONValue?, in object: JSONValue) -> JSONValue {
        var object = object
        object.modify("metadata", creating: true) { metadata in
            metadata.set(name, isCustom ? value?.sortedByName() : value)
            guard let members = metadata.object?.members else { return }
            let order = isCustom ? [] : (schema.fields(of: "ObjectMeta") ?? []).map(\.name)
            let ranked = members.map { (rank: order.firstIndex(of: $0.name) ?? order.count, member: $0) }
            let sorted = ranked.sorted {
                $0.rank != $1.rank ? $0.rank < $1.rank : bytesPrecede($0.member.name, $1.member.name)
            }
            metadata = .object(JSONObject(sorted.map { ($0.member.name, $0.member.value) }))
        }
        return object
    }
}

extension String {
    fileprivate func replacingQuotedPath(prefix: String) -> String {
        guard let quote = firstIndex(of: "\"") else { return self }
        return String(self[...quote]) + prefix + String(self[index(after: quote)...])
    }
}
