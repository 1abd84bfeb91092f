import ControllerKit
import KubeClient
import Logging

/// Resumes the Deployments that Reloader has paused when their time has come, whichever process has paused them.
///
/// The deadline follows from the object (``DeploymentPause``), so a restart or a takeover loses none. A resume is tried until
/// it is done, or has become pointless.
struct PauseReconciler: Reconciler {
    let caches: ClusterCaches
    let client: KubeClient
    let keys: AnnotationKeys
    let metrics: ReloadMetrics
    let wallClock: @Sendable () -> Timestamp
    let logger: Logger

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        let key = WorkloadKey(.deployment, key)
        if let known = caches.watched(key) {
            switch DeploymentPause(known, keys).step(at: wallClock()) {
            case .nothing: return .done
            case .wait(let remainder):
                context.logger.debug("paused", metadata: ["resumesIn": "\(remainder)"])
                return .again(after: remainder)
            case .resume, .forget: break
            }
        }
        // Read anew: what is known may be older than the pause of somebody else.
        let subject = try await logger.tellingFailure(toGet: key.kind) { () throws(KubeError) in
            try await client.subject(key)
        }
        guard let current = subject?.workload else { return .done }
        switch DeploymentPause(current, keys).step(at: wallClock()) {
        case .nothing: return .done
        case .wait(let remainder): return .again(after: remainder)
        case .forget:
            logger.info("Deployment \(Self.name(of: current)) not paused by Reloader. Skipping resume")
            try await patch(key, PausePatch.forget(keys))
        case .resume(let reason): try await resume(current, reason)
        }
        return .done
    }

    private func resume(_ workload: Workload, _ reason: DeploymentPause.Reason) async throws {
        if DeploymentPause(workload, keys).isOverdue(at: wallClock()) {
            logger.info(
                "Pause period for deployment \(Self.name(of: workload)) has expired. Resuming immediately")
        }
        do {
            try await patch(workload.key, PausePatch.resume(keys))
        } catch let error as KubeError where error.code != .cancelled {
            metrics.paused(.resume, succeeded: false)
            logger.error("Failed to resume deployment \(Self.name(of: workload)): \(error)")
            throw error
        }
        metrics.paused(.resume, succeeded: true)
        logger.info(
            "Successfully resumed deployment \(Self.name(of: workload))", metadata: ["reason": "\(reason.rawValue)"])
    }

    private func patch(_ key: WorkloadKey, _ patch: Patch) async throws {
        do throws(KubeError) {
            try await client.resource(key.kind.resource, as: ObjectMetadata.self).patch(key.object, patch, .reload)
        } catch {
            // Deleted meanwhile, and its pause with it.
            if !error.isNotFound { throw error }
        }
    }

    private static func name(of workload: Workload) -> String {
        "'\(workload.name)' in namespace '\(workload.namespace)'"
    }
}
