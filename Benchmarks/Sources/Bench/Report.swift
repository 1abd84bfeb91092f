import BenchSupport
import Glibc

/// Prints figures as they come in and remembers which are over their threshold.
struct Report {
    let thresholds: Thresholds
    private(set) var over: [String] = []

    init(_ thresholds: Thresholds) {
        self.thresholds = thresholds
        print(row("figure", "value", "unit", "threshold", ""))
        print(String(repeating: "-", count: 78))
    }

    mutating func add(_ name: String, _ value: Double, _ unit: String) {
        let bound = thresholds[name]
        // A figure that could not be measured is not within its threshold.
        let isOver = bound.map { !$0.admits(value) } ?? false
        if isOver { over.append(name) }
        print(row(name, formatted(value), unit, bound?.text ?? "", bound == nil ? "" : isOver ? "OVER" : "ok"))
        // At once, also into a pipe.
        fflush(nil)
    }

    private func row(_ name: String, _ value: String, _ unit: String, _ bound: String, _ verdict: String) -> String {
        let cells = [left(name, 34), right(value, 10), " ", left(unit, 11), " ", left(bound, 12), " ", verdict]
        return cells.joined()
    }

    private func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
