#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One figure; printed by the child processes and read by the driver as `name value unit`.
public struct Measurement: Sendable {
    /// Dotted, as in the thresholds.
    public var name: String
    /// The figure.
    public var value: Double
    /// The unit; no spaces.
    public var unit: String

    /// Creates a measurement.
    public init(_ name: String, _ value: Double, _ unit: String) {
        self.name = name
        self.value = value
        self.unit = unit
    }

    /// Reads a line.
    public init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 3, let value = Double(words[1]) else { return nil }
        self.init(String(words[0]), value, String(words[2]))
    }

    /// The line.
    public var line: String { "\(name) \(value) \(unit)" }
}

/// Seconds of CPU that this process has used.
public func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The value in the middle.
public func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

/// The smallest value that is not exceeded by this share of the values.
public func percentile(_ values: [Double], _ share: Double) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1))]
}
