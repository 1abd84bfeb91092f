public import CoreMetrics
public import Logging

/// Talks to one API server; a copyable handle, all state is shared inside.
///
/// Safe to use from any task.
///
/// Nothing has to be started or stopped: connections open on first use and close with the last copy of the handle.
public struct KubeClient: Sendable {
    let transport: any Transport
    let retry: RetryPolicy
    let clock: any Clock<Duration>
    let warnings: WarningLog
    let metrics: ClientMetrics
    let discovery: DiscoveryCache
    let gate: RequestGate?
    let tracing: RequestTracing?
    let encodings: EncodingMemory
    package let outages: OutageThrottle
    /// Receives server warnings, retries at debug and requests at trace level.
    public let logger: Logger

    /// Creates a client over a transport; ``init(configuration:logger:metrics:rate:tracing:encoding:)`` makes the usual one.
    ///
    /// Without `metrics` the process's own factory counts, the one of `MetricsSystem`.
    public init(
        transport: any Transport, retry: RetryPolicy = .init(), clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger, metrics: (any MetricsFactory)? = nil, rate: RequestRate? = nil, tracing: RequestTracing? = nil,
        encoding: ReadEncoding = .protobuf
    ) {
        self.transport = transport
        self.retry = retry
        self.clock = clock
        self.warnings = WarningLog()
        self.metrics = ClientMetrics(host: transport.host, factory: metrics)
        self.discovery = DiscoveryCache(clock)
        self.gate = rate.map { RequestGate($0, clock: clock) }
        self.tracing = tracing
        self.encodings = EncodingMemory(encoding)
        self.outages = OutageThrottle()
        self.logger = logger
    }

    /// A view of one resource with `Object` as its Swift shape.
    public func resource<Object: KubeObject>(
        _ resource: APIResource, as type: Object.Type = Object.self
    ) -> ResourceClient<Object> { ResourceClient(client: self, resource: resource) }

    /// A view of the resource that `Object` is bound to.
    public func resource<Object: StaticResource>(_ type: Object.Type) -> ResourceClient<Object> {
        resource(Object.apiResource, as: type)
    }
}
