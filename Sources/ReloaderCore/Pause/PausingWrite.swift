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
    /// What was paused for a reload that has not been written since: the state that a retry plans on may be older.
    private let begun = Mutex<[WorkloadKey: Begun]>([:])

    private struct Begun: Sendable {
        var uid: String
        var end: Timestamp
    }

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

    func subject(_ workload: Workload, isFresh: Bool) async throws(KubeError) -> ReloadSubject? {
        // What was paused for an earlier reload says nothing about this one.
        if !isFresh { begun.withLock { $0[workload.key] = nil } }
        return try await base.subject(workload, isFresh: isFresh)
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome {
        let key = subject.workload.key
        if write != nil {
            switch DeploymentPause(subject.workload, keys).beforeReload {
            case .nothing: break
            case .isPaused:
                logger.info("\(name(of: subject.workload)) already paused")
                // It may be the pause of an earlier try, of which nothing else tells where Deployments are not watched.
                if subject.isRead, DeploymentPause(subject.workload, keys).concerns { pauses.add(key.object) }
            case .pause(let text, let duration):
                guard !isBegun(subject.workload) else { break }
                let end = wallClock().advanced(by: duration)
                guard try await pause(subject.workload, text) else { return .gone }
                begun.withLock { $0[key] = Begun(uid: subject.workload.uid, end: end) }
                pauses.add(key.object, after: duration)
            }
        }
        let outcome = try await base.perform(write, on: subject)
        begun.withLock { $0[key] = nil }
        return outcome
    }

    /// Whether an earlier try has paused this incarnation, and the pause still lasts.
    private func isBegun(_ workload: Workload) -> Bool {
        guard let begun = begun.withLock({ $0[workload.key] }) else { return false }
        return begun.uid == workload.uid && begun.end > wallClock()
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
