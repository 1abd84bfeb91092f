/// Both programs side by side, with ratios.
struct ComparisonTable: CustomStringConvertible {
    var size: LoadSize
    var ours: Figures
    var other: Figures

    var description: String {
        let rows = Figure.all.filter { ours[$0].isFinite || other[$0].isFinite }
            // Verbs that nobody uses.
            .filter { if case .calls = $0 { ours[$0] > 0 || other[$0] > 0 } else { true } }
        let lines = rows.map { figure in
            line(figure.label(size), formatted(ours[figure]), formatted(other[figure]), ratio(figure))
        }
        return ([line("", "Reloader", "other", "other ÷ Reloader"), String(repeating: "-", count: 90)] + lines)
            .joined(separator: "\n")
    }

    /// `-` where there is none: nothing measured, or zero on our side.
    private func ratio(_ figure: Figure) -> String {
        let ratio = other[figure] / ours[figure]
        return ratio.isFinite ? "\(formatted(ratio)) ×" : "-"
    }

    private func line(_ label: String, _ ours: String, _ other: String, _ ratio: String) -> String {
        label + String(repeating: " ", count: max(1, 52 - label.count)) + right(ours, 10) + right(other, 10)
            + right(ratio, 18)
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

/// Three significant digits, no exponent.
func formatted(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let magnitude = value.magnitude
    let digits = magnitude >= 100 || value == value.rounded() ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((magnitude * scale).rounded())
    let fraction = digits == 0 ? "" : "." + String(String(scaled % Int(scale) + Int(scale)).dropFirst())
    return (value < 0 ? "-" : "") + String(scaled / Int(scale)) + fraction
}
