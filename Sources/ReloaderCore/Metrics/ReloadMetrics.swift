import ControllerKit
import CoreMetrics
import KubeClient

/// The metrics of v1.4.21 that this project's reloads feed, under their old names and labels.
struct ReloadMetrics: Sendable {
    private let factory: any MetricsFactory
    private let countsByNamespace: Bool

    /// Feeds `factory`; `countsByNamespace` adds the counter that has a series for each namespace.
    init(factory: any MetricsFactory, countsByNamespace: Bool) {
        self.factory = factory
        self.countsByNamespace = countsByNamespace
        if let registry = factory as? PrometheusRegistry { describe(in: registry) }
        for success in ["true", "false"] {
            factory.makeCounter(label: "reloader_reload_executed_total", dimensions: [("success", success)]).increment(
                by: 0)
        }
    }

    /// An informer told of a config.
    func received(_ event: ConfigEvent, of type: ConfigType) {
        count(
            "reloader_events_received_total",
            [("event_type", event.metricLabel), ("resource_type", type.watchedResource.plural)])
    }

    /// A workload or a config was left alone.
    func skipped(_ reason: SkipReason) { count("reloader_skipped_total", [("reason", reason.rawValue)]) }

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
        factory.makeTimer(label: "reloader_action_latency_seconds", dimensions: [kind])
            .recordNanoseconds(duration.nanoseconds)
    }

    /// An alert was sent, or was not.
    func alerted(_ result: SendResult) { count("reloader_alerts_total", [("result", result.rawValue)]) }

    /// An attempt to call the webhook ended.
    func calledWebhook(_ result: SendResult) { count("reloader_webhook_calls_total", [("result", result.rawValue)]) }

    private func count(_ name: String, _ labels: [(String, String)]) {
        factory.makeCounter(label: name, dimensions: labels).increment(by: 1)
    }

    private func describe(in registry: PrometheusRegistry) {
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
            "reloader_alerts_total", help: "Alerts about reloads, by what became of them.", type: .counter,
            labels: ["result"])
        registry.describe(
            "reloader_webhook_calls_total", help: "Attempts to call the webhook, by result.", type: .counter,
            labels: ["result"])
    }
}

/// What became of something that was to be sent.
enum SendResult: String, Hashable, Sendable {
    case success
    case error
    /// It was never sent, because there was no room or no time for it.
    case dropped
}
