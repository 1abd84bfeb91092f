package import KubeClient

/// The patch formats of the API server.
package enum PatchType: String, CaseIterable, Sendable {
    case json = "application/json-patch+json"
    case merge = "application/merge-patch+json"
    case strategicMerge = "application/strategic-merge-patch+json"
    /// Server-side apply. Without field managers here: see ``ResourceKind/patched(_:by:body:validation:)``.
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
    /// one can be compared. An apply patch is applied as a merge patch (strategic where the kind has it): fields that
    /// an earlier apply set and this one leaves out stay, and there are no conflicts between managers.
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
        return try patched(
            object, by: type, document: document.value, duplicates: document.duplicates, validation: validation)
    }

    /// ``patched(_:by:body:validation:)`` for a patch that is a tree already, such as an apply that came as YAML.
    package func patched(
        _ object: JSONValue, by type: PatchType, document: JSONValue, duplicates: Set<String> = [],
        validation: FieldValidation = .warn
    ) throws(APIFailure) -> Admission {
        let result: JSONValue
        switch type {
        case .json: result = try JSONPatch(document).applied(to: object)
        case .merge:
            try MergePatch.check(document)
            result = MergePatch.applied(document, to: object)
        case .strategicMerge, .apply:
            guard let name = self.type else {
                result = MergePatch.applied(document, to: object)
                break
            }
            result = try StrategicMergePatch.applied(
                document, to: object, keys: MergeKeys(type: name, schema: schema))
        }
        let isConverted = type == .strategicMerge || type == .apply
        func refused(_ message: String) -> APIFailure {
            // The real server names neither object nor kind here.
            let shown = isConverted ? goPrinted(document) : goJSON(isCustom ? result : result.topLevelSorted)
            return .invalid(group: "", kind: "", name: "", [.invalid("patch", .string(shown), message)])
        }
        if result["kind"]?.string != resource.kind || result["apiVersion"]?.string != resource.apiVersion {
            throw refused(foreignKind(result))
        }
        let decoded: TypeSchema.Decoded
        do { decoded = try printed(result, duplicates: duplicates) } catch {
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
