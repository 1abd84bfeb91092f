package import KubeClient

/// The kinds that a server serves.
package struct KindRegistry: Sendable {
    /// In the order of registration; discovery sorts by resource name inside a group version.
    package private(set) var kinds: [ResourceKind]

    /// A registry of these kinds.
    package init(_ kinds: [ResourceKind]) { self.kinds = kinds }

    /// Adds a kind; one of the same resource is replaced.
    package mutating func register(_ kind: ResourceKind) {
        kinds.removeAll { Self.isSame($0.resource, kind.resource) }
        kinds.append(kind)
    }

    /// Has these kinds in place of all versions of a resource, by its qualified name.
    mutating func replace(_ name: String, with kinds: [ResourceKind]) {
        self.kinds.removeAll { $0.resource.qualifiedName == name }
        self.kinds += kinds
    }

    /// The kind that a path names.
    package func kind(group: String, version: String, plural: String) -> ResourceKind? {
        kinds.first { $0.resource.group == group && $0.resource.version == version && $0.resource.plural == plural }
    }

    /// The kind of a resource.
    package func kind(of resource: APIResource) -> ResourceKind? { kinds.first { Self.isSame($0.resource, resource) } }

    /// The kind of an object, from its `apiVersion` and `kind`.
    package func kind(apiVersion: String, kind name: String) -> ResourceKind? {
        kinds.first { $0.resource.apiVersion == apiVersion && $0.resource.kind == name }
    }

    private static func isSame(_ lhs: APIResource, _ rhs: APIResource) -> Bool {
        lhs.group == rhs.group && lhs.version == rhs.version && lhs.plural == rhs.plural
    }
}

extension KindRegistry {
    /// The built-in kinds that controllers of workloads and their configuration deal with.
    package static let builtIn = KindRegistry([
        configMap, secret, namespace, serviceAccount, service, pod, event, eventOfItsGroup, deployment, statefulSet,
        daemonSet, replicaSet, job, cronJob, lease, rbac("ClusterRole", isNamespaced: false),
        rbac("Role", isNamespaced: true),
        rbac("ClusterRoleBinding", isNamespaced: false), rbac("RoleBinding", isNamespaced: true),
        customResourceDefinition,
    ])

    /// Kinds of aggregated API servers: custom to the cluster, but with types of their own and strategic merge.
    ///
    /// Served only by servers that are told to.
    package static let aggregated = KindRegistry([deploymentConfig])

    private static let writeVerbs = ["get", "patch", "update"]

    private static func status(_ kind: String) -> ResourceKind.Subresource {
        ResourceKind.Subresource(name: "status", kind: kind, verbs: writeVerbs)
    }

    private static let scale = ResourceKind.Subresource(
        name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: writeVerbs)

    private static var configMap: ResourceKind {
        var kind = ResourceKind(.configMaps, type: "ConfigMap")
        kind.shortNames = ["cm"]
        kind.storageVersionHash = "qFsyl6wFWjQ="
        kind.columns = .configMap
        kind.rules = ConfigRules.configMap
        return kind
    }

    private static var secret: ResourceKind {
        var kind = ResourceKind(.secrets, type: "Secret")
        kind.storageVersionHash = "S6u1pOWzb84="
        kind.selectableFields["type"] = ["type"]
        kind.columns = .secret
        kind.rules = ConfigRules.secret
        return kind
    }

    private static var namespace: ResourceKind {
        var kind = ResourceKind(.namespaces, type: "Namespace")
        kind.shortNames = ["ns"]
        kind.verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
        kind.storageVersionHash = "Q3oi5N2YM8M="
        kind.subresources = [
            ResourceKind.Subresource(name: "finalize", kind: "Namespace", verbs: ["update"]), status("Namespace"),
        ]
        kind.selectableFields["status.phase"] = ["status", "phase"]
        kind.columns = .namespace
        kind.rules = ClusterRules.namespace
        return kind
    }

