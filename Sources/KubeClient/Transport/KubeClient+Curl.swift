public import CoreMetrics
public import Logging

extension KubeClient {
    /// Creates a client over ``CurlTransport``; connects with the first request.
    ///
    /// Logs the configuration's warnings. Throws ``KubeError/Code/configuration`` when the server's URL is unusable.
    public init(
        configuration: KubeConfiguration, logger: Logger, metrics: (any MetricsFactory)? = nil,
        rate: RequestRate? = nil, tracing: RequestTracing? = nil, encoding: ReadEncoding = .protobuf
    ) throws(KubeError) {
        self.init(
            transport: try CurlTransport(configuration: configuration, logger: logger), logger: logger,
            metrics: metrics, rate: rate, tracing: tracing, encoding: encoding)
    }
}
