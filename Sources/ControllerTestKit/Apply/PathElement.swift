import KubeClient

/// One step of a field path, by the text that `metadata.managedFields` has for it: `f:NAME` for a member,
/// `k:{"name":"app"}` for an element of a keyed list, `v:"text"` for an element of a set.
///
/// Source: `fieldpath.PathElement` of structured-merge-diff.
struct PathElement: Hashable, Sendable, Comparable {
    let text: String

    init(text: String) { self.text = text }

    static func field(_ name: String) -> PathElement { PathElement(text: "f:\(name)") }
    static func value(_ value: JSONValue) -> PathElement { PathElement(text: "v:\(goJSON(value))") }

    /// The element of a list that has these values in its key fields.
    static func key(_ fields: [(String, JSONValue)]) -> PathElement {
        PathElement(text: "k:\(goJSON(.object(JSONObject(fields).sortedByName)))")
    }

    /// How messages show the step: `.name`, `[name="app"]` or `[="text"]`.
    var shown: String {
        let rest = text.dropFirst(2)
        switch text.first {
        case "f": return ".\(rest)"
        case "k":
            let members = (try? GoJSONParser.parse(Array(rest.utf8)).value)?.object?.members ?? []
            return "[\(members.map { "\($0.name)=\(goJSON($0.value))" }.joined(separator: ","))]"
        default: return "[=\(rest)]"
        }
    }

    static func < (lhs: PathElement, rhs: PathElement) -> Bool { bytesPrecede(lhs.text, rhs.text) }
}
