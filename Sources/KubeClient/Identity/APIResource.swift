/// Group, version, plural resource name, kind and scope of one API resource.
///
/// Builds the request paths of the resource; holds no connection. The core group has the empty name.
public struct APIResource: Hashable, Sendable {
    /// The API group, empty for the core group.
    public var group: String
    /// The version inside the group, such as `v1`.
    public var version: String
    /// The lower-case plural that appears in paths, such as `deployments`.
    public var plural: String
    /// The kind of one object, such as `Deployment`.
    public var kind: String
    /// Whether objects live in a namespace.
    public var isNamespaced: Bool

    /// Creates a resource; nothing is checked against a server.
    public init(group: String, version: String, plural: String, kind: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// The `apiVersion` of the resource's objects: `v1` or `apps/v1`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// `plural` for the core group, `plural.group` otherwise: how messages and permissions name a resource.
    public var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The path of the group's version, where its discovery document is.
    var versionPath: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

    /// The path of the collection that `scope` selects.
    public func path(in scope: Scope) -> String {
        switch scope {
        case .namespace(let namespace) where isNamespaced:
            "\(versionPath)/namespaces/\(percentEncoded(namespace))/\(plural)"
        default: "\(versionPath)/\(plural)"
        }
    }

    /// The path of one object, or of a subresource of it.
    public func path(of key: ObjectKey, subresource: Subresource? = nil) -> String {
        let object = "\(path(in: key.scope))/\(percentEncoded(key.name))"
        return subresource.map { "\(object)/\($0.name)" } ?? object
    }
}

extension APIResource {
    /// `v1 ConfigMap`.
    public static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
    /// `v1 Secret`.
    public static let secrets = APIResource(group: "", version: "v1", plural: "secrets", kind: "Secret")
    /// `v1 Event`.
    public static let events = APIResource(group: "", version: "v1", plural: "events", kind: "Event")
    /// `v1 Pod`.
    public static let pods = APIResource(group: "", version: "v1", plural: "pods", kind: "Pod")
    /// `v1 Service`.
    public static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
    /// `v1 ServiceAccount`.
    public static let serviceAccounts = APIResource(
        group: "", version: "v1", plural: "serviceaccounts", kind: "ServiceAccount")
    /// `v1 Namespace`.
    public static let namespaces = APIResource(
        group: "", version: "v1", plural: "namespaces", kind: "Namespace", isNamespaced: false)
    /// `apps/v1 Deployment`.
    public static let deployments = APIResource(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
    /// `apps/v1 StatefulSet`.
    public static let statefulSets = APIResource(
        group: "apps", version: "v1", plural: "statefulsets", kind: "StatefulSet")
    /// `apps/v1 DaemonSet`.
    public static let daemonSets = APIResource(group: "apps", version: "v1", plural: "daemonsets", kind: "DaemonSet")
    /// `apps/v1 ReplicaSet`.
    public static let replicaSets = APIResource(group: "apps", version: "v1", plural: "replicasets", kind: "ReplicaSet")
    /// `batch/v1 Job`.
    public static let jobs = APIResource(group: "batch", version: "v1", plural: "jobs", kind: "Job")
    /// `batch/v1 CronJob`.
    public static let cronJobs = APIResource(group: "batch", version: "v1", plural: "cronjobs", kind: "CronJob")
    /// `coordination.k8s.io/v1 Lease`.
    public static let leases = APIResource(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")
}
