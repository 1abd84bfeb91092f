import KubeClient

/// What is kept of a SecretProviderClassPodStatus: which versions of which secrets a pod has mounted through which class.
///
/// Ids and versions name secrets; no content is in the object. Source: `secrets-store.csi.x-k8s.io/v1`.
struct ProviderClassPodStatus: StaticResource {
    /// One mounted secret; a status may list an id more than once.
    struct Item: Hashable, Sendable {
        var id: String
        var occurrence = 0
    }

    /// Namespace and name, the uid and the version.
    private(set) var identity = ObjectIdentity()
    /// The name of the class.
    private(set) var className = ""
    /// The version of each mounted secret.
    private(set) var versions: [Item: String] = [:]

    init(from reader: inout JSONReader) throws(JSONError) {
        var entries: [(id: String, version: String)] = []
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata": identity = try ObjectIdentity(metadata: &reader)
            case "status":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    switch name {
                    case "secretProviderClassName": className = try reader.stringOrEmpty()
                    case "objects":
                        try reader.forEachElementIfArray { (reader) throws(JSONError) in
                            entries.append(try Self.entry(from: &reader))
                        }
                    default: break
                    }
                }
            default: break
            }
        }
        for entry in entries.sorted(by: <) {
            var item = Item(id: entry.id)
            while versions[item] != nil { item.occurrence += 1 }
            versions[item] = entry.version
        }
    }

    private static func entry(from reader: inout JSONReader) throws(JSONError) -> (id: String, version: String) {
        var entry = (id: "", version: "")
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "id": entry.id = try reader.stringOrEmpty()
            case "version": entry.version = try reader.stringOrEmpty()
            default: break
            }
        }
        return entry
    }

    static var apiResource: APIResource { ConfigType.secretProviderClass.watchedResource }
    var id: ObjectKey { identity.key }
    var uid: String { identity.uid }
    var resourceVersion: ResourceVersion { identity.resourceVersion }

    /// The class, which is in the namespace of the pod.
    var providerClass: ConfigKey {
        ConfigKey(.secretProviderClass, namespace: id.namespace ?? "", name: className)
    }
}