    private static var serviceAccount: ResourceKind {
        var kind = ResourceKind(.serviceAccounts, type: "ServiceAccount")
        kind.shortNames = ["sa"]
        kind.storageVersionHash = "pbx9ZvyFpBE="
        kind.columns = .serviceAccount
        return kind
    }

    private static var service: ResourceKind {
        var kind = ResourceKind(.services, type: "Service")
        kind.shortNames = ["svc"]
        kind.categories = ["all"]
        kind.storageVersionHash = "0/CO1lhkEBI="
        kind.subresources = [status("Service")]
        kind.columns = .service
        kind.rules = ClusterRules.service
        return kind
    }

    private static var pod: ResourceKind {
        var kind = ResourceKind(.pods, type: "Pod")
        kind.shortNames = ["po"]
        kind.categories = ["all"]
        kind.storageVersionHash = "xPOwRZ+Yhw8="
        kind.subresources = [
            ResourceKind.Subresource(
                name: "eviction", group: "policy", version: "v1", kind: "Eviction", verbs: ["create"]),
            ResourceKind.Subresource(name: "log", kind: "Pod", verbs: ["get"]), status("Pod"),
        ]
        kind.generation = .spec
        for field in ["nodeName", "restartPolicy", "schedulerName", "serviceAccountName", "hostNetwork"] {
            kind.selectableFields["spec.\(field)"] = ["spec", field]
        }
        for field in ["phase", "podIP", "nominatedNodeName"] {
            kind.selectableFields["status.\(field)"] = ["status", field]
        }
        kind.columns = .pod
        kind.rules = ClusterRules.pod
        return kind
    }

