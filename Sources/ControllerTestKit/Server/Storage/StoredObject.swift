import KubeClient

/// One stored state of an object; shared by the store, its history and the streams that show it.
final class StoredObject: Sendable {
    /// The whole object with kind, apiVersion and its version.
    let json: JSONValue
    /// The version that this state was written at.
    let version: UInt64
    /// The object's compact JSON.
    let bytes: [UInt8]
    let key: ObjectKey
    let uid: String
    /// The uids of `metadata.ownerReferences`.
    let owners: [String]

    init(_ json: JSONValue, version: UInt64, kind: ResourceKind?) {
        let text = JSONValue.string(String(version))
        var json = json
        if let kind, json["metadata", "resourceVersion"] == nil {
            json = kind.settingMetadata("resourceVersion", text, in: json)
        } else {
            json.modify("metadata") { $0.set("resourceVersion", text) }
        }
        let metadata = ObjectMeta(json)
        self.json = json
        self.version = version
        bytes = goJSONBytes(json)
        key = ObjectKey(namespace: metadata.namespace.isEmpty ? nil : metadata.namespace, name: metadata.name)
        uid = metadata.uid
        owners = metadata.ownerReferences.compactMap { $0["uid"]?.string }
    }

    var meta: ObjectMeta { ObjectMeta(json) }
    var isTerminating: Bool { meta.deletionTimestamp != nil }

    /// The object as a version of its resource shows it.
    func shown(as kind: ResourceKind) -> StoredObject {
        guard kind.hasOtherForms, json["apiVersion"]?.string != kind.resource.apiVersion else { return self }
        return StoredObject(kind.inOwnVersion(json), version: version, kind: kind)
    }

    /// The object as the deletion at `version` shows it.
    func deleted(at version: UInt64) -> StoredObject { StoredObject(json, version: version, kind: nil) }
}

/// Reads `metadata` of an object.
struct ObjectMeta: Sendable {
    let json: JSONObject

    init(_ object: JSONValue) { json = object["metadata"]?.object ?? JSONObject() }

    var name: String { json["name"]?.string ?? "" }
    var generateName: String { json["generateName"]?.string ?? "" }
    var namespace: String { json["namespace"]?.string ?? "" }
    var uid: String { json["uid"]?.string ?? "" }
    var resourceVersion: String { json["resourceVersion"]?.string ?? "" }
    var deletionTimestamp: String? { json["deletionTimestamp"]?.string }
    var finalizers: [String] { json["finalizers"]?.array?.compactMap(\.string) ?? [] }
    var ownerReferences: [JSONValue] { json["ownerReferences"]?.array ?? [] }
    var labels: [String: String] {
        let members = json["labels"]?.object?.members ?? []
        return Dictionary(members.map { ($0.name, $0.value.string ?? "") }) { $1 }
    }
}
