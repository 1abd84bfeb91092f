import ControllerKit

extension ReloadMetrics {
    /// Says what each metric is; those without labels exist from now on.
    func describe(in registry: PrometheusRegistry) {
        registry.describe(
            "reloader_reload_executed_total", help: "Writes to workloads, by success.", type: .counter,
            labels: ["success"])
        if countsByNamespace {
            registry.describe(
                "reloader_reload_executed_total_by_namespace", help: "Writes to workloads, by success and namespace.",
                type: .counter, labels: ["success", "namespace"])
        }
        registry.describe(
            "reloader_action_total", help: "Writes to workloads, by kind and result.", type: .counter,
            labels: ["workload_kind", "result"])
        registry.describe(
            "reloader_action_latency_seconds", help: "Time that a write to a workload took.", type: .histogram,
            buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60], labels: ["workload_kind"])
        registry.describe(
            "reloader_skipped_total", help: "Workloads and configs that were left alone, by reason.", type: .counter,
            labels: ["reason"])
        registry.describe(
            "reloader_events_received_total", help: "What the watches told, the initial lists included.",
            type: .counter,
            labels: ["event_type", "resource_type"])
        registry.describe(
            "reloader_pauses_total", help: "Deployments paused for their pause period, and resumed, by result.",
            type: .counter, labels: ["action", "result"])
        registry.describe(
            "reloader_alerts_total", help: "Alerts about reloads, by what became of them.", type: .counter,
            labels: ["result"])
        registry.describe(
            "reloader_webhook_calls_total", help: "Attempts to call the webhook, by result.", type: .counter,
            labels: ["result"])
        registry.describe(
            "reloader_events_processed_total", help: "Events that were passed on to workloads.", type: .counter,
            labels: ["event_type", "resource_type", "result"])
        registry.describe(
            "reloader_workloads_scanned_total", help: "Workloads looked at because a config changed.", type: .counter,
            labels: ["kind"])
        registry.describe(
            "reloader_workloads_matched_total", help: "Workloads that were written.", type: .counter, labels: ["kind"])
        registry.describe(
            "reloader_changes_recovered_total", help: "Configs that changed while no Reloader ran, found at a start.",
            type: .counter)
        registry.describe(
            "reloader_ledger_writes_total", help: "Writes of what is applied into ConfigMaps, by result.",
            type: .counter, labels: ["result"])
        registry.describe(
            "reloader_reconcile_total", help: "Looks at a workload, by result.", type: .counter, labels: ["result"])
        registry.describe(
            "reloader_reconcile_duration_seconds", help: "Time that a look at a workload took.", type: .histogram,
            buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], labels: ["result"])
        registry.describe("reloader_workqueue_depth", help: "Workloads that are ready to be looked at.", type: .gauge)
        registry.describe("reloader_workqueue_adds_total", help: "Causes queued for workloads.", type: .counter)
        registry.describe(
            "reloader_workqueue_latency_seconds", help: "Time from the first cause to the look at the workload.",
            type: .histogram, buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5])
        registry.describe("reloader_retries_total", help: "Looks at a workload after one that failed.", type: .counter)
        registry.describe(
            "rest_client_requests_total", help: "Requests to the API server, by status.", type: .counter,
            labels: ["code", "method", "host"])
        registry.describe(
            "rest_client_request_duration_seconds", help: "Time that a request to the API server took.",
            type: .histogram, buckets: [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30], labels: ["verb", "host"])
        registry.describe(
            "rest_client_request_retries_total", help: "Requests to the API server that were repeated.", type: .counter,
            labels: ["code", "verb", "host"])
        registry.describe(
            "rest_client_rate_limiter_duration_seconds", help: "Time that a request waited for its turn.",
            type: .histogram, labels: ["verb", "host"])
        for (name, what) in [("request", "requests to"), ("response", "answers of")] {
            registry.describe(
                "rest_client_\(name)_size_bytes", help: "Sizes of the bodies of \(what) the API server.",
                type: .histogram, labels: ["verb", "host"])
        }
        registry.describe(
            "rest_client_exec_plugin_call_total", help: "Runs of a credential plugin, by exit code.", type: .counter,
            labels: ["code", "call_status"])
        registry.describe(
            "reloader_errors_total", help: "Looks at a workload that failed.", type: .counter, labels: ["type"])
    }
}

/// What became of something that was to be sent.
enum SendResult: String, Hashable, CaseIterable, Sendable {
    case success
    case error
    /// It was never sent, because there was no room or no time for it.
    case dropped
}
