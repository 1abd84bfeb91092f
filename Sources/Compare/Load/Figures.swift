/// What is measured; less is better throughout.
enum Figure: Hashable, Sendable {
    case startCPU, startCalls, memory, anonymousMemory, peakMemory
    case reloadCalls, latency, latency99, reloadCPU
    case calls(String)
    case fanOut, rolloutsTogether, unusedCalls, unusedCPU, missed

    static let verbs = ["get", "list", "patch", "update", "create", "delete", "other"]

    static let all: [Figure] =
        [.startCPU, .startCalls, .memory, .anonymousMemory, .peakMemory, .latency, .latency99, .fanOut, .reloadCalls]
        + verbs.map { .calls($0) } + [.reloadCPU, .rolloutsTogether, .unusedCalls, .unusedCPU, .missed]

    func label(_ size: LoadSize) -> String {
        switch self {
        case .startCPU: "CPU until at rest, \(2 * size.unrelated) objects, s"
        case .startCalls: "calls until at rest"
        case .memory: "resident memory at rest, MiB"
        case .anonymousMemory: "  of which its own, MiB"
        case .peakMemory: "peak resident memory, MiB"
        case .latency: "change → reload, p50, ms"
        case .latency99: "change → reload, p99, ms"
        case .fanOut: "one change, \(size.fanOut) workloads: last reload after, s"
        case .reloadCalls: "calls per change with one reload"
        case .calls(let verb): "  \(verb)"
        case .reloadCPU: "CPU per change with one reload, ms"
        case .rolloutsTogether: "rollouts when 3 configs change together"
        case .unusedCalls: "calls per change that nothing uses"
        case .unusedCPU: "CPU per change that nothing uses, ms"
        case .missed: "reloads that did not come in 60 s"
        }
    }
}

/// Figures of one run.
struct Figures: Sendable {
    private var values: [Figure: Double] = [:]

    /// nan for what was not measured.
    subscript(figure: Figure) -> Double {
        get { values[figure] ?? .nan }
        set { values[figure] = newValue }
    }

    /// The median of several runs, figure by figure.
    static func median(_ runs: [Figures]) -> Figures {
        var result = Figures()
        for figure in Figure.all { result[figure] = percentile(runs.map { $0[figure] }.filter(\.isFinite), 0.5) }
        return result
    }
}
