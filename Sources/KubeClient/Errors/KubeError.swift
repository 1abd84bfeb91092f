/// Any failure of the client: what went wrong, what the server said, and the cause.
///
/// Decide with the predicates (``isNotFound``, ``isConflict``, ``isExpired`` …), not by comparing text. The
/// description names the request and what to do; it never holds credentials or object data.
public struct KubeError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; an open set, so that new kinds are not breaking.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String {
            case configuration, credentials, transport, timeout, cancelled, decoding, status
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
    /// The server failed (any 5xx).
    public var isServerError: Bool { status.map { $0.code >= 500 } ?? false }
}
