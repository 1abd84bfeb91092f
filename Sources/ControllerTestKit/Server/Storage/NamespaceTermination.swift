import KubeClient

/// What the namespace controller does about a namespace that is being deleted.
extension ServerState {
    /// Deletes what is in a namespace, says in its status what is left, and removes it when nothing is.
    mutating func emptyNamespace(_ namespace: StoredObject, at address: ObjectAddress) {
        for content in addresses(inNamespace: namespace.key.name) {
            guard let object = object(at: content), !object.isTerminating,
                let kind = kinds.kind(storedIn: content.collection)
            else { continue }
            _ = try? delete(object, at: content, kind, DeleteParameters(propagation: .background))
        }
        let rest = addresses(inNamespace: namespace.key.name)
        var json = namespace.json
        setConditions(of: &json, remaining: rest)
        if json != namespace.json {
            store(json, of: namespace.json, at: address, by: "kube-controller-manager", subresource: "status")
        }
        guard rest.isEmpty, namespace.meta.finalizers.isEmpty, let last = object(at: address) else { return }
        removeAndNote(last, at: address)
    }

    private func setConditions(of namespace: inout JSONValue, remaining: [ObjectAddress]) {
        let resources = counted(remaining.map(\.collection)).map { name, count in
            "\(name.contains(".") ? name : name + ".") has \(count) resource instances"
        }
        let finalizers = counted(remaining.flatMap { object(at: $0)?.meta.finalizers ?? [] }).map { name, count in
            "\(name) in \(count) resource instances"
        }
        namespace.setCondition(
            "NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered",
            "All resources successfully discovered", at: now)
        namespace.setCondition(
            "NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions",
            "All legacy kube types successfully parsed", at: now)
        namespace.setCondition(
            "NamespaceDeletionContentFailure", false, "ContentDeleted",
            "All content successfully deleted, may be waiting on finalization", at: now)
        namespace.setCondition(
            "NamespaceContentRemaining", !resources.isEmpty,
            resources.isEmpty ? "ContentRemoved" : "SomeResourcesRemain",
            resources.isEmpty
                ? "All content successfully removed"
                : "Some resources are remaining: \(resources.joined(separator: ", "))", at: now)
        namespace.setCondition(
            "NamespaceFinalizersRemaining", !finalizers.isEmpty,
            finalizers.isEmpty ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
            finalizers.isEmpty
                ? "All content-preserving finalizers finished"
                : "Some content in the namespace has finalizers remaining: \(finalizers.joined(separator: ", "))",
            at: now)
    }

    private func counted(_ names: [String]) -> [(String, Int)] {
        Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).sorted { bytesPrecede($0.key, $1.key) }
            .map { ($0.key, $0.value) }
    }
}
