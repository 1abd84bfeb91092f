public import KubeClient

/// Rights on one resource that a program needs, and what for.
///
/// A value for self-checks and for help texts: list what a program asks of the server next to the code that asks.
/// Source: the rules of an `rbac.authorization.k8s.io/v1 ClusterRole`.
public struct PermissionRule: Hashable, Sendable {
    /// The API group, empty for the core group.
    public var group: String
    /// The lower-case plural, such as `deployments`.
    public var resource: String
    /// A part of the object, such as `status`; nil for the object itself.
    public var subresource: String?
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    public var verbs: [String]
    /// The one namespace that is meant; nil for all of them, and for resources without namespaces.
    public var namespace: String?
    /// The one object that is meant; nil for all.
    ///
    /// Means nothing with `create` and `deletecollection`.
    public var name: String?
    /// What the right is needed for, as a part of a sentence: "to find the workloads that use a config".
    public var why: String
    /// Whether the program does its work without, if less of it.
    public var isOptional: Bool
    /// The version of ``resource`` without which the rule does not count, because most accounts have no rights on what most
    /// servers do not have; nil when it always counts.
    public var servedVersion: String?

    /// Creates a rule.
    public init(
        group: String, resource: String, subresource: String? = nil, verbs: [String], namespace: String? = nil,
        name: String? = nil, why: String, isOptional: Bool = false, servedVersion: String? = nil
    ) {
        self.servedVersion = servedVersion
        self.group = group
        self.resource = resource
        self.subresource = subresource
        self.verbs = verbs
        self.namespace = namespace
        self.name = name
        self.why = why
        self.isOptional = isOptional
    }

    /// Creates a rule about a resource; `scope` says in which namespaces, `ifServed` that it counts only where the server has
    /// the resource.
    public init(
        _ resource: APIResource, subresource: Subresource? = nil, verbs: [String], in scope: Scope = .all,
        name: String? = nil, why: String, isOptional: Bool = false, ifServed: Bool = false
    ) {
        var namespace: String?
        if case .namespace(let name) = scope, resource.isNamespaced { namespace = name }
        self.init(
            group: resource.group, resource: resource.plural, subresource: subresource?.name, verbs: verbs,
            namespace: namespace, name: name, why: why, isOptional: isOptional,
            servedVersion: ifServed ? resource.version : nil)
    }

    /// The resource as RBAC rules name it: `deployments` or `deployments/status`.
    public var resourceName: String { subresource.map { "\(resource)/\($0)" } ?? resource }
}

extension PermissionRule: CustomStringConvertible {
    /// One line: `list, watch deployments.apps in the whole cluster`.
    public var description: String {
        let qualified = group.isEmpty ? resourceName : "\(resource).\(group)" + (subresource.map { "/\($0)" } ?? "")
        let object = name.map { " \"\($0)\"" } ?? ""
        let place = namespace.map { "in namespace \"\($0)\"" } ?? "in the whole cluster"
        return "\(verbs.joined(separator: ", ")) \(qualified)\(object) \(place)"
    }
}

extension PermissionRule {
    /// The rules as YAML that can be pasted into a ClusterRole, and into a Role for each namespace.
    ///
    /// Rules that differ in the resource alone become one. Empty when there are none.
    public static func manifest(of rules: [PermissionRule]) -> String {
        var namespaces: [String?] = []
        for rule in rules where !namespaces.contains(rule.namespace) { namespaces.append(rule.namespace) }
        return namespaces.map { namespace in
            let title = namespace.map { "# in a Role in the namespace \"\($0)\"" } ?? "# in a ClusterRole"
            return "\(title)\nrules:\n" + entries(rules.filter { $0.namespace == namespace })
        }.joined()
    }

    private static func entries(_ rules: [PermissionRule]) -> String {
        struct Entry {
            var group: String
            var resources: [String]
            var verbs: [String]
            var name: String?
        }
        var entries: [Entry] = []
        for rule in rules {
            let same = entries.firstIndex {
                $0.group == rule.group && $0.verbs == rule.verbs && $0.name == rule.name
            }
            if let same {
                if !entries[same].resources.contains(rule.resourceName) {
                    entries[same].resources.append(rule.resourceName)
                }
            } else {
                entries.append(
                    Entry(group: rule.group, resources: [rule.resourceName], verbs: rule.verbs, name: rule.name))
            }
        }
        func list(_ words: [String]) -> String { "[" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }
        return entries.map { entry in
            "- apiGroups: \(list([entry.group]))\n  resources: \(list(entry.resources))\n"
                + (entry.name.map { "  resourceNames: \(list([$0]))\n" } ?? "") + "  verbs: \(list(entry.verbs))\n"
        }.joined()
    }
}
