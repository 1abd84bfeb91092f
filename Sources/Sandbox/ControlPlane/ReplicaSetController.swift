import KubeClient

/// Plays the ReplicaSet controller: as many pods as asked for.
///
/// Pure, like ``DeploymentController``.
struct ReplicaSetController {
    var replicaSet: Manifest
    /// The pods that the ReplicaSet owns.
    var pods: [Manifest]
    /// Makes the last five characters of a new pod's name.
    var suffix: () -> String

    /// The next writes; none when spec and state agree.
    func writes() -> [ControllerWrite] {
        guard !replicaSet.isBeingDeleted else { return [] }
        let active = pods.filter(\.isActivePod)
        let desired = replicaSet.json.at("spec", "replicas")?.int ?? 1
        var writes: [ControllerWrite] = []
        for _ in 0..<max(0, desired - active.count) { writes.append(.create(.pods, pod())) }
        // Those that serve nobody first, then the youngest.
        let victims = active.sorted {
            $0.isReadyPod == $1.isReadyPod ? $0.creationTimestamp > $1.creationTimestamp : !$0.isReadyPod
        }
        for pod in victims.prefix(max(0, active.count - desired)) {
            writes.append(.delete(.pods, pod.key, uid: pod.uid))
        }
        return writes + status(active)
    }

    private func pod() -> JSONValue {
        let template = replicaSet.json.at("spec", "template") ?? .null
        return .make(
            ("apiVersion", .string("v1")), ("kind", .string("Pod")),
            (
                "metadata",
                .make(
                    ("name", .string("\(replicaSet.name)-\(suffix())")),
                    ("generateName", .string("\(replicaSet.name)-")),
                    ("namespace", replicaSet.namespace.map { .string($0) }),
                    ("labels", template.at("metadata", "labels")),
                    ("annotations", template.at("metadata", "annotations")),
                    ("ownerReferences", .array([replicaSet.controllerReference(as: .replicaSets)])))
            ),
            // There is one node, so the scheduler's part is done here.
            ("spec", (template.at("spec") ?? .null).replacing("nodeName", with: .string(sandboxNodeName))))
    }

    private func status(_ active: [Manifest]) -> [ControllerWrite] {
        let ready = active.count(where: \.isReadyPod)
        let after = JSONValue.make(
            ("replicas", .make(active.count)), ("fullyLabeledReplicas", .nonZero(active.count)),
            ("readyReplicas", .nonZero(ready)), ("availableReplicas", .nonZero(ready)),
            ("observedGeneration", .make(replicaSet.generation)))
        return statusPatch(from: replicaSet.json.at("status") ?? .make([:]), to: after).map {
            [.patchStatus(.replicaSets, replicaSet.key, $0)]
        } ?? []
    }
}

/// The name of the only node.
let sandboxNodeName = "sandbox"
