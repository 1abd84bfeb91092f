import Synchronization

/// The checks behind the liveness and readiness probes.
///
/// Safe to use from any thread. Liveness asks whether a restart would help; readiness whether the program does its work now.
public final class HealthRegistry: Sendable {
    private struct Checks {
        var liveness: [HealthCheck] = []
        var readiness: [HealthCheck] = []
    }

    private let checks = Mutex(Checks())

    /// Creates a registry without checks: alive and ready.
    public init() {}

    /// Adds a liveness check; one of the same name is replaced.
    public func addLiveness(_ check: HealthCheck) { checks.withLock { Self.add(check, to: &$0.liveness) } }

    /// Adds a readiness check; one of the same name is replaced.
    public func addReadiness(_ check: HealthCheck) { checks.withLock { Self.add(check, to: &$0.readiness) } }

    /// Adds a liveness check.
    public func addLiveness(_ name: String, status: @escaping @Sendable () -> HealthStatus) {
        addLiveness(HealthCheck(name, status: status))
    }

    /// Adds a readiness check.
    public func addReadiness(_ name: String, status: @escaping @Sendable () -> HealthStatus) {
        addReadiness(HealthCheck(name, status: status))
    }

    /// Asks all liveness checks.
    public func liveness() -> HealthReport { Self.report(checks.withLock { $0.liveness }) }

    /// Asks all readiness checks.
    public func readiness() -> HealthReport { Self.report(checks.withLock { $0.readiness }) }

    private static func add(_ check: HealthCheck, to checks: inout [HealthCheck]) {
        if let index = checks.firstIndex(where: { $0.name == check.name }) {
            checks[index] = check
        } else {
            checks.append(check)
        }
    }

    private static func report(_ checks: [HealthCheck]) -> HealthReport {
        HealthReport(entries: checks.map { .init(name: $0.name, status: $0.status()) })
    }
}
