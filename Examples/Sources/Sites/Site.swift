import ControllerKit
import KubeClient

/// A web site that somebody wants to have: `example.com/v1 Site`.
struct Site: HasMetadata, StaticResource {
    static let apiResource = APIResource(group: "example.com", version: "v1", plural: "sites", kind: "Site")

    var metadata = ObjectMetadata(ObjectIdentity())
    /// `spec.title`.
    var title = ""
    /// `status.conditions`.
    var conditions: [Condition] = []

    /// Reads what the operator needs; the rest of the object is not kept.
    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata": metadata = try ObjectMetadata(metadata: &reader)
            case "spec":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "title" { title = try reader.stringOrEmpty() }
                }
            case "status":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "conditions" { conditions = try [Condition](from: &reader) }
                }
            default: break
            }
        }
    }
}
