package import KubeClient

/// The patch formats of the API server.
package enum PatchType: String, CaseIterable, Sendable {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategicMerge = "application/strategic-merge-patch+json"
    /// Server-side apply, which is no patch of a document: see ``FieldManagers``.
    case apply = "application/apply-patch+yaml"

    /// The format of a `Content-Type`, whose parameters do not count; nil for no patch format.
    package init?(contentType: String?) {
        let type = (contentType ?? "").prefix { $0 != ";" }.lowercased()
        self.init(rawValue: String(type.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
    }
}

extension ResourceKind {
    /// The patch formats of the kind: custom resources have no strategic merge.
    package var patchTypes: [PatchType] {
        isCustom ? [.json, .merge, .apply] : [.json, .merge, .strategicMerge, .apply]
    }

    /// The object after a patch, in the printed form, with the warnings of its decoding.
    ///
    /// Identity, defaults and validation are not its business: check the name, then call
    /// ``admit(updating:from:subresource:)``. The object should carry its resourceVersion, so that a patch that names
    /// one can be compared. Not for apply.
    package func patched(
        _ object: JSONValue, by type: PatchType, body: [UInt8], validation: FieldValidation = .warn
    ) throws(APIFailure) -> Admission {
        guard patchTypes.contains(type) else {
            throw .unsupportedMediaType(accepted: patchTypes.map(\.rawValue))
        }
        let document: GoJSONParser.Document
        do { document = try GoJSONParser.parse(body) } catch {
            throw .badRequest(
                type == .json || type == .merge ? "error decoding patch: \(error.message)" : error.message)
        }
        let result: JSONValue
        switch (type, self.type) {
        case (.json, _): result = try JSONPatch(document.value).applied(to: object)
        case (.strategicMerge, let name?):
            result = try StrategicMergePatch.applied(
                document.value, to: object, keys: MergeKeys(type: name, schema: schema))
        default:
            try MergePatch.check(document.value)
            result = MergePatch.applied(document.value, to: object)
        }
        let isConverted = type == .strategicMerge
        func refused(_ message: String) -> APIFailure {
            // The real server names neither object nor kind here.
            let shown = isConverted ? goPrinted(document.value) : goJSON(isCustom ? result : result.topLevelSorted)
            return .invalid(group: "", kind: "", name: "", [.invalid("patch", .string(shown), message)])
        }
        if result["kind"]?.string != resource.kind || result["apiVersion"]?.string != resource.apiVersion {
            throw refused(foreignKind(result))
        }
        let decoded: TypeSchema.Decoded
        do { decoded = try printed(result, duplicates: document.duplicates) } catch {
            throw refused(isConverted ? error.conversionMessage : error.message)
        }
        let findings = validation == .ignore ? [] : decoded.unknownFields
        if validation == .strict, !findings.isEmpty {
            throw refused("strict decoding error: \(findings.joined(separator: ", "))")
        }
        return Admission(object: decoded.value, warnings: findings)
    }

    private func foreignKind(_ object: JSONValue) -> String {
        let kind = object["kind"]?.string ?? ""
        // It is read as what it says it is before it is found to be the wrong kind.
        if schema.fields(of: kind) != nil {
            do { _ = try schema.decode(object, as: kind) } catch { return error.message }
        }
        let internalGroup = resource.group.isEmpty ? "core" : String(resource.group.prefix { $0 != "." })
        return "converting (\(resource.version).\(kind)) to (\(internalGroup).\(resource.kind)): unknown conversion"
    }
}

extension JSONValue {
    fileprivate var topLevelSorted: JSONValue { object.map { .object($0.sortedByName) } ?? self }
}
