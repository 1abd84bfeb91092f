/// What kinds of objects a server has; see ``KubeClient/discover(maxAge:)``.
public struct APICatalogue: Sendable {
    /// One resource in one version.
    public struct Entry: Hashable, Sendable {
        /// The resource.
        public var resource: APIResource
        /// The name of one object in lower case, such as `deployment`; may be empty.
        public var singular: String
        /// What people type, such as `deploy`.
        public var shortNames: [String]
        /// What else it is found under, such as `all`.
        public var categories: [String]
        /// What can be done with it, such as `get`, `list` and `watch`.
        public var verbs: [String]
        /// The parts with endpoints of their own.
        public var subresources: [Subresource]
        /// Whether the server prefers this version of the group.
        public var isPreferredVersion: Bool
    }

    /// The resources: the core group first, then as the server orders groups, preferred versions first.
    public let entries: [Entry]
    /// What could not be asked, by `apiVersion`; mostly aggregated servers that are down.
    public let failures: [String: KubeError]

    /// The resource that people mean by a name: its plural, singular or kind, or a short name, in any case.
    ///
    /// `deployments`, `Deployment` and `deploy` are the same; `deployments.apps` and `deployments.v1.apps` say more. Where several
    /// groups have the name, the first group counts, as in kubectl.
    public func resource(named name: String) -> APIResource? {
        let name = name.lowercased()
        guard !name.isEmpty else { return nil }
        let places: [(Entry) -> Bool] = [
            { $0.resource.plural == name }, { $0.singular == name }, { $0.resource.kind.lowercased() == name },
            { $0.shortNames.contains(name) },
        ]
        for isMatch in places { if let entry = entries.first(where: isMatch) { return entry.resource } }
        guard let dot = name.firstIndex(of: ".") else { return nil }
        let rest = name[name.index(after: dot)...]
        let inGroup = entries.filter { entry in
            let (group, version) = (entry.resource.group, entry.resource.version)
            return rest == group || rest == "\(version).\(group)" || (group.isEmpty && rest == version)
        }
        return APICatalogue(entries: inGroup, failures: [:]).resource(named: String(name[..<dot]))
    }

    /// The resource whose objects have this `apiVersion` and `kind`, as every object says of itself.
    public func resource(kind: String, apiVersion: String) -> APIResource? {
        entries.first { $0.resource.kind == kind && $0.resource.apiVersion == apiVersion }?.resource
    }

    /// The entry of a resource, for its verbs and subresources.
    public subscript(resource: APIResource) -> Entry? { entries.first { $0.resource == resource } }
}
