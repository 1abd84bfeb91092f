/// Any failure of the client: what went wrong, what the server said, and the cause.
///
/// Decide with the predicates (``isNotFound``, ``isConflict``, ``isExpired`` …), not by comparing text. The
/// description names the request and what to do; it never holds credentials or object data.
public struct KubeError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; an open set, so that new kinds are not breaking.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String {
            case configuration, credentials, transport, timeout, cancelled, decoding, status, overflow
        }
        private let wrapped: Wrapped
        private init(_ wrapped: Wrapped) { self.wrapped = wrapped }

        /// The configuration cannot be used: a broken kubeconfig, a missing file.
        public static let configuration = Code(.configuration)
        /// No credential could be obtained.
        public static let credentials = Code(.credentials)
        /// The server could not be reached, or the connection broke.
        public static let transport = Code(.transport)
        /// The deadline of the request passed.
        public static let timeout = Code(.timeout)
        /// The calling task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The answer was not what the Kubernetes API promises: malformed JSON, half a document, HTML.
        public static let decoding = Code(.decoding)
        /// The server answered with an error; see ``KubeError/status``.
        public static let status = Code(.status)
        /// The reader of a watch is slower than the server, and its buffer is full.
        public static let overflow = Code(.overflow)

        /// The word for the code, such as `transport`.
        public var description: String { wrapped.rawValue }
    }

    /// The kind of failure.
    public var code: Code
    /// One sentence for people: the object or file, the verb, what to do.
    public var message: String
    /// What the server said, when it said anything.
    public var status: Status?
    /// The error below, when there is one.
    public var underlying: (any Error)?

    /// Creates an error.
    public init(_ code: Code, _ message: String, status: Status? = nil, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.status = status
        self.underlying = underlying
    }

    /// The message, followed by the cause when there is one.
    public var description: String { underlying.map { "\(message): \($0)" } ?? message }
}

extension KubeError {
    /// The object does not exist (404).
    public var isNotFound: Bool { status?.code == 404 }
    /// The object was changed meanwhile, or exists with another identity (409 Conflict).
    public var isConflict: Bool { status?.reason == "Conflict" }
    /// An object of that name exists already (409 AlreadyExists).
    public var isAlreadyExists: Bool { status?.reason == "AlreadyExists" }
    /// The requested version is no longer available (410, reasons Expired and Gone).
    public var isExpired: Bool {
        guard let status else { return false }
        return status.code == 410 || status.reason == "Expired" || status.reason == "Gone"
    }
    /// The requested version is newer than what the answering server has (504 with cause ResourceVersionTooLarge).
    public var isResourceVersionTooLarge: Bool {
        guard let status, status.code == 504 || status.reason == "Timeout" else { return false }
        return status.causes.contains { $0.reason == "ResourceVersionTooLarge" }
            || status.message.holds("Too large resource version")
    }
    /// The server does not know who is asking (401).
    public var isUnauthorized: Bool { status?.code == 401 }
    /// The account may not do this (403).
    public var isForbidden: Bool { status?.code == 403 }
    /// The object was refused by validation or admission (422).
    public var isInvalid: Bool { status?.code == 422 }
    /// The server asks to slow down (429).
    public var isTooManyRequests: Bool { status?.code == 429 }
    /// The server does not allow the method here (405), such as a patch of what can only be created.
    public var isMethodNotSupported: Bool { status?.code == 405 }
    /// The server has no answer in a form that the client understands (406).
    public var isNotAcceptable: Bool { status?.code == 406 }
    /// The server does not understand the body's media type (415), such as a strategic merge of a custom resource.
    public var isUnsupportedMediaType: Bool { status?.code == 415 }
    /// The body is larger than the server takes (413).
    public var isRequestTooLarge: Bool { status?.code == 413 }
    /// The request made no sense to the server (400).
    public var isBadRequest: Bool { status?.code == 400 }
    /// The server gave up on the request in time (504, or reason Timeout), or the client did.
    public var isTimeout: Bool { code == .timeout || status?.code == 504 || status?.reason == "Timeout" }
    /// The server, or an aggregated one behind it, is not there for now (503).
    public var isServiceUnavailable: Bool { status?.code == 503 }
    /// How long the server asks to wait before the next try.
    public var retryAfter: Duration? { status?.retryAfterSeconds.map { .seconds($0) } }
    /// The server failed (any 5xx).
    public var isServerError: Bool { status.map { $0.code >= 500 } ?? false }
}
