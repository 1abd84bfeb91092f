import KubeClient

/// What is kept of a SecretProviderClass: its name, and which annotations say `true`.
struct ProviderClass: StaticResource {
    private(set) var identity = ObjectIdentity()
    /// As in ``ConfigObject/trueAnnotations``.
    private(set) var trueAnnotations: [String] = []

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            guard name == "metadata" else { return }
            identity = try ObjectIdentity(metadata: &reader) { (name, reader) throws(JSONError) in
                if name == "annotations" { trueAnnotations = try ConfigObject.trueAnnotations(from: &reader) }
            }
        }
    }

    static var apiResource: APIResource {
        APIResource(
            group: "secrets-store.csi.x-k8s.io", version: "v1", plural: "secretproviderclasses",
            kind: "SecretProviderClass")
    }
    static var needsMetadataOnly: Bool { true }
    static var protobufMessage: ProtobufMessage? { .configMetadata }
    var id: ObjectKey { identity.key }
    var uid: String { identity.uid }
    var resourceVersion: ResourceVersion { identity.resourceVersion }
}
