import CoreMetrics

/// The `rest_client_*` metrics of one client, under the names that client-go gave them.
///
/// No label comes from a path, an object or a message, so there are at most as many series as methods times status codes.
struct ClientMetrics: Sendable {
    private let host: (String, String)
    private let factory: (any MetricsFactory)?

    /// `factory` is the process's own when nil: looked up with each use, because it may be set up after the client.
    init(host: String, factory: (any MetricsFactory)?) {
        self.host = ("host", host)
        self.factory = factory
    }

    /// Counts an exchange; `code` is nil when there was no answer.
    func answered(_ method: HTTPRequest.Method, code: Int?) {
        count("rest_client_requests_total", [("code", text(code)), ("method", method.rawValue), host])
    }

    /// Records how long an exchange took.
    func took(_ method: HTTPRequest.Method, _ duration: Duration) {
        time("rest_client_request_duration_seconds", method, duration)
    }

    /// Records the sizes of the two bodies in bytes; `received` is nil when there was no answer.
    func carried(_ method: HTTPRequest.Method, sent: Int, received: Int?) {
        size("rest_client_request_size_bytes", method, sent)
        if let received { size("rest_client_response_size_bytes", method, received) }
    }

    /// Records how long a request waited for its turn.
    func held(_ method: HTTPRequest.Method, for duration: Duration) {
        time("rest_client_rate_limiter_duration_seconds", method, duration)
    }

    /// Counts an exchange that is repeated.
    func retried(_ method: HTTPRequest.Method, code: Int?) {
        count("rest_client_request_retries_total", [("code", text(code)), ("verb", method.rawValue), host])
    }

    private var current: any MetricsFactory { factory ?? MetricsSystem.factory }

    private func text(_ code: Int?) -> String { code.map(String.init) ?? "<error>" }

    private func time(_ label: String, _ method: HTTPRequest.Method, _ duration: Duration) {
        Timer(label: label, dimensions: [("verb", method.rawValue), host], factory: current)
            .recordNanoseconds(duration.nanoseconds)
    }

    private func size(_ label: String, _ method: HTTPRequest.Method, _ bytes: Int) {
        Recorder(label: label, dimensions: [("verb", method.rawValue), host], aggregate: true, factory: current)
            .record(bytes)
    }

    private func count(_ label: String, _ dimensions: [(String, String)]) {
        Counter(label: label, dimensions: dimensions, factory: current).increment()
    }
}
