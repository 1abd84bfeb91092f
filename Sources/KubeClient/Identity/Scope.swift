/// Which part of the cluster a request covers.
public enum Scope: Hashable, Sendable {
    /// All namespaces, or a cluster-scoped resource.
    case all
    /// One namespace.
    case namespace(String)
}

/// A named part of an object with its own endpoint.
public struct Subresource: Hashable, Sendable {
    /// The last path segment.
    public var name: String
    /// Creates a subresource by its path segment.
    public init(name: String) { self.name = name }
    /// `status`: what controllers report.
    public static let status = Subresource(name: "status")
    /// `scale`: the replica count as `autoscaling/v1 Scale`.
    public static let scale = Subresource(name: "scale")
    /// `eviction` of a pod: a deletion that respects disruption budgets.
    public static let eviction = Subresource(name: "eviction")
}
