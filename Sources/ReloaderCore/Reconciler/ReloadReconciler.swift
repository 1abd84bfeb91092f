import ControllerKit
import KubeClient
import Logging

/// Makes one workload run with the present content of the configs that it uses: one write, whatever the number of configs.
struct ReloadReconciler: Reconciler {
    typealias Key = WorkloadKey

    // What a watch may take to tell of a Job that was just created.
    private static let lag = Duration.milliseconds(250)

    let coordinator: ReloadCoordinator
    let writers: WorkloadWriters
    let recorder: EventRecorder
    let annotations: AnnotationReporter
    let alerts: AlertSender?
    let wallClock: @Sendable () -> Timestamp
    let logger: Logger

    func reconcile(_ key: WorkloadKey, _ context: ReconcileContext) async throws -> Outcome {
        let writer = writers[key.kind.writeMethod]
        // The cache no longer has a Job that is between its deletion and its creation.
        if let unfinished = writer.unfinished(key) {
            return try await measured(context, []) {
                try await reload(unfinished, coordinator.causes(for: key), writer, context)
            }
        }
        switch coordinator.next(for: key) {
        case .nothing: return .done
        case .wait(let delay): return .again(after: delay)
        case .reload(let causes):
            guard let workload = coordinator.workload(key) else {
                coordinator.forgetIfGone(key)
                return .done
            }
            let isFresh = coordinator.hasTried(key) || context.isCacheBehind
            return try await measured(context, causes.values.map(\.since)) {
                let subject = try await logger.tellingFailure(toGet: workload.kind) { () throws(KubeError) in
                    try await writer.subject(workload, isFresh: isFresh)
                }
                guard let subject else {
                    settle(causes, with: contents(of: causes), for: key)
                    return (.done, false)
                }
                // What it shows may be news to the watch, and the next reload must not be planned on less.
                if isFresh { waitForCache(subject.workload.resourceVersion, of: key, context) }
                let arrived = coordinator.settleTried(by: subject)
                report(arrived, subject.workload, causes, took: .zero)
                return try await reload(subject, coordinator.causes(for: key), writer, context)
            }
        }
    }

    /// Has the next reload of a workload wait until the watch has told of a version.
    private func waitForCache(_ version: ResourceVersion, of key: WorkloadKey, _ context: ReconcileContext) {
        context.wrote { [coordinator] in coordinator.shows(version, of: key) }
    }

    private typealias Causes = [ConfigKey: PendingReloads.Cause]

    /// Counts a look at a workload; `body` says whether it wrote anything.
    private func measured(
        _ context: ReconcileContext, _ causes: [Duration],
        _ body: () async throws -> (outcome: Outcome, hasWritten: Bool)
    ) async throws -> Outcome {
        let start = coordinator.now
        func count(_ result: ReloadMetrics.Reconciliation) {
            coordinator.metrics.reconciled(
                result, waited: causes.min().map { start - $0 }, took: coordinator.now - start,
                isRetry: context.attempt > 1)
        }
        do {
            let (outcome, hasWritten) = try await body()
            count(hasWritten ? .success : .skipped)
            return outcome
        } catch {
            if !(error is CancellationError) { count(.error) }
            throw error
        }
    }

    private func reload(
        _ subject: ReloadSubject, _ causes: Causes, _ writer: any WorkloadWriter, _ context: ReconcileContext
    ) async throws -> (outcome: Outcome, hasWritten: Bool) {
        let workload = subject.workload
        annotations.review(workload)
        // Read once: what is planned, written and settled must be the same contents.
        let current = contents(of: causes)
        let plan = ReloadPlan(
            workload, dueChanges(for: workload, causes, current), strategy: coordinator.options.strategy,
            observedAt: Int(wallClock().seconds), keys: coordinator.options.annotationKeys)
        for (config, skip) in plan.skipped.sorted(by: { $0.key.description < $1.key.description }) {
            coordinator.skip(.strategyNotUpdated, config, for: workload.key, because: skip.sentence)
        }
        // Before the write: an annotation will name its change, and no longer theirs.
        settle(causes.filter { plan.skipped[$0.key] != nil }, with: current, for: workload.key)
        var outcome: WriteOutcome?
        if plan.write != nil || writer.unfinished(workload.key) != nil {
            outcome = try await perform(plan.write, on: subject, causes, writer, context)
            if case .again(let delay) = outcome { return (.again(after: delay), false) }
        }
        settle(causes, with: current, for: workload.key)
        coordinator.forgetTried(workload.key)
        // What changed while a Job was away found nobody in the index, a config that was gone and came back with the content
        // that it had brought no news, nor does one that goes where deletions do not count: none has an entry in the queue.
        let left = coordinator.causes(for: workload.key).keys
        let isUnannounced =
            outcome == .done || current.count < causes.count || left.contains { coordinator.caches.config($0) == nil }
        return (!left.isEmpty && isUnannounced ? .again(after: Self.lag) : .done, plan.write != nil)
    }

