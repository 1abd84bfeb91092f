import CoreMetrics
import Synchronization

/// Remembers what is reported, by `name{label=value,…}` in the order of the labels.
final class CountingMetrics: MetricsFactory {
    private let state = Mutex<[String: [Double]]>([:])

    /// The values of all series, in the order in which they were reported.
    var values: [String: [Double]] { state.withLock { $0 } }

    private final class Series: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler
    {
        let key: String
        let metrics: CountingMetrics

        init(_ label: String, _ dimensions: [(String, String)], _ metrics: CountingMetrics) {
            key = "\(label){\(dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: ","))}"
            self.metrics = metrics
        }

        private func add(_ value: Double) { metrics.state.withLock { $0[key, default: []].append(value) } }

        func increment(by value: Int64) { add(Double(value)) }
        func increment(by value: Double) { add(value) }
        func decrement(by value: Double) { add(-value) }
        func set(_ value: Int64) { add(Double(value)) }
        func set(_ value: Double) { add(value) }
        func record(_ value: Int64) { add(Double(value)) }
        func record(_ value: Double) { add(value) }
        func recordNanoseconds(_ value: Int64) { add(Double(value)) }
        func reset() {}
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Series(label, dimensions, self)
    }
    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { Series(label, dimensions, self) }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        Series(label, dimensions, self)
    }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        Series(label, dimensions, self)
    }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        Series(label, dimensions, self)
    }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
