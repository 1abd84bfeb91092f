/// What a route of the ``ProbeServer`` answers.
public struct ProbeResponse: Hashable, Sendable {
    /// The HTTP status code.
    public var status: Int
    /// The value of the `Content-Type` header.
    public var contentType: String
    /// The body.
    public var body: [UInt8]

    /// Creates a response of bytes.
    public init(status: Int = 200, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Creates a response of plain text.
    public init(status: Int = 200, _ text: String) {
        self.init(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// `ok`, or status 503 with the report.
    public init(_ report: HealthReport) {
        if report.isHealthy { self.init("ok") } else { self.init(status: 503, report.text) }
    }

    /// All metrics of the registry.
    public init(_ registry: PrometheusRegistry) {
        self.init(contentType: PrometheusRegistry.contentType, body: registry.exposition())
    }
}
