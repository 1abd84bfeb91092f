package import KubeClient

/// The discovery documents of a registry.
///
/// Source: `/api`, `/apis` and what is below, API concepts.
package struct Discovery: Sendable {
    private let registry: KindRegistry

    /// Documents over these kinds.
    package init(_ registry: KindRegistry) { self.registry = registry }

    /// The content type of ``aggregated(core:)``.
    package static let aggregatedType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

    /// `GET /api`.
    package func coreVersions(serverAddress: String) -> JSONValue {
        let address = JSONValue.dict(
            ("clientCIDR", .string("0.0.0.0/0")), ("serverAddress", .string(serverAddress)))
        return .dict(
            ("kind", .string("APIVersions")), ("versions", .array(versions(of: "").map(JSONValue.string))),
            ("serverAddressByClientCIDRs", .array([address])))
    }

    /// `GET /apis`.
    package func groupList() -> JSONValue {
        .dict(
            ("kind", .string("APIGroupList")), ("apiVersion", .string("v1")),
            ("groups", .array(groups.map { .object(JSONObject(groupMembers($0))) })))
    }

    /// `GET /apis/{group}`; nil when nothing is served there.
    package func group(_ name: String) -> JSONValue? {
        guard !name.isEmpty, groups.contains(name) else { return nil }
        return .object(
            JSONObject([("kind", .string("APIGroup")), ("apiVersion", .string("v1"))] + groupMembers(name)))
    }

    /// `GET /api/{version}` and `GET /apis/{group}/{version}`; nil when nothing is served there.
    package func resourceList(group: String, version: String) -> JSONValue? {
        let kinds = kinds(group, version)
        guard !kinds.isEmpty else { return nil }
        var list = JSONObject()
        list["kind"] = .string("APIResourceList")
        // The core group's document is older than apiVersion on these lists.
        if !group.isEmpty { list["apiVersion"] = .string("v1") }
        list["groupVersion"] = .string(group.isEmpty ? version : "\(group)/\(version)")
        list["resources"] = .array(kinds.flatMap { entries($0) })
        return .object(list)
    }

    /// The aggregated form (`apidiscovery.k8s.io/v2`) of `GET /api` or `GET /apis`.
    package func aggregated(core: Bool) -> JSONValue {
        let items = (core ? [""] : groups).map { group in
            let versions = versions(of: group).map { version in
                JSONValue.dict(
                    ("version", .string(version)),
                    ("resources", .array(kinds(group, version).map { aggregatedEntry($0) })),
                    ("freshness", .string("Current")))
            }
            return JSONValue.dict(
                ("metadata", group.isEmpty ? .dict() : .dict(("name", .string(group)))), ("versions", .array(versions)))
        }
        return .dict(
            ("kind", .string("APIGroupDiscoveryList")), ("apiVersion", .string("apidiscovery.k8s.io/v2")),
            ("metadata", .dict()), ("items", .array(items)))
    }

    /// The named groups, in order of registration.
    var groups: [String] {
        registry.kinds.map(\.resource.group).reduce(into: []) { groups, group in
            if !group.isEmpty, !groups.contains(group) { groups.append(group) }
        }
    }

    func versions(of group: String) -> [String] {
        registry.kinds.map(\.resource).reduce(into: []) { versions, resource in
            if resource.group == group, !versions.contains(resource.version) { versions.append(resource.version) }
        }
    }

    func kinds(_ group: String, _ version: String) -> [ResourceKind] {
        registry.kinds.filter { $0.resource.group == group && $0.resource.version == version }
            .sorted { bytesPrecede($0.resource.plural, $1.resource.plural) }
    }

    private func groupMembers(_ group: String) -> [(String, JSONValue)] {
        let versions = versions(of: group).map { version in
            JSONValue.dict(("groupVersion", .string("\(group)/\(version)")), ("version", .string(version)))
        }
        return [
            ("name", .string(group)), ("versions", .array(versions)), ("preferredVersion", versions.first ?? .null),
        ]
    }

    private func entries(_ kind: ResourceKind) -> [JSONValue] {
        var main = JSONObject([
            ("name", .string(kind.resource.plural)), ("singularName", .string(kind.singular)),
            ("namespaced", .bool(kind.resource.isNamespaced)), ("kind", .string(kind.resource.kind)),
            ("verbs", strings(kind.verbs)),
        ])
        if !kind.shortNames.isEmpty { main["shortNames"] = strings(kind.shortNames) }
        if !kind.categories.isEmpty { main["categories"] = strings(kind.categories) }
        main["storageVersionHash"] = kind.storageVersionHash.map(JSONValue.string)
        let parts = kind.subresources.map { part in
            var entry = JSONObject([
                ("name", .string("\(kind.resource.plural)/\(part.name)")), ("singularName", .string("")),
                ("namespaced", .bool(kind.resource.isNamespaced)),
            ])
            if !part.group.isEmpty { entry["group"] = .string(part.group) }
            if !part.version.isEmpty { entry["version"] = .string(part.version) }
            entry["kind"] = .string(part.kind)
            entry["verbs"] = strings(part.verbs)
            return JSONValue.object(entry)
        }
        return [.object(main)] + parts
    }

    private func aggregatedEntry(_ kind: ResourceKind) -> JSONValue {
        var entry = JSONObject([
            ("resource", .string(kind.resource.plural)),
            ("responseKind", responseKind("", "", kind.resource.kind)),
            ("scope", .string(kind.resource.isNamespaced ? "Namespaced" : "Cluster")),
            ("singularResource", .string(kind.singular)), ("verbs", strings(kind.verbs)),
        ])
        if !kind.shortNames.isEmpty { entry["shortNames"] = strings(kind.shortNames) }
        if !kind.categories.isEmpty { entry["categories"] = strings(kind.categories) }
        if !kind.subresources.isEmpty {
            entry["subresources"] = .array(
                kind.subresources.map { part in
                    .dict(
                        ("subresource", .string(part.name)),
                        ("responseKind", responseKind(part.group, part.version, part.kind)),
                        ("verbs", strings(part.verbs)))
                })
        }
        return .object(entry)
    }

    private func responseKind(_ group: String, _ version: String, _ kind: String) -> JSONValue {
        .dict(("group", .string(group)), ("version", .string(version)), ("kind", .string(kind)))
    }

    private func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}
