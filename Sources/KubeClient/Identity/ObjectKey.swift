/// Namespace and name of an object; the key of stores and work queues.
///
/// Written `namespace/name`, or `name` for cluster-scoped objects. The order is that of API server lists: by the bytes
/// of the written form.
public struct ObjectKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The namespace, nil for cluster-scoped objects.
    public var namespace: String?
    /// The name, unique inside the namespace for one resource.
    public var name: String

    /// Creates a key.
    public init(namespace: String? = nil, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`, or `name`.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    /// The part of the cluster that the object lives in.
    public var scope: Scope { namespace.map { .namespace($0) } ?? .all }

    /// Whether `lhs` comes first in a list of the API server.
    public static func < (lhs: ObjectKey, rhs: ObjectKey) -> Bool {
        lhs.description.utf8.lexicographicallyPrecedes(rhs.description.utf8)
    }
}
