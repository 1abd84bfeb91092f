/// An object that shows its labels.
///
/// Projections keep what they need; each of these protocols stands for one part of `metadata` that predicates, triggers and
/// helpers can work with when it is kept. Conform by a stored property of that name, or to all at once by ``HasMetadata``.
public protocol HasLabels: KubeObject {
    /// The labels.
    var labels: [String: String] { get }
}

/// An object that shows its annotations.
public protocol HasAnnotations: KubeObject {
    /// The annotations.
    var annotations: [String: String] { get }
}

/// An object that shows how often its desired state was changed.
public protocol HasGeneration: KubeObject {
    /// Counts the changes of the desired state; nil for kinds that do not.
    var generation: Int? { get }
}

/// An object that shows whom it belongs to.
public protocol HasOwnerReferences: KubeObject {
    /// The objects that this one is deleted with.
    var ownerReferences: [OwnerReference] { get }
}

/// An object that shows what must be done before it goes.
public protocol HasFinalizers: KubeObject {
    /// What must be done before the object goes.
    var finalizers: [String] { get }
    /// When the object is due to be deleted, RFC 3339 in UTC; nil when it is not.
    var deletionTimestamp: String? { get }
}

extension HasFinalizers {
    /// Whether somebody has asked for the deletion of the object.
    public var isBeingDeleted: Bool { deletionTimestamp != nil }
}

/// An object that keeps its whole metadata, for custom resources of which there are few.
///
/// ```swift
/// struct Site: HasMetadata {
///     var metadata = ObjectMetadata(ObjectIdentity())
///     var title = ""
///     init(from reader: inout JSONReader) throws(JSONError) {
///         try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
///             switch name {
///             case "metadata": metadata = try ObjectMetadata(metadata: &reader)
///             case "spec": …
/// ```
public protocol HasMetadata: HasLabels, HasAnnotations, HasGeneration, HasOwnerReferences, HasFinalizers {
    /// The metadata.
    var metadata: ObjectMetadata { get }
}

extension HasMetadata {
    /// Namespace and name.
    public var id: ObjectKey { metadata.identity.key }
    /// The server's identity of this incarnation of the object.
    public var uid: String { metadata.identity.uid }
    /// The version of this state of the object.
    public var resourceVersion: ResourceVersion { metadata.identity.resourceVersion }
    /// The labels.
    public var labels: [String: String] { metadata.labels }
    /// The annotations.
    public var annotations: [String: String] { metadata.annotations }
    /// Counts the changes of the desired state; nil for kinds that do not.
    public var generation: Int? { metadata.generation }
    /// The objects that this one is deleted with.
    public var ownerReferences: [OwnerReference] { metadata.ownerReferences }
    /// What must be done before the object goes.
    public var finalizers: [String] { metadata.finalizers }
    /// When the object is due to be deleted, RFC 3339 in UTC; nil when it is not.
    public var deletionTimestamp: String? { metadata.deletionTimestamp }
}

extension ObjectMetadata: HasMetadata {
    /// The object itself, which is nothing but metadata.
    public var metadata: ObjectMetadata { self }
}
