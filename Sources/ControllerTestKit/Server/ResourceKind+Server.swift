import KubeClient

/// What storage and handlers ask of a kind beyond its own rules.
extension ResourceKind {
    /// The name of the kind's collection in the store.
    var collection: String { storedResource.qualifiedName }
    func address(of key: ObjectKey) -> ObjectAddress { ObjectAddress(collection: collection, key: key.description) }

    var isNamespace: Bool { resource.plural == "namespaces" && resource.group.isEmpty }
    var isPod: Bool { resource.plural == "pods" && resource.group.isEmpty }
    var isDefinition: Bool { collection == ServerState.definitions }
    private var isJob: Bool { resource.plural == "jobs" && resource.group == "batch" }

    /// What happens to dependents when a deletion does not say.
    var defaultPropagation: DeleteParameters.Propagation { isJob ? .orphan : .background }

    /// Warnings for a deletion that does not say what becomes of dependents.
    var deletionWarnings: [String] {
        guard isJob else { return [] }
        return [
            "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove "
                + "them or set propagationPolicy=Orphan to suppress this warning"
        ]
    }

    /// Whether something other than `metadata.finalizers` keeps an object that is being deleted: the finalizers that
    /// Namespaces have in their spec.
    func isHeldBySpec(_ object: JSONValue) -> Bool {
        isNamespace && !(object["spec", "finalizers"]?.array ?? []).isEmpty
    }

    /// How long a deleted object may take to stop.
    ///
    /// Only pods on a node take time.
    func gracePeriodSeconds(of object: JSONValue, asked: Int?) -> Int {
        guard isPod, !(object["spec", "nodeName"]?.string ?? "").isEmpty else { return 0 }
        if ["Succeeded", "Failed"].contains(object["status", "phase"]?.string ?? "") { return 0 }
        return asked ?? object["spec", "terminationGracePeriodSeconds"]?.int ?? 30
    }

    /// An object under this version's name and with the names of its members; versions differ in nothing else.
    func inOwnVersion(_ object: JSONValue) -> JSONValue {
        guard hasOtherForms, let version = object["apiVersion"]?.string, version != resource.apiVersion else {
            return object
        }
        var object = object
        object.set("apiVersion", .string(resource.apiVersion))
        if renamedMembers.isEmpty { return object }
        for (own, other) in renamedMembers { object.rename(other, to: own) }
        return inPrintedForm(object)
    }

    /// The kind that the `scale` subresource speaks.
    static let scale = ResourceKind(
        APIResource(group: "autoscaling", version: "v1", plural: "scales", kind: "Scale"))
}

extension ResourceKind {
    /// The object with its fields in order; one that does not fit its type is left alone.
    func inPrintedForm(_ object: JSONValue) -> JSONValue { (try? printed(object))?.value ?? object }
}
