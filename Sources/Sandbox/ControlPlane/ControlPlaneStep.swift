import KubeClient

/// What the built-in controllers together do next, given what there is.
///
/// Pure but for the names of new pods.
enum ControlPlaneStep {
    static func writes(
        for cluster: ClusterSnapshot, now: String, suffix: () -> String
    ) -> [ControllerWrite] {
        var writes: [ControllerWrite] = []
        let setsByOwner = Dictionary(grouping: cluster.replicaSets) { $0.controllerUID ?? "" }
        let podsByOwner = Dictionary(grouping: cluster.pods) { $0.controllerUID ?? "" }
        for deployment in cluster.deployments {
            let sets = setsByOwner[deployment.uid] ?? []
            let controller = DeploymentController(
                deployment: deployment, replicaSets: sets, pods: sets.flatMap { podsByOwner[$0.uid] ?? [] }, now: now)
            writes += controller.writes()
        }
        withoutActuallyEscaping(suffix) { suffix in
            for set in cluster.replicaSets {
                writes += ReplicaSetController(replicaSet: set, pods: podsByOwner[set.uid] ?? [], suffix: suffix)
                    .writes()
            }
        }
        return writes
    }
}
