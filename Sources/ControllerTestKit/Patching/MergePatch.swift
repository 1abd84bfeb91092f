package import KubeClient

/// RFC 7386: objects merge, null deletes, everything else replaces.
package enum MergePatch {
    /// The document after the patch.
    ///
    /// Objects that the patch reaches come out with sorted names, as the server's do.
    package static func applied(_ patch: JSONValue, to document: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var merged = document.object ?? JSONObject()
        for change in changes.members {
            if change.value.isNull {
                merged[change.name] = .none
            } else {
                merged[change.name] = applied(change.value, to: merged[change.name] ?? .null)
            }
        }
        return .object(merged.sortedByName)
    }

    /// Throws the server's 400 for a document that is no merge patch of an object.
    package static func check(_ patch: JSONValue) throws(APIFailure) {
        switch patch {
        case .object: return
        case .null: throw .badRequest("Invalid JSON Patch")
        default:
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(patch.goTypeName) into Go value of type "
                    + "map[string]interface {}")
        }
    }
}
