import KubeClient

extension ServerState {
    /// The `autoscaling/v1 Scale` view of a workload.
    func scale(of object: JSONValue, _ kind: ResourceKind) -> JSONValue {
        var metadata = JSONObject()
        for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[name] = object["metadata", name]
        }
        let replicas = object.value(at: kind.scalePaths?.specReplicas ?? ["spec", "replicas"])?.int ?? 0
        var status = JSONObject()
        status["replicas"] = .int(
            object.value(at: kind.scalePaths?.statusReplicas ?? ["status", "replicas"])?.int ?? 0)
        let labels = object["spec", "selector", "matchLabels"]?.object?.members ?? []
        let selector = labels.map { "\($0.name)=\($0.value.string ?? "")" }.sorted().joined(separator: ",")
        if let paths = kind.scalePaths {
            status["selector"] = paths.selector.flatMap { object.value(at: $0) }
        } else if !selector.isEmpty {
            status["selector"] = .string(selector)
        }
        return .dict(
            ("kind", .string("Scale")), ("apiVersion", .string("autoscaling/v1")), ("metadata", .object(metadata)),
            ("spec", replicas == 0 ? .dict() : .dict(("replicas", .int(replicas)))), ("status", .object(status)))
    }

    /// The workload with the replica count of a Scale.
    func scaled(_ object: StoredObject, by scale: JSONValue, _ kind: ResourceKind) throws(APIFailure) -> JSONValue {
        let replicas = scale["spec", "replicas"]?.int ?? 0
        guard replicas >= 0 else {
            throw .invalid(
                group: "autoscaling", kind: "Scale", name: object.key.name,
                [.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0")])
        }
        var json = object.json
        json.set(.int(replicas), at: kind.scalePaths?.specReplicas ?? ["spec", "replicas"])
        return json
    }
}
