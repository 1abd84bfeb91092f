import CoreMetrics
import Synchronization

/// What registered cells know about themselves, so that they can be taken out again.
struct CellIdentity: Hashable, Sendable {
    var family: String
    var labels: String
}

/// One counter; whole increments, the usual ones, are a single atomic addition.
final class CounterCell: CounterHandler, FloatingPointCounterHandler {
    let identity: CellIdentity
    private let whole = Atomic<Int64>(0)
    private let fraction = AtomicDouble()

    init(identity: CellIdentity) { self.identity = identity }

    var value: Double { Double(whole.load(ordering: .relaxed)) + fraction.value }

    // Counters only go up: Prometheus takes a lower value for a restart.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.value = 0
    }

    /// For counts that somebody else keeps, such as the kernel.
    func replace(by value: Double) { fraction.value = value }
}

/// One gauge.
final class GaugeCell: MeterHandler, RecorderHandler {
    let identity: CellIdentity
    private let current = AtomicDouble()

    init(identity: CellIdentity) { self.identity = identity }

    var value: Double { current.value }

    func set(_ value: Int64) { current.value = Double(value) }
    func set(_ value: Double) { current.value = value }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }
    func record(_ value: Int64) { current.value = Double(value) }
    func record(_ value: Double) { current.value = value }
}

/// One histogram; timers count in seconds.
final class HistogramCell: RecorderHandler, TimerHandler {
    struct Snapshot: Sendable {
        /// Observations per bucket, not added up; the last is for what exceeds every bound.
        var counts: [UInt64]
        var sum = 0.0
    }

    let identity: CellIdentity
    let bounds: [Double]
    private let state: Mutex<Snapshot>

    init(identity: CellIdentity, bounds: [Double]) {
        self.identity = identity
        self.bounds = bounds
        state = Mutex(Snapshot(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var snapshot: Snapshot { state.withLock { $0 } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}

/// A number that several threads may change.
final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double {
        get { Double(bitPattern: bits.load(ordering: .relaxed)) }
        set { bits.store(newValue.bitPattern, ordering: .relaxed) }
    }

    func add(_ amount: Double) {
        var current = bits.load(ordering: .relaxed)
        while true {
            let sum = (Double(bitPattern: current) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: current, desired: sum, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}

extension TimerHandler {
    /// Records a duration; what exceeds 292 years counts as that.
    func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        recordNanoseconds(overflow ? .max : product + attoseconds / 1_000_000_000)
    }
}
