import ControllerKit
import KubeClient
import Logging

/// Gives each site a page, which is deleted with it, and an entry in a directory that all sites share, which is not: for
/// that there is the finalizer.
struct SiteReconciler: Reconciler {
    static let directory = ObjectKey(namespace: "default", name: "directory")

    let sites: Store<Site>
    let api: ResourceClient<Site>
    let configMaps: ResourceClient<ObjectMetadata>
    let events: EventRecorder

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        guard let site = sites[key] else { return .done }
        return try await Finalizer("example.com/directory", api, in: sites).reconcile(site, context) {
            try await publish(site, context)
        } cleanUp: {
            try await setDirectoryEntry(of: site, to: nil)
            return .done
        }
    }

    private func publish(_ site: Site, _ context: ReconcileContext) async throws -> Outcome {
        let owner = OwnerReference(to: site, of: Site.apiResource)
        let page = ObjectKey(namespace: site.id.namespace, name: "\(site.id.name)-page")
        let (_, result) = try await configMaps.createOrPatch(page) { page in
            page["data"] = ["index.html": .string("<h1>\(site.title)</h1>")]
            var owners = [OwnerReference](json: page["metadata"]?["ownerReferences"])
            try owners.set(owner)
            page["metadata"]?["ownerReferences"] = owners.json
        }
        try await setDirectoryEntry(of: site, to: site.title)
        try await report(site, context)
        if result != .unchanged {
            context.logger.info("published")
            events.record(
                RecordedEvent(
                    .normal, regarding: .init(resource: Site.apiResource, key: site.id, uid: site.uid),
                    reason: "Published", message: "The page says \"\(site.title)\"", component: "sites"))
        }
        return .done
    }

    private func setDirectoryEntry(of site: Site, to title: String?) async throws {
        // No namespace has a dot in its name, so that no two sites have the same entry.
        let entry = "\(site.id.namespace ?? "").\(site.id.name)"
        try await configMaps.createOrPatch(Self.directory) { directory in
            directory["data"] = directory["data"] ?? [:]
            directory["data"]?[entry] = title.map(JSONValue.string)
        }
    }

    /// Says in the status what was done, if it does not say so already.
    private func report(_ site: Site, _ context: ReconcileContext) async throws {
        var conditions = site.conditions
        let ready = Condition("Ready", .true, reason: "Published", observedGeneration: site.generation)
        guard conditions.set(ready) else { return }
        let status = Patch.merge(["status": ["conditions": conditions.json]])
        context.wrote(try await api.patch(site.id, status, subresource: .status), to: sites)
    }
}
