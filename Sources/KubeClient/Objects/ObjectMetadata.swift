/// The metadata of an object of any kind, without `managedFields`; everything else is left on the server.
///
/// Requests for it ask for `PartialObjectMetadata`, so that specs and payloads are not even sent. A projection that
/// needs more than an ``ObjectIdentity`` reads it from its `metadata` field with ``init(metadata:)``.
/// Source: `meta/v1 ObjectMeta`.
public struct ObjectMetadata: KubeObject, Hashable {
    /// The metadata is all that is read.
    public static var needsMetadataOnly: Bool { true }
    /// The metadata, which all kinds have at the same place.
    public static var protobufMessage: ProtobufMessage? { .metadataOnly }

    /// Namespace and name, the uid and the version.
    public var identity = ObjectIdentity()
    /// Counts the changes of the desired state; nil for kinds that do not.
    public var generation: Int?
    /// The labels.
    public var labels: [String: String] = [:]
    /// The annotations.
    public var annotations: [String: String] = [:]
    /// When the server created the object, RFC 3339 in UTC.
    public var creationTimestamp: String?
    /// When the object is due to be deleted, RFC 3339 in UTC; nil when it is not.
    public var deletionTimestamp: String?
    /// What must be done before the object goes.
    public var finalizers: [String] = []
    /// The objects that this one is deleted with.
    public var ownerReferences: [OwnerReference] = []

    /// Namespace and name.
    public var id: ObjectKey { identity.key }
    /// The name.
    public var name: String { identity.key.name }
    /// The namespace, nil for cluster-scoped objects.
    public var namespace: String? { identity.key.namespace }
    /// The server's identity of this incarnation of the object.
    public var uid: String { identity.uid }
    /// The version of this state of the object.
    public var resourceVersion: ResourceVersion { identity.resourceVersion }
    /// The owner that manages this object.
    public var controller: OwnerReference? { ownerReferences.first { $0.isController } }

    /// Creates metadata with nothing but an identity.
    public init(_ identity: ObjectIdentity) { self.identity = identity }

    /// Reads the `metadata` of the object that the reader is at.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            if name == "metadata" { self = try ObjectMetadata(metadata: &reader) }
        }
    }

    /// Reads the `metadata` object that the reader is at.
    public init(metadata reader: inout JSONReader) throws(JSONError) {
        identity = try ObjectIdentity(metadata: &reader) { (name, reader) throws(JSONError) in
            switch name {
            case "generation": generation = try reader.intOrNil()
            case "labels": labels = try reader.stringDictionary()
            case "annotations": annotations = try reader.stringDictionary()
            case "creationTimestamp": creationTimestamp = try reader.timestamp()
            case "deletionTimestamp": deletionTimestamp = try reader.timestamp()
            case "finalizers": finalizers = try reader.stringArray()
            case "ownerReferences":
                ownerReferences = []
                try reader.forEachElementIfArray { (reader) throws(JSONError) in
                    ownerReferences.append(try OwnerReference(from: &reader))
                }
            default: break
            }
        }
    }
}

extension JSONReader {
    // Go writes a time that was never set as null.
    fileprivate mutating func timestamp() throws(JSONError) -> String? {
        let text = try stringOrEmpty()
        return text.isEmpty ? nil : text
    }
}
