import KubeClient

/// Any Kubernetes object as a tree; the sandbox plays several controllers and knows none of their types.
struct Manifest: Sendable, Hashable {
    var json: JSONValue

    var apiVersion: String { json.at("apiVersion")?.string ?? "" }
    var kind: String { json.at("kind")?.string ?? "" }
    var name: String { json.at("metadata", "name")?.string ?? "" }
    var namespace: String? { json.at("metadata", "namespace")?.string }
    var uid: String { json.at("metadata", "uid")?.string ?? "" }
    var labels: [String: String] { json.at("metadata", "labels")?.texts ?? [:] }
    var annotations: [String: String] { json.at("metadata", "annotations")?.texts ?? [:] }
    var generation: Int { json.at("metadata", "generation")?.int ?? 0 }
    var creationTimestamp: String { json.at("metadata", "creationTimestamp")?.string ?? "" }
    var isBeingDeleted: Bool { json.at("metadata", "deletionTimestamp") != nil }
    var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// The owner reference of the controller that owns the object; nil when nobody does.
    var controller: JSONValue? {
        json.at("metadata", "ownerReferences")?.elements.first { $0.at("controller")?.isTrue == true }
    }
    var controllerUID: String? { controller?.at("uid")?.string }
}

extension Manifest: KubeObject {
    init(from reader: inout JSONReader) throws(JSONError) { json = try JSONValue(from: &reader) }

    var id: ObjectKey { key }
    var resourceVersion: ResourceVersion {
        ResourceVersion(rawValue: json.at("metadata", "resourceVersion")?.string ?? "")
    }
}
