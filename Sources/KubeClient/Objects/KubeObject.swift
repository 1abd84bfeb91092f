/// A Swift view of a Kubernetes value; may be a projection that keeps only a few fields.
///
/// Must be total: a missing field is nil or empty, never an error, or one odd object would stop a whole list.
public protocol KubeDecodable: Sendable {
    /// Reads the value at the reader's position, consuming it whole.
    init(from reader: inout JSONReader) throws(JSONError)
}

/// A decodable view that knows its key and version, so that stores can hold it.
public protocol KubeObject: KubeDecodable, Identifiable where ID == ObjectKey {
    /// Namespace and name.
    var id: ObjectKey { get }
    /// The server's identity of this incarnation of the object.
    var uid: String { get }
    /// The version of this state of the object.
    var resourceVersion: ResourceVersion { get }
    /// Whether requests may ask for `PartialObjectMetadata`, which leaves out everything but metadata.
    static var needsMetadataOnly: Bool { get }
    /// The table by which the type reads protobuf; nil when requests are to ask for JSON only.
    ///
    /// For projections of built-in kinds; custom resources have no protobuf.
    static var protobufMessage: ProtobufMessage? { get }
}

extension KubeObject {
    /// False: the whole object is asked for.
    public static var needsMetadataOnly: Bool { false }
    /// Nil: JSON is asked for.
    public static var protobufMessage: ProtobufMessage? { nil }
}

/// A ``KubeObject`` that is bound to exactly one API resource.
public protocol StaticResource: KubeObject {
    /// The resource that the type is a view of.
    static var apiResource: APIResource { get }
}
