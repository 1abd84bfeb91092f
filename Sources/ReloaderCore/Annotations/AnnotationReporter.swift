import ControllerKit
import KubeClient
import Logging
import ServiceLifecycle
import Synchronization

/// Tells once of each annotation that cannot do what it seems to ask for: a line in the log and a Warning Event.
///
/// As soon as the workload is seen, so that nobody has to wait for a reload to learn of it; where workloads are not watched,
/// at the first reload. Only a process that acts tells; what a standby sees, it tells when it begins to act.
final class AnnotationReporter: Service {
    private struct Report: Sendable {
        var workload: WorkloadKey
        var uid: String
        var faults: Set<AnnotationFault>
    }

    private struct State: Sendable {
        /// What is wrong with each workload; most have no entry.
        var known: [WorkloadKey: Set<AnnotationFault>] = [:]
        /// What has yet to be told.
        var held: [WorkloadKey: Report] = [:]
        var isActing = false
    }

    private let policy: ReloadPolicy
    private let recorder: EventRecorder
    private let logger: Logger
    private let state = Mutex(State())

    init(policy: ReloadPolicy, recorder: EventRecorder, logger: Logger) {
        self.policy = policy
        self.recorder = recorder
        self.logger = logger
    }

    /// Has every informer of workloads ask; before they run.
    func observe(_ caches: ClusterCaches) {
        for cache in caches.workloads {
            cache.observe { [self] key, old, new in
                guard let new else { return forget(key) }
                let isSame =
                    old?.annotations == new.annotations && old?.template.annotations == new.template.annotations
                if !isSame { review(new) }
            }
        }
    }

    /// Looks at a workload that is about to be reloaded, or has changed.
    func review(_ workload: Workload) {
        let faults = AnnotationFault.faults(of: workload, policy)
        let report = state.withLock { state -> Report? in
            let news = faults.subtracting(state.known[workload.key] ?? [])
            state.known[workload.key] = faults.isEmpty ? nil : faults
            // What was mended before it was told is not told.
            let told = news.union((state.held[workload.key]?.faults ?? []).intersection(faults))
            let report = told.isEmpty ? nil : Report(workload: workload.key, uid: workload.uid, faults: told)
            state.held[workload.key] = state.isActing ? nil : report
            return state.isActing ? report : nil
        }
        if let report { tell(report) }
    }

    private func forget(_ key: WorkloadKey) {
        state.withLock { state in
            state.known[key] = nil
            state.held[key] = nil
        }
    }

    /// Tells what is to be told for as long as this process acts.
    func run() async throws {
        let held = state.withLock { state in
            state.isActing = true
            defer { state.held = [:] }
            return state.held
        }
        for report in held.values.sorted(by: { $0.workload.description < $1.workload.description }) { tell(report) }
        defer { state.withLock { $0.isActing = false } }
        // A service that returns ends the program.
        try await untilShutdown()
    }

    private func tell(_ report: Report) {
        let (kind, object) = (report.workload.kind, report.workload.object)
        let name = "\(kind) '\(object.name)' in namespace '\(object.namespace ?? "")'"
        for fault in report.faults.sorted(by: { $0.message(for: "") < $1.message(for: "") }) {
            let message = fault.message(for: name)
            logger.log(level: fault.isError ? .error : .warning, "\(message)")
            recorder.record(
                RecordedEvent(
                    .warning, regarding: .init(resource: kind.resource, key: object, uid: report.uid),
                    reason: "InvalidAnnotation", message: message, component: "reloader"))
        }
    }
}
