/// How a manager serves and stops.
public struct ManagerOptions: Sendable {
    /// Where probes and metrics are served, as ``ProbeServer`` takes it; `off` for nowhere.
    public var probeAddress: String
    /// How long a graceful shutdown may take before what still runs is cancelled; nil for as long as it takes.
    public var gracefulShutdownLimit: Duration?
    /// The path of the liveness checks.
    public var livenessPath: String
    /// The path of the readiness checks.
    public var readinessPath: String
    /// The path of the metrics.
    public var metricsPath: String

    /// Creates options; the defaults are those of controller-runtime.
    public init(
        probeAddress: String = ":8080", gracefulShutdownLimit: Duration? = .seconds(30),
        livenessPath: String = "/healthz", readinessPath: String = "/readyz", metricsPath: String = "/metrics"
    ) {
        self.probeAddress = probeAddress
        self.gracefulShutdownLimit = gracefulShutdownLimit
        self.livenessPath = livenessPath
        self.readinessPath = readinessPath
        self.metricsPath = metricsPath
    }
}