    private static var event: ResourceKind {
        var kind = ResourceKind(.events, type: "Event")
        kind.shortNames = ["ev"]
        kind.storageVersionHash = "r2yiGXH7wu8="
        kind.createsOnUpdate = true
        for field in ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] {
            kind.selectableFields["involvedObject.\(field)"] = ["involvedObject", field]
        }
        for field in ["reason", "reportingComponent", "type"] { kind.selectableFields[field] = [field] }
        kind.selectableFields["source"] = ["source", "component"]
        kind.columns = .event
        kind.rules = EventRules.core
        kind.renamedMembers = EventRules.renamedMembers.map { (own: $0.other, other: $0.own) }
        return kind
    }

    private static var eventOfItsGroup: ResourceKind {
        let resource = APIResource(group: "events.k8s.io", version: "v1", plural: "events", kind: "Event")
        var kind = event
        kind.resource = resource
        kind.type = "EventV1"
        kind.rules = EventRules.events
        kind.storage = .events
        kind.isStorageVersion = false
        kind.renamedMembers = EventRules.renamedMembers
        // By names of its own; the paths are those of what is stored.
        kind.selectableFields = ResourceKind(resource).selectableFields
        for field in ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] {
            kind.selectableFields["regarding.\(field)"] = ["involvedObject", field]
        }
        for field in ["reason", "type"] { kind.selectableFields[field] = [field] }
        kind.selectableFields["reportingController"] = ["reportingComponent"]
        return kind
    }

    private static var deployment: ResourceKind {
        var kind = ResourceKind(.deployments, type: "Deployment")
        kind.shortNames = ["deploy"]
        kind.categories = ["all"]
        kind.storageVersionHash = "8aSe+NMegvE="
        kind.subresources = [scale, status("Deployment")]
        kind.generation = .specAndAnnotations
        kind.statusKeepsLabels = true
        kind.columns = .deployment
        kind.rules = WorkloadRules.deployment
        return kind
    }

    private static var statefulSet: ResourceKind {
        var kind = ResourceKind(.statefulSets, type: "StatefulSet")
        kind.shortNames = ["sts"]
        kind.categories = ["all"]
        kind.storageVersionHash = "H+vl74LkKdo="
        kind.subresources = [scale, status("StatefulSet")]
        kind.generation = .spec
        kind.columns = .statefulSet
        kind.rules = WorkloadRules.statefulSet
        return kind
    }

    private static var daemonSet: ResourceKind {
        var kind = ResourceKind(.daemonSets, type: "DaemonSet")
        kind.shortNames = ["ds"]
        kind.categories = ["all"]
        kind.storageVersionHash = "dd7pWHUlMKQ="
        kind.subresources = [status("DaemonSet")]
        kind.generation = .spec
        kind.columns = .daemonSet
        kind.rules = WorkloadRules.daemonSet
        return kind
    }

    private static var replicaSet: ResourceKind {
        var kind = ResourceKind(.replicaSets, type: "ReplicaSet")
        kind.shortNames = ["rs"]
        kind.categories = ["all"]
        kind.storageVersionHash = "P1RzHs8/mWQ="
        kind.subresources = [scale, status("ReplicaSet")]
        kind.generation = .spec
        kind.selectableFields["status.replicas"] = ["status", "replicas"]
        kind.columns = .replicaSet
        kind.rules = WorkloadRules.replicaSet
        return kind
    }

    private static var deploymentConfig: ResourceKind {
        let resource = APIResource(
            group: "apps.openshift.io", version: "v1", plural: "deploymentconfigs", kind: "DeploymentConfig")
        var kind = ResourceKind(resource, type: "DeploymentConfig")
        kind.shortNames = ["dc"]
        kind.categories = ["all"]
        kind.subresources = [status("DeploymentConfig")]
        kind.generation = .spec
        return kind
    }

    private static var job: ResourceKind {
        var kind = ResourceKind(.jobs, type: "Job")
        kind.categories = ["all"]
        kind.storageVersionHash = "mudhfqk/qZY="
        kind.subresources = [status("Job")]
        kind.generation = .spec
        kind.selectableFields["status.successful"] = ["status", "succeeded"]
        kind.columns = .job
        kind.rules = BatchRules.job
        return kind
    }

    private static var cronJob: ResourceKind {
        var kind = ResourceKind(.cronJobs, type: "CronJob")
        kind.shortNames = ["cj"]
        kind.categories = ["all"]
        kind.storageVersionHash = "sd5LIXh4Fjs="
        kind.subresources = [status("CronJob")]
        kind.generation = .spec
        kind.columns = .cronJob
        kind.rules = BatchRules.cronJob
        return kind
    }

    private static var lease: ResourceKind {
        var kind = ResourceKind(.leases, type: "Lease")
        kind.storageVersionHash = "gqkMMb/YqFM="
        kind.allowsUnconditionalUpdate = false
        kind.createsOnUpdate = true
        kind.columns = .lease
        kind.rules = ClusterRules.lease
        return kind
    }

    private static var customResourceDefinition: ResourceKind {
        let resource = APIResource(
            group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
            kind: "CustomResourceDefinition", isNamespaced: false)
        var kind = ResourceKind(resource, type: "CustomResourceDefinition")
        kind.shortNames = ["crd", "crds"]
        kind.categories = ["api-extensions"]
        kind.storageVersionHash = "jfWCUB31mvA="
        kind.subresources = [status("CustomResourceDefinition")]
        kind.generation = .spec
        kind.allowsUnconditionalUpdate = false
        kind.rules = DefinitionRules.rules
        return kind
    }

    private static func rbac(_ name: String, isNamespaced: Bool) -> ResourceKind {
        let resource = APIResource(
            group: "rbac.authorization.k8s.io", version: "v1", plural: name.lowercased() + "s", kind: name,
            isNamespaced: isNamespaced)
        var kind = ResourceKind(resource, type: name)
        kind.createsOnUpdate = true
        kind.rules = name.hasSuffix("Binding") ? ClusterRules.roleBinding : ClusterRules.role
        return kind
    }
}
