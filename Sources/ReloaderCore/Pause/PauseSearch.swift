import ControllerKit
import KubeClient
import Logging

/// Finds the Deployments that Reloader has paused where the account may list but not watch them: one list for each part of
/// the cluster, at start and whenever this process begins to lead.
struct PauseSearch: Reconciler {
    let caches: ClusterCaches
    let keys: AnnotationKeys
    /// Where what is found goes.
    let pauses: WorkQueue<ObjectKey>

    func reconcile(_ scope: Scope, _ context: ReconcileContext) async throws -> Outcome {
        guard let cache = caches.deployments.first(where: { $0.scope == scope }), cache.isRefused() else {
            return .done
        }
        do throws(KubeError) {
            let found = try await cache.list(scope) { [keys] in DeploymentPause($0, keys).concerns }
            for workload in found { pauses.add(workload.key.object) }
        } catch {
            guard error.isForbidden || error.isNotFound else { throw error }
            context.logger.debug("Deployments are off here", metadata: ["error": "\(error)"])
        }
        return .done
    }
}

extension ClusterCaches {
    /// The informers of Deployments, one for each part of the cluster.
    fileprivate var deployments: [Workloads] { workloads.filter { $0.kind == .deployment } }

    /// The parts of the cluster whose Deployments have to be listed.
    var scopesWithListedDeployments: [Scope] { deployments.filter { $0.isRefused() }.map(\.scope) }
}
