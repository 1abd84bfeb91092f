import KubeClient

extension ServerState {
    /// The `autoscaling/v1 Scale` view of a workload.
    func scale(of object: JSONValue) -> JSONValue {
        var metadata = JSONObject()
        for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[name] = object["metadata", name]
        }
        let replicas = object["spec", "replicas"]?.int ?? 0
        var status = JSONObject()
        status["replicas"] = .int(object["status", "replicas"]?.int ?? 0)
        let labels = object["spec", "selector", "matchLabels"]?.object?.members ?? []
        let selector = labels.map { "\($0.name)=\($0.value.string ?? "")" }.sorted().joined(separator: ",")
        if !selector.isEmpty { status["selector"] = .string(selector) }
        return .dict(
            ("kind", .string("Scale")), ("apiVersion", .string("autoscaling/v1")), ("metadata", .object(metadata)),
            ("spec", replicas == 0 ? .dict() : .dict(("replicas", .int(replicas)))), ("status", .object(status)))
    }

    /// The workload with the replica count of a Scale.
    func scaled(_ object: StoredObject, by scale: JSONValue) throws(APIFailure) -> JSONValue {
        let replicas = scale["spec", "replicas"]?.int ?? 0
        guard replicas >= 0 else {
            throw .invalid(
                group: "autoscaling", kind: "Scale", name: object.key.name,
                [.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0")])
        }
        var json = object.json
        json.modify("spec", creating: true) { $0.set("replicas", .int(replicas)) }
        return json
    }
}
