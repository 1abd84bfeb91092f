public import CoreMetrics
import Synchronization

/// Collects what is reported through swift-metrics and prints it in the Prometheus text format.
///
/// Counters become counters, gauges and meters become gauges, timers (in seconds) and other recorders become
/// histograms. Names and label names are taken as they are, with what Prometheus does not allow replaced by `_`. The
/// same name and labels always give the same series; a name used with two types keeps the first, and what is reported
/// to the second is lost.
///
/// Safe to use from any thread. To report costs one atomic operation (counters, gauges) or one short lock
/// (histograms); to look a series up, as `Counter(label:dimensions:)` does, costs a lock and a hash, so keep the
/// instruments. The number of series per name is bounded: what exceeds the bound is collected under the label value
/// `_other`.
public final class PrometheusRegistry: MetricsFactory {
    /// The content type of ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Bounds of histograms that were not described, in seconds where they time something: 5 ms to 10 s.
    public static let defaultBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Bounds of histograms that were not described and whose names end with `_bytes`: 64 B to 16 MiB.
    public static let defaultSizeBuckets: [Double] = [
        64, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
    ]

    private struct State {
        var families: [String: MetricFamily] = [:]
        var refreshers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let seriesLimit: Int
    private let reportsProcess: Bool

    /// Creates an empty registry.
    ///
    /// - Parameters:
    ///   - seriesLimit: How many combinations of label values one name may have.
    ///   - reportsProcess: Whether the `process_*` metrics are included, where the system has `/proc`.
    public init(seriesLimit: Int = 2000, reportsProcess: Bool = true) {
        self.seriesLimit = seriesLimit
        self.reportsProcess = reportsProcess
    }

    /// Says what a metric is, before it is first used.
    ///
    /// A metric without `labels` exists from now on, with the value 0; one with labels appears when a series of it is
    /// first used. To describe a metric again replaces its help text and the names of its labels only.
    ///
    /// - Parameters:
    ///   - name: The name, as it is reported.
    ///   - help: One sentence for people.
    ///   - type: The kind of metric.
    ///   - buckets: The upper bounds of a histogram; nil for ``defaultBuckets`` or ``defaultSizeBuckets``.
    ///   - labels: The names of the labels that its series have.
    public func describe(
        _ name: String, help: String, type: MetricType, buckets: [Double]? = nil, labels: [String] = []
    ) {
        let name = ExpositionWriter.validName(name)
        state.withLock { state in
            var family = state.families[name] ?? MetricFamily(name: name, type: type, buckets: buckets)
            (family.help, family.labels) = (help, labels)
            if labels.isEmpty { _ = family.cell(labels: "") }
            state.families[name] = family
        }
    }

    /// Has `body` called before each ``exposition()``, to bring metrics up to date that change by themselves.
    ///
    /// Called on the thread that asks for the exposition; must not block.
    public func refresh(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.refreshers.append(body) } }

    /// All metrics that were described or reported so far, whether they have a value or not, with the labels that they were
    /// described with.
    package var labelNames: [String: Set<String>] {
        state.withLock { $0.families.mapValues { Set($0.labels) } }
    }

    /// Everything collected so far, in the text format 0.0.4, ordered by name and then by labels.
    public func exposition() -> [UInt8] {
        for refresher in state.withLock({ $0.refreshers }) { refresher() }
        if reportsProcess { refreshProcessMetrics() }
        let families = state.withLock { $0.families }
        var writer = ExpositionWriter()
        for family in families.values.sorted(by: { $0.name < $1.name }) { writer.write(family) }
        return writer.bytes
    }

    private func cell(_ label: String, _ dimensions: [(String, String)], _ type: MetricType) -> MetricFamily.Cell? {
        let name = ExpositionWriter.validName(label)
        let labels = ExpositionWriter.labels(dimensions)
        return state.withLock { state in
            // In place: a copy of the family would copy its series whenever one is added.
            state.families[name, default: MetricFamily(name: name, type: type)].cell(
                labels: labels, of: type, limit: seriesLimit
            ) { ExpositionWriter.labels(dimensions.map { ($0.0, "_other") }) }
        }
    }

    private func remove(_ identity: CellIdentity) {
        state.withLock { $0.families[identity.family]?.remove(labels: identity.labels) }
    }

    private func refreshProcessMetrics() {
        guard let process = ProcessMetrics.current() else { return }
        for metric in process.metrics {
            describe(metric.name, help: metric.help, type: metric.type)
            switch cell(metric.name, [], metric.type) {
            case .counter(let cell): cell.replace(by: metric.value)
            case .gauge(let cell): cell.set(metric.value)
            case .histogram, nil: break
            }
        }
    }

    // MARK: MetricsFactory

    /// The counter with this name and these labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    /// The counter with this name and these labels; the same as ``makeCounter(label:dimensions:)`` gives.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler { counter(label, dimensions) }

    /// The gauge with this name and these labels.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// A histogram, or a gauge when the values are not to be aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    /// Takes the series out of the output.
    public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    /// Takes the series out of the output.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
    /// Takes the series out of the output.
    public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    /// Takes the series out of the output.
    public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    /// Takes the series out of the output.
    public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    // A name that is taken by another type gets a cell that is nowhere printed: reporting must never fail.
    private static let detached = CellIdentity(family: "", labels: "")

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterCell {
        if case .counter(let cell) = cell(label, dimensions, .counter) { return cell }
        return CounterCell(identity: Self.detached)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeCell {
        if case .gauge(let cell) = cell(label, dimensions, .gauge) { return cell }
        return GaugeCell(identity: Self.detached)
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramCell {
        if case .histogram(let cell) = cell(label, dimensions, .histogram) { return cell }
        return HistogramCell(identity: Self.detached, bounds: [])
    }

    private func destroy(_ handler: AnyObject) {
        switch handler {
        case let cell as CounterCell: remove(cell.identity)
        case let cell as GaugeCell: remove(cell.identity)
        case let cell as HistogramCell: remove(cell.identity)
        default: break
        }
    }
}
