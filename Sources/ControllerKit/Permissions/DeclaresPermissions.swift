import KubeClient

/// Something that knows which rights it needs, so that a manager can ask for them at start.
public protocol DeclaresPermissions: Sendable {
    /// The rights.
    var permissions: [PermissionRule] { get }
}

extension Informer: DeclaresPermissions {
    /// `list` and `watch` on its resource; optional when ``InformerOptions/isOptional`` is set.
    ///
    /// None for a kind that may be missing: most accounts have no rights on what most servers do not have.
    public var permissions: [PermissionRule] {
        if mayBeMissing { return [] }
        return [
            PermissionRule(
                resource, verbs: ["list", "watch"], in: scope,
                why: "to know the \(resource.qualifiedName)", isOptional: isOptional)
        ]
    }
}

extension LeaderElector: DeclaresPermissions {
    /// `get`, `create` and `update` on its Lease.
    public var permissions: [PermissionRule] {
        let scope = lease.namespace.map { Scope.namespace($0) } ?? .all
        let why = "to elect a leader"
        return [
            // RBAC cannot restrict creation to a name.
            PermissionRule(.leases, verbs: ["create"], in: scope, why: why),
            PermissionRule(.leases, verbs: ["get", "update"], in: scope, name: lease.name, why: why),
        ]
    }
}

extension EventRecorder: DeclaresPermissions {
    /// Writing Events anywhere; optional, because Events are a courtesy.
    public var permissions: [PermissionRule] {
        [PermissionRule(.events, verbs: ["create", "patch"], why: "to tell users what was done", isOptional: true)]
    }
}
