import ControllerKit
import CoreMetrics
import KubeClient

/// The metrics of v1.4.21 that this project's reloads feed, under their old names and labels.
struct ReloadMetrics: Sendable {
    private let factory: any MetricsFactory
    let countsByNamespace: Bool

    /// Feeds `factory`; `countsByNamespace` adds the counter that has a series for each namespace.
    init(factory: any MetricsFactory, countsByNamespace: Bool) {
        self.factory = factory
        self.countsByNamespace = countsByNamespace
        if let registry = factory as? PrometheusRegistry { describe(in: registry) }
        // There from the start, because a rate sees nothing of a series that begins with 1.
        for success in ["true", "false"] { begin("reloader_reload_executed_total", ("success", success)) }
        for result in SendResult.allCases { begin("reloader_alerts_total", ("result", result.rawValue)) }
        for result in [SendResult.success, .error] {
            begin("reloader_webhook_calls_total", ("result", result.rawValue))
        }
    }

    /// An informer told of a config.
    func received(_ event: ConfigEvent, of type: ConfigType) { received(event, of: type.watchedResource.plural) }

    /// An informer told of an object of a resource.
    func received(_ event: ConfigEvent, of resource: String) {
        count("reloader_events_received_total", [("event_type", event.metricLabel), ("resource_type", resource)])
    }

    /// What an event came to was passed on to the workloads that it concerns.
    func processed(_ type: ConfigType) {
        count(
            "reloader_events_processed_total",
            [("event_type", "unknown"), ("resource_type", type.watchedResource.plural), ("result", "success")])
    }

    /// A workload was looked at because of a changed config.
    func scanned(_ kind: WorkloadKind) { count("reloader_workloads_scanned_total", [("kind", kind.name)]) }

    /// A cause was queued for a workload.
    func queued() { count("reloader_workqueue_adds_total", []) }

    /// How one look at a workload ended.
    enum Reconciliation: String, Sendable { case success, error, skipped }

    /// A look at a workload ended; `waited` is the time from its first cause to the look.
    func reconciled(_ result: Reconciliation, waited: Duration?, took duration: Duration, isRetry: Bool) {
        let label = ("result", result.rawValue)
        count("reloader_reconcile_total", [label])
        record("reloader_reconcile_duration_seconds", [label], duration)
        if let waited { record("reloader_workqueue_latency_seconds", [], waited) }
        if isRetry { count("reloader_retries_total", []) }
        if result == .error { count("reloader_errors_total", [("type", "handler_error")]) }
    }

    /// Has the length of the queue reported, where metrics are read by a ``PrometheusRegistry``.
    func reportDepth(_ depth: @escaping @Sendable () -> Int) {
        guard let registry = factory as? PrometheusRegistry else { return }
        let gauge = factory.makeMeter(label: "reloader_workqueue_depth", dimensions: [])
        registry.refresh { gauge.set(Int64(depth())) }
    }

    /// A workload or a config was left alone; `reason` is a ``SkipReason`` or the label of a ``Decision/Reason``.
    func skipped(_ reason: String) { count("reloader_skipped_total", [("reason", reason)]) }

    /// A workload was written, or writing it failed.
    func wrote(_ workload: WorkloadKey, succeeded: Bool, took duration: Duration) {
        let success = ("success", succeeded ? "true" : "false")
        count("reloader_reload_executed_total", [success])
        if countsByNamespace {
            count(
                "reloader_reload_executed_total_by_namespace",
                [success, ("namespace", workload.object.namespace ?? "")])
        }
        let kind = ("workload_kind", workload.kind.name)
        count("reloader_action_total", [kind, ("result", succeeded ? "success" : "error")])
        record("reloader_action_latency_seconds", [kind], duration)
        if succeeded { count("reloader_workloads_matched_total", [("kind", workload.kind.name)]) }
    }

    /// What was done about a pause period.
    enum PauseAction: String, Sendable { case pause, resume }

    /// A Deployment was paused or resumed, or that failed.
    func paused(_ action: PauseAction, succeeded: Bool) {
        let result: SendResult = succeeded ? .success : .error
        count("reloader_pauses_total", [("action", action.rawValue), ("result", result.rawValue)])
    }

    /// An alert was sent, or was not.
    func alerted(_ result: SendResult) { count("reloader_alerts_total", [("result", result.rawValue)]) }

    /// An attempt to call the webhook ended.
    func calledWebhook(_ result: SendResult) { count("reloader_webhook_calls_total", [("result", result.rawValue)]) }

    /// A config was found to have changed while no Reloader ran.
    func recovered() { count("reloader_changes_recovered_total", []) }

    /// What is applied was written down, or that failed.
    func wroteLedger(succeeded: Bool) {
        count("reloader_ledger_writes_total", [("result", succeeded ? "success" : "error")])
    }

    private func begin(_ name: String, _ label: (String, String)) {
        factory.makeCounter(label: name, dimensions: [label]).increment(by: 0)
    }

    private func count(_ name: String, _ labels: [(String, String)]) {
        factory.makeCounter(label: name, dimensions: labels).increment(by: 1)
    }

    private func record(_ name: String, _ labels: [(String, String)], _ duration: Duration) {
        factory.makeTimer(label: name, dimensions: labels).recordNanoseconds(duration.nanoseconds)
    }
}
