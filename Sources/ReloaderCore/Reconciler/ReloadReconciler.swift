import ControllerKit
import KubeClient
import Logging

/// Makes the markers of one workload agree with the configs that it uses: at most one request, whatever the number of configs.
struct ReloadReconciler: Reconciler {
    typealias Key = WorkloadKey

    let coordinator: ReloadCoordinator
    let client: KubeClient
    let recorder: EventRecorder
    let alerts: AlertSender?
    let wallClock: @Sendable () -> Timestamp
    let logger: Logger

    func reconcile(_ key: WorkloadKey, _ context: ReconcileContext) async throws -> Outcome {
        switch coordinator.next(for: key) {
        case .nothing: return .done
        case .wait(let delay): return .again(after: delay)
        case .reload(let causes):
            guard let workload = coordinator.workload(key) else {
                coordinator.forgetIfGone(key)
                return .done
            }
            return try await reload(workload, causes)
        }
    }

    private func reload(_ workload: Workload, _ causes: [ConfigKey: PendingReloads.Cause]) async throws -> Outcome {
        // Read once: what is planned, written and settled must be the same contents.
        let current = causes.keys.reduce(into: [ConfigKey: ConfigObject]()) { $0[$1] = coordinator.caches.config($1) }
        let plan = ReloadPlan(
            workload, dueChanges(for: workload, causes, current), strategy: coordinator.options.strategy,
            observedAt: Int(wallClock().seconds), keys: coordinator.options.annotationKeys)
        for config in plan.skipped.keys.sorted(by: { $0.description < $1.description }) {
            coordinator.skip(.strategyNotUpdated, config, for: workload.key)
        }
        if let write = plan.write { try await perform(write, on: workload, causes) }
        // What changed while the request was under way stays due, and has its own entry in the queue.
        coordinator.settle(causes.keys.map { ($0, current[$0]?.fingerprint) }, for: workload.key)
        return .done
    }

    /// The causes that the policy stands by, oldest first, with the content of this moment.
    private func dueChanges(
        for workload: Workload, _ causes: [ConfigKey: PendingReloads.Cause], _ current: [ConfigKey: ConfigObject]
    ) -> [ConfigChange] {
        causes.sorted { ($0.value.since, $0.key.description) < ($1.value.since, $1.key.description) }
            .compactMap { key, cause -> ConfigChange? in
                let current = current[key]
                if current?.fingerprint == cause.baseline {
                    coordinator.skip(.contentRestored, key, for: workload.key)
                    return nil
                }
                if current == nil, !coordinator.options.reloadOnDelete {
                    coordinator.skip(.eventNotEnabled, key, for: workload.key)
                    return nil
                }
                let decision = coordinator.policy.decide(workload, current ?? cause.config)
                guard let mode = decision.mode else {
                    coordinator.skip(decision, key, workload.key)
                    return nil
                }
                return ConfigChange(key, current.map { .updated($0.fingerprint) } ?? .deleted, mode: mode)
            }
    }

    /// Sends the patch; a workload that is gone needs none.
    private func perform(
        _ write: ReloadWrite, on workload: Workload, _ causes: [ConfigKey: PendingReloads.Cause]
    ) async throws {
        let start = coordinator.now
        let resource = client.resource(workload.kind.resource, as: ObjectMetadata.self)
        do throws(KubeError) {
            let written = try await resource.patch(
                workload.key.object, write.patch, .init(fieldManager: ReloaderIdentity.fieldManager))
            coordinator.wrote(written.resourceVersion, to: workload.key)
        } catch {
            if error.isNotFound { return }
            guard error.code != .cancelled else { throw error }
            report(error, write, workload, took: coordinator.now - start)
            throw error
        }
        report(write, workload, causes, took: coordinator.now - start)
    }

    private func report(
        _ write: ReloadWrite, _ workload: Workload, _ causes: [ConfigKey: PendingReloads.Cause], took: Duration
    ) {
        coordinator.metrics.wrote(workload.key, succeeded: true, took: took)
        for change in write.changes {
            let latency = causes[change.config].map { coordinator.now - $0.since } ?? took
            logger.info(
                "\(ReloadMessage.detected([change.config])); updated \(ReloadMessage.of(workload))",
                metadata: ["strategy": "\(write.strategy.rawValue)", "latency": "\(latency.milliseconds)ms"])
            alerts?.send(AlertMessage(config: change.config, workload: workload.key))
        }
        let configs = write.changes.map(\.config)
        record(
            .normal, "Reloaded", "\(ReloadMessage.detected(configs)), Updated \(ReloadMessage.of(workload))", write,
            workload)
    }

    private func report(_ error: KubeError, _ write: ReloadWrite, _ workload: Workload, took: Duration) {
        coordinator.metrics.wrote(workload.key, succeeded: false, took: took)
        let message = "Update for \(ReloadMessage.of(workload)) failed with error \(error)"
        logger.error(
            "\(message)", metadata: ["configs": "\(write.changes.map(\.config.description).joined(separator: ", "))"])
        record(.warning, "ReloadFail", message, write, workload)
    }

    private func record(
        _ severity: RecordedEvent.Severity, _ reason: String, _ message: String, _ write: ReloadWrite,
        _ workload: Workload
    ) {
        guard let first = write.changes.first else { return }
        recorder.record(
            RecordedEvent(
                severity,
                regarding: .init(resource: workload.kind.resource, key: workload.key.object, uid: workload.uid),
                reason: reason, message: message, component: first.config.type.eventSource))
    }
}

/// The sentences that people and tools search logs and Events for; those of v1.4.21 when one config is concerned.
enum ReloadMessage {
    static func detected(_ configs: [ConfigKey]) -> String {
        let names = configs.map { "'\($0.name)' of type '\($0.type.tag)'" }.joined(separator: ", ")
        return "Changes detected in \(names) in namespace '\(configs.first?.namespace ?? "")'"
    }

    static func of(_ workload: Workload) -> String {
        "'\(workload.name)' of type '\(workload.kind.name)' in namespace '\(workload.namespace)'"
    }
}

/// How a Reloader presents itself to the API server.
public enum ReloaderIdentity {
    /// The manager of the fields that reloads write.
    public static let fieldManager = "Reloader"
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 { nanoseconds / 1_000_000 }
}
