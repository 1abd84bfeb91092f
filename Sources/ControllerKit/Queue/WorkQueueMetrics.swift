import CoreMetrics
import KubeClient

/// The `workqueue_*` metrics of one queue, under the names that client-go gave them.
struct WorkQueueMetrics: Sendable {
    private let depth: any MeterHandler
    private let adds: any CounterHandler
    private let retries: any CounterHandler
    private let queueDuration: any TimerHandler
    private let workDuration: any TimerHandler
    private let unfinishedWork: any MeterHandler
    private let longestRunning: any MeterHandler

    init(name: String, factory: any MetricsFactory) {
        Self.describe(in: factory)
        let labels = [("controller", name), ("name", name)]
        depth = factory.makeMeter(label: "workqueue_depth", dimensions: labels)
        adds = factory.makeCounter(label: "workqueue_adds_total", dimensions: labels)
        retries = factory.makeCounter(label: "workqueue_retries_total", dimensions: labels)
        queueDuration = factory.makeTimer(label: "workqueue_queue_duration_seconds", dimensions: labels)
        workDuration = factory.makeTimer(label: "workqueue_work_duration_seconds", dimensions: labels)
        unfinishedWork = factory.makeMeter(label: "workqueue_unfinished_work_seconds", dimensions: labels)
        longestRunning = factory.makeMeter(label: "workqueue_longest_running_processor_seconds", dimensions: labels)
    }

    func changed(adds count: UInt64, depth newDepth: Int) {
        if count > 0 { adds.increment(by: Int64(clamping: count)) }
        depth.set(Int64(newDepth))
    }

    func taken(waited: Duration) { queueDuration.record(waited) }

    func finished(worked: Duration, isRetry: Bool) {
        workDuration.record(worked)
        if isRetry { retries.increment(by: 1) }
    }

    func unfinished(total: Duration, longest: Duration) {
        unfinishedWork.set(total.seconds)
        longestRunning.set(longest.seconds)
    }

    // Literals, because ten times the bound before would not print as a round number.
    private static func describe(in factory: any MetricsFactory) {
        guard let registry = factory as? PrometheusRegistry else { return }
        let labels = ["controller", "name"]
        // 10 ns to 1000 s, as controller-runtime has them.
        let buckets: [Double] = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 1, 10, 100, 1000]
        registry.describe("workqueue_depth", help: "Keys that are ready.", type: .gauge, labels: labels)
        registry.describe("workqueue_adds_total", help: "Keys added.", type: .counter, labels: labels)
        registry.describe("workqueue_retries_total", help: "Keys that came back.", type: .counter, labels: labels)
        registry.describe(
            "workqueue_queue_duration_seconds", help: "Time from ready to taken.", type: .histogram, buckets: buckets,
            labels: labels)
        registry.describe(
            "workqueue_work_duration_seconds", help: "Time from taken to finished.", type: .histogram,
            buckets: buckets, labels: labels)
        registry.describe(
            "workqueue_unfinished_work_seconds", help: "Age of the work in hand, added up.", type: .gauge,
            labels: labels)
        registry.describe(
            "workqueue_longest_running_processor_seconds", help: "Age of the oldest work in hand.", type: .gauge,
            labels: labels)
    }
}
