/// What each figure may be: lines of `name <= 300` or `name >= 300`, with `#` comments.
struct Thresholds {
    struct Bound {
        var isUpper: Bool
        var value: Double
        var text: String { "\(isUpper ? "<=" : ">=") \(formatted(value))" }
        func admits(_ value: Double) -> Bool { isUpper ? value <= self.value : value >= self.value }
    }

    struct Malformed: Error { var line: String }

    private var bounds: [String: Bound] = [:]

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(separator: " ")
            if words.isEmpty { continue }
            guard words.count == 3, words[1] == "<=" || words[1] == ">=", let value = Double(words[2]) else {
                throw Malformed(line: String(line))
            }
            bounds[String(words[0])] = Bound(isUpper: words[1] == "<=", value: value)
        }
    }

    subscript(name: String) -> Bound? { bounds[name] }
}

/// Three significant digits, no exponent.
func formatted(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    let magnitude = value.magnitude
    let digits = magnitude >= 100 || value == value.rounded() ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((magnitude * scale).rounded())
    let whole = String(scaled / Int(scale))
    let fraction = digits == 0 ? "" : "." + String(String(scaled % Int(scale) + Int(scale)).dropFirst())
    return (value < 0 ? "-" : "") + whole + fraction
}
