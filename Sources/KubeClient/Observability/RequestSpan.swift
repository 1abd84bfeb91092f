/// Begins a span for one attempt to carry a request, for a tracing system; nil leaves the attempt out.
///
/// Called on the calling task, so that task-local context is at hand, with what the request does, such as
/// `patch deployments.apps shop/web`. Without one nothing is done and nothing is allocated.
public typealias RequestTracing = @Sendable (_ request: String) -> RequestSpan?

/// One attempt to carry a request, as a tracing system sees it.
public struct RequestSpan: Sendable {
    /// Goes with the request, so that the server's own spans join: W3C Trace Context, `00-<trace>-<span>-<flags>`.
    public var traceparent: String?
    /// Called once, when the attempt has ended: with the status, nil when there was no answer, and the error, nil for none.
    public var end: @Sendable (_ status: Int?, _ error: KubeError?) -> Void

    /// Creates a span.
    public init(traceparent: String? = nil, end: @escaping @Sendable (_ status: Int?, _ error: KubeError?) -> Void) {
        self.traceparent = traceparent
        self.end = end
    }
}
