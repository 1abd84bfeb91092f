/// All series of one name.
struct MetricFamily: Sendable {
    enum Cell: Sendable {
        case counter(CounterCell)
        case gauge(GaugeCell)
        case histogram(HistogramCell)
    }

    let name: String
    let type: MetricType
    var help: String?
    /// The names of the labels that its series have, as far as that was said.
    var labels: [String] = []
    var buckets: [Double]
    /// By the labels as they are printed, which makes the order of the output that of the keys.
    private(set) var series: [String: Cell] = [:]

    init(name: String, type: MetricType, help: String? = nil, buckets: [Double]? = nil) {
        self.name = name
        self.type = type
        self.help = help
        let byDefault =
            name.hasSuffix("_bytes") ? PrometheusRegistry.defaultSizeBuckets : PrometheusRegistry.defaultBuckets
        self.buckets = Self.usable(buckets ?? byDefault)
    }

    /// The cell with these labels, created when there is none.
    mutating func cell(labels: String) -> Cell {
        if let cell = series[labels] { return cell }
        let identity = CellIdentity(family: name, labels: labels)
        let cell: Cell =
            switch type {
            case .counter: .counter(CounterCell(identity: identity))
            case .gauge: .gauge(GaugeCell(identity: identity))
            case .histogram: .histogram(HistogramCell(identity: identity, bounds: buckets))
            }
        series[labels] = cell
        return cell
    }

    /// The cell with these labels, or the one for what exceeds `limit`; nil when the family is of another type.
    mutating func cell(labels: String, of type: MetricType, limit: Int, excess: () -> String) -> Cell? {
        guard type == self.type else { return nil }
        if series[labels] != nil || series.count < limit || labels.isEmpty { return cell(labels: labels) }
        return cell(labels: excess())
    }

    mutating func remove(labels: String) { series[labels] = nil }

    /// Ascending, each once, finite: `+Inf` is added by the output.
    static func usable(_ buckets: [Double]) -> [Double] {
        var result: [Double] = []
        for bound in buckets.filter(\.isFinite).sorted() where bound != result.last { result.append(bound) }
        return result
    }
}

/// The kind of a Prometheus metric.
public enum MetricType: String, Hashable, Sendable {
    /// Only goes up.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts observations in buckets.
    case histogram
}
