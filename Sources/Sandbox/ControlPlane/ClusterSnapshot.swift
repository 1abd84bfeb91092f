import KubeClient

/// What the built-in controllers look at, read in one go.
struct ClusterSnapshot: Sendable {
    var deployments: [Manifest] = []
    var replicaSets: [Manifest] = []
    var pods: [Manifest] = []
}

/// One change that a controller wants made.
enum ControllerWrite: Sendable, Hashable {
    case create(APIResource, JSONValue)
    /// A merge patch.
    case patch(APIResource, ObjectKey, JSONValue)
    /// A merge patch of the status.
    case patchStatus(APIResource, ObjectKey, JSONValue)
    case delete(APIResource, ObjectKey, uid: String)
}

extension Manifest {
    /// Whether a pod counts for its ReplicaSet: neither on its way out nor finished.
    var isActivePod: Bool {
        let phase = json.at("status", "phase")?.string
        return !isBeingDeleted && phase != "Succeeded" && phase != "Failed"
    }

    /// Whether a pod's `Ready` condition holds.
    var isReadyPod: Bool {
        isActivePod
            && json.at("status", "conditions")?.elements.contains {
                $0.at("type")?.string == "Ready" && $0.at("status")?.string == "True"
            } == true
    }
}
