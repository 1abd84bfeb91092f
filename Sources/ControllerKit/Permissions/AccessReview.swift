import KubeClient

/// The question whether this account may do one thing, and the server's answer.
///
/// Source: `authorization.k8s.io/v1 SelfSubjectAccessReview`, which every authenticated account may create
/// (`system:basic-user`).
struct AccessReview: StaticResource {
    static let apiResource = APIResource(
        group: "authorization.k8s.io", version: "v1", plural: "selfsubjectaccessreviews",
        kind: "SelfSubjectAccessReview", isNamespaced: false)

    /// A review is an answer, not an object.
    var id: ObjectKey { ObjectKey(name: "") }
    var uid: String { "" }
    var resourceVersion: ResourceVersion { ResourceVersion(rawValue: "") }

    private(set) var isAllowed = false
    /// What the server could not find out, such as the rules of a role that is bound but does not exist.
    private(set) var evaluationError = ""

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            guard name == "status" else { return }
            try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                switch name {
                case "allowed": isAllowed = try reader.boolOrFalse()
                case "evaluationError": evaluationError = try reader.stringOrEmpty()
                default: break
                }
            }
        }
    }

    /// The body of the request that asks for one verb of a rule.
    static func question(_ verb: String, of rule: PermissionRule) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("apiVersion", "authorization.k8s.io/v1")
            writer.field("kind", "SelfSubjectAccessReview")
            writer.object("spec") { writer in
                writer.object("resourceAttributes") { writer in
                    if let namespace = rule.namespace { writer.field("namespace", namespace) }
                    writer.field("verb", verb)
                    if !rule.group.isEmpty { writer.field("group", rule.group) }
                    writer.field("resource", rule.resource)
                    if let subresource = rule.subresource { writer.field("subresource", subresource) }
                    if let name = rule.name { writer.field("name", name) }
                }
            }
        }
        return writer.bytes
    }
}
