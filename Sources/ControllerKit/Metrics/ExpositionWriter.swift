/// Writes the Prometheus text format, version 0.0.4.
struct ExpositionWriter: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ family: MetricFamily) {
        guard !family.series.isEmpty else { return }
        if let help = family.help { line("# HELP ", family.name, " ", Self.escapedHelp(help)) }
        line("# TYPE ", family.name, " ", family.type.rawValue)
        for (labels, cell) in family.series.sorted(by: { $0.key < $1.key }) {
            switch cell {
            case .counter(let cell): sample(family.name, labels, cell.value)
            case .gauge(let cell): sample(family.name, labels, cell.value)
            case .histogram(let cell): histogram(family.name, labels, cell)
            }
        }
    }

    private mutating func histogram(_ name: String, _ labels: String, _ cell: HistogramCell) {
        let snapshot = cell.snapshot
        let prefix = labels.isEmpty ? "" : labels + ","
        var count: UInt64 = 0
        for (bound, observations) in zip(cell.bounds + [.infinity], snapshot.counts) {
            count += observations
            line(name, "_bucket{", prefix, "le=\"", Self.number(bound), "\"} ", String(count))
        }
        sample(name + "_sum", labels, snapshot.sum)
        line(name, "_count", labels.isEmpty ? "" : "{\(labels)}", " ", String(count))
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        line(name, labels.isEmpty ? "" : "{\(labels)}", " ", Self.number(value))
    }

    private mutating func line(_ parts: String...) {
        for part in parts { bytes.append(contentsOf: part.utf8) }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// A number as Prometheus reads it: whole numbers without a fraction, `+Inf`, `-Inf`, `NaN`.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value), abs(value) < 1e15 { return String(whole) }
        return "\(value)"
    }

    /// Labels as they are printed, by name, without the braces; the last of several values for a name counts.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        var pairs: [(name: String, value: String)] = []
        for (name, value) in dimensions {
            let name = validName(name, allowsColon: false)
            if let index = pairs.firstIndex(where: { $0.name == name }) {
                pairs[index].value = value
            } else {
                pairs.append((name, value))
            }
        }
        pairs.sort { $0.name < $1.name }
        return pairs.map { "\($0.name)=\"\(escapedValue($0.value))\"" }.joined(separator: ",")
    }

    /// A name with what the format does not allow replaced by underscores.
    static func validName(_ name: String, allowsColon: Bool = true) -> String {
        var result = ""
        for (index, byte) in name.utf8.enumerated() {
            let isAllowed =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "_"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
                case UInt8(ascii: ":"): allowsColon
                default: false
                }
            result.unicodeScalars.append(isAllowed ? Unicode.Scalar(byte) : "_")
        }
        return result.isEmpty ? "_" : result
    }

    private static func escapedValue(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escapedHelp(_ help: String) -> String {
        var result = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
