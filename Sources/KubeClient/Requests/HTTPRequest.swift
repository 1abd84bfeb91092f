/// One HTTP request to the API server, without server address and credentials: those belong to the transport.
public struct HTTPRequest: Sendable {
    /// The HTTP method.
    public enum Method: String, Sendable {
        case get = "GET", post = "POST", put = "PUT", patch = "PATCH", delete = "DELETE"
    }

    /// Which connections carry the request, so that no kind of traffic starves another.
    public enum Channel: Hashable, Sendable {
        /// Ordinary requests.
        case requests
        /// Long-lived watches.
        case watches
        /// The leader election lease.
        case lease
    }

    /// The HTTP method.
    public var method: Method
    /// The path, percent-encoded, beginning with a slash.
    public var path: String
    /// Query items, not yet encoded, in order.
    public var query: [(name: String, value: String)]
    /// Additional headers, such as `Accept`.
    public var headers: [(name: String, value: String)]
    /// The body, nil for none.
    public var body: [UInt8]?
    /// Which connections carry it.
    public var channel: Channel
    /// How long the whole exchange may take; nil for no limit.
    public var timeout: Duration?
    /// For how long its connections may bring nothing at all before it counts as lost; nil for as long as it takes.
    package var silenceLimit: Duration?

    /// Creates a request.
    public init(
        _ method: Method, _ path: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8]? = nil, channel: Channel = .requests,
        timeout: Duration? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.channel = channel
        self.timeout = timeout
    }

    /// Path and encoded query, as sent.
    public var target: String {
        guard !query.isEmpty else { return path }
        let items = query.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }
        return "\(path)?\(items.joined(separator: "&"))"
    }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Method and path; headers and body can carry credentials and Secrets.
    public var description: String { "\(method.rawValue) \(path)" }
    /// Method and path.
    public var debugDescription: String { description }
    /// Without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Status line and headers of an answer.
public struct HTTPResponseHead: Sendable {
    /// The status code.
    public var status: Int
    /// Headers in order of arrival, names as sent.
    public var headers: [(name: String, value: String)]

    /// Creates a head.
    public init(status: Int, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a header; names compare without case.
    public subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