    private func contents(of causes: Causes) -> [ConfigKey: ConfigObject] {
        causes.keys.reduce(into: [:]) { $0[$1] = coordinator.caches.config($1) }
    }

    /// What changed while the request was under way stays due, and has its own entry in the queue.
    private func settle(_ causes: Causes, with current: [ConfigKey: ConfigObject], for key: WorkloadKey) {
        coordinator.settle(causes.keys.map { ($0, current[$0]?.fingerprint) }, for: key)
    }

    /// The causes that the policy stands by, oldest first, with the content of this moment.
    private func dueChanges(
        for workload: Workload, _ causes: Causes, _ current: [ConfigKey: ConfigObject]
    ) -> [ConfigChange] {
        causes.compactMap { key, cause -> ConfigChange? in
            let current = current[key]
            if cause.isBaselineKnown, current?.fingerprint == cause.baseline {
                coordinator.skip(.contentRestored, key, for: workload.key)
                return nil
            }
            if current == nil, !coordinator.options.reloadOnDelete {
                coordinator.skip(.eventNotEnabled, key, for: workload.key)
                return nil
            }
            let decision = coordinator.decide(workload, current ?? cause.config)
            guard let mode = decision.mode else {
                coordinator.skip(decision, key, workload.key)
                return nil
            }
            return coordinator.configChange(key, current, mode, for: workload, version: cause.version(of: current))
        }
        .sorted { $0.isOlder(than: $1) }
    }

    /// Sends what was planned, and tells what came of it.
    private func perform(
        _ write: ReloadWrite?, on subject: ReloadSubject, _ causes: Causes, _ writer: any WorkloadWriter,
        _ context: ReconcileContext
    ) async throws -> WriteOutcome {
        let start = coordinator.now
        let workload = subject.workload
        let outcome: WriteOutcome
        do throws(KubeError) {
            outcome = try await writer.perform(write, on: subject)
        } catch {
            if let write { coordinator.tried(write, error) }
            guard error.code != .cancelled else { throw error }
            report(error, write, workload, took: coordinator.now - start)
            throw error
        }
        if case .written(let version) = outcome { waitForCache(version, of: workload.key, context) }
        switch outcome {
        case .written, .done: report(write?.changes ?? [], workload, causes, took: coordinator.now - start)
        case .gone, .again: break
        }
        return outcome
    }

    private func report(_ changes: [ConfigChange], _ workload: Workload, _ causes: Causes, took: Duration) {
        guard !changes.isEmpty else { return }
        coordinator.metrics.wrote(workload.key, succeeded: true, took: took)
        for change in changes {
            let latency = causes[change.config].map { coordinator.now - $0.since } ?? took
            logger.info(
                "\(ReloadMessage.detected([change.config])); updated \(ReloadMessage.of(workload))",
                metadata: metadata(
                    ["strategy": "\(coordinator.options.strategy.rawValue)", "latency": "\(latency.milliseconds)ms"]))
            alerts?.send(AlertMessage(config: change.config, workload: workload.key))
        }
        let configs = changes.map(\.config)
        let mark = coordinator.options.dryRun ? "Dry run, nothing was written: " : ""
        record(
            .normal, "Reloaded",
            "\(mark)\(ReloadMessage.detected(configs)), Updated \(ReloadMessage.of(workload))", configs, workload)
    }

    private func metadata(_ metadata: Logger.Metadata) -> Logger.Metadata {
        coordinator.options.dryRun ? metadata.merging(["dryRun": "true"]) { $1 } : metadata
    }

    private func report(_ error: KubeError, _ write: ReloadWrite?, _ workload: Workload, took: Duration) {
        coordinator.metrics.wrote(workload.key, succeeded: false, took: took)
        let message = "Update for \(ReloadMessage.of(workload)) failed with error \(error)"
        let configs = write?.changes.map(\.config) ?? []
        logger.error(
            "\(message)", metadata: ["configs": "\(configs.map(\.description).joined(separator: ", "))"])
        for config in configs { logger.error("Rolling upgrade for '\(config.name)' failed with error = \(error)") }
        record(.warning, "ReloadFail", message, configs, workload)
    }

    private func record(
        _ severity: RecordedEvent.Severity, _ reason: String, _ message: String, _ configs: [ConfigKey],
        _ workload: Workload
    ) {
        guard let first = configs.first else { return }
        recorder.record(
            RecordedEvent(
                severity,
                regarding: .init(resource: workload.kind.resource, key: workload.key.object, uid: workload.uid),
                reason: reason, message: message, component: first.type.eventSource))
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
