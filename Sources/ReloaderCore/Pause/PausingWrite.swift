import ControllerKit
import KubeClient
import Logging
import Synchronization

/// Pauses a Deployment before its template is written, where an annotation asks for it: all reloads of the pause period
/// become one rollout.
///
/// Two patches, in v1.4.21's order. A process that ends between them leaves a paused Deployment with an unchanged template,
/// which is resumed in time like any other.
final class PausingWrite: WorkloadWriter {
    private let base: any WorkloadWriter
    private let client: KubeClient
    private let keys: AnnotationKeys
    private let wallClock: @Sendable () -> Timestamp
    private let pauses: WorkQueue<ObjectKey>
    private let metrics: ReloadMetrics
    private let logger: Logger
    /// Paused for a reload that has not been written since: the state that a retry plans on may be older.
    private let begun = Mutex<Set<WorkloadKey>>([])

    /// `pauses` is told of each pause, for where Deployments are not watched.
    init(
        _ base: any WorkloadWriter, client: KubeClient, keys: AnnotationKeys,
        wallClock: @escaping @Sendable () -> Timestamp, pauses: WorkQueue<ObjectKey>, metrics: ReloadMetrics,
        logger: Logger
    ) {
        self.base = base
        self.client = client
        self.keys = keys
        self.wallClock = wallClock
        self.pauses = pauses
        self.metrics = metrics
        self.logger = logger
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome {
        let key = subject.workload.key
        if write != nil {
            switch DeploymentPause(subject.workload, keys).beforeReload {
            case .nothing: break
            case .isPaused: logger.info("\(name(of: subject.workload)) already paused")
            case .pause(let text, let duration):
                guard begun.withLock({ !$0.contains(key) }) else { break }
                guard try await pause(subject.workload, text) else { return .gone }
                begun.withLock { _ = $0.insert(key) }
                pauses.add(key.object, after: duration)
            }
        }
        let outcome = try await base.perform(write, on: subject)
        begun.withLock { _ = $0.remove(key) }
        return outcome
    }

    /// False when the Deployment is gone.
    private func pause(_ workload: Workload, _ period: String) async throws(KubeError) -> Bool {
        logger.info("Pausing \(name(of: workload)) for \(period)")
        do throws(KubeError) {
            try await client.resource(workload.kind.resource, as: ObjectMetadata.self)
                .patch(workload.key.object, PausePatch.pause(at: wallClock(), keys), .reload)
            metrics.paused(.pause, succeeded: true)
            return true
        } catch {
            if error.isNotFound { return false }
            guard error.code != .cancelled else { throw error }
            metrics.paused(.pause, succeeded: false)
            logger.error("Failed to pause deployment '\(workload.name)' in namespace '\(workload.namespace)': \(error)")
            throw error
        }
    }

    private func name(of workload: Workload) -> String {
        "Deployment '\(workload.name)' in namespace '\(workload.namespace)'"
    }
}
