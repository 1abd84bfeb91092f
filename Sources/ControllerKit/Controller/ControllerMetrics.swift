import CoreMetrics
import Synchronization

/// The `controller_runtime_*` metrics of one controller, all there from the start so that rates are right from the
/// first sample.
final class ControllerMetrics: Sendable {
    enum Result: String, CaseIterable, Sendable {
        case success
        case error
        case requeueAfter = "requeue_after"
    }

    private let results: [Result: any CounterHandler]
    private let errors: any CounterHandler
    private let terminalErrors: any CounterHandler
    private let timeouts: any CounterHandler
    private let time: any TimerHandler
    private let activeWorkers: any MeterHandler

    init(controller: String, concurrency: Int, factory: any MetricsFactory) {
        Self.describe(in: factory)
        let labels = [("controller", controller)]
        func counter(_ name: String) -> any CounterHandler {
            factory.makeCounter(label: "controller_runtime_\(name)", dimensions: labels)
        }
        var results: [Result: any CounterHandler] = [:]
        for result in Result.allCases {
            results[result] = factory.makeCounter(
                label: "controller_runtime_reconcile_total", dimensions: labels + [("result", result.rawValue)])
        }
        self.results = results
        errors = counter("reconcile_errors_total")
        terminalErrors = counter("terminal_reconcile_errors_total")
        timeouts = counter("reconcile_timeouts_total")
        time = factory.makeTimer(label: "controller_runtime_reconcile_time_seconds", dimensions: labels)
        activeWorkers = factory.makeMeter(label: "controller_runtime_active_workers", dimensions: labels)
        activeWorkers.set(Int64(0))
        factory.makeMeter(label: "controller_runtime_max_concurrent_reconciles", dimensions: labels)
            .set(Int64(concurrency))
    }

    func began() { activeWorkers.increment(by: 1) }

    func ended(after duration: Duration) {
        activeWorkers.decrement(by: 1)
        time.record(duration)
    }

    func count(_ result: Result) { results[result]?.increment(by: 1) }

    func countError(isTerminal: Bool, isTimeout: Bool) {
        count(.error)
        errors.increment(by: 1)
        if isTerminal { terminalErrors.increment(by: 1) }
        if isTimeout { timeouts.increment(by: 1) }
    }

    private static func describe(in factory: any MetricsFactory) {
        guard let registry = factory as? PrometheusRegistry else { return }
        func describe(_ name: String, _ type: MetricType, _ help: String, labels: [String] = ["controller"]) {
            registry.describe(
                "controller_runtime_\(name)", help: help, type: type, buckets: timeBuckets, labels: labels)
        }
        describe("reconcile_total", .counter, "Reconciles, by result.", labels: ["controller", "result"])
        describe("reconcile_errors_total", .counter, "Reconciles that failed.")
        describe("terminal_reconcile_errors_total", .counter, "Reconciles that failed for good.")
        describe("reconcile_timeouts_total", .counter, "Reconciles that took too long.")
        describe("reconcile_time_seconds", .histogram, "Time that a reconcile takes.")
        describe("max_concurrent_reconciles", .gauge, "Reconciles that may run at the same time.")
        describe("active_workers", .gauge, "Reconciles that run.")
    }

    // Those of controller-runtime, so that dashboards fit.
    private static let timeBuckets: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5,
        1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
    ]
}
