import ControllerKit
import KubeClient
import Logging

/// Finds the Deployments that Reloader has paused where they are not watched, because the account may only list them or a
/// webhook is told instead: one list for each part of the cluster, at start and whenever this process begins to lead.
struct PauseSearch: Reconciler {
    let caches: ClusterCaches
    let client: KubeClient
    let keys: AnnotationKeys
    /// Where what is found goes.
    let pauses: WorkQueue<ObjectKey>

    func reconcile(_ scope: Scope, _ context: ReconcileContext) async throws -> Outcome {
        guard caches.listsDeployments(in: scope) else { return .done }
        do throws(KubeError) {
            let found = try await client.resource(DeploymentResource.self).list(
                in: scope,
                where: { [keys] in
                    DeploymentPause($0, keys).concerns
                })
            for workload in found { pauses.add(workload.key.object) }
        } catch {
            guard error.isForbidden || error.isNotFound else { throw error }
            context.logger.debug("Deployments are off here", metadata: ["error": "\(error)"])
        }
        return .done
    }
}

extension ClusterCaches {
    /// Whether Deployments of this part of the cluster are not watched.
    func listsDeployments(in scope: Scope) -> Bool {
        workloads.first { $0.kind == .deployment && $0.scope == scope }?.isRefused() ?? true
    }
}
