/// The `meta/v1 Status` that the server sent, or what a non-Kubernetes answer amounts to.
public struct Status: Hashable, Sendable {
    /// One entry of `details.causes`.
    public struct Cause: Hashable, Sendable {
        /// Machine-readable cause, such as `FieldValueRequired`.
        public var reason: String
        /// For people.
        public var message: String
        /// The path of the field, when the cause is about one.
        public var field: String

        /// Creates a cause.
        public init(reason: String, message: String = "", field: String = "") {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    /// The HTTP status code.
    public var code: Int
    /// The machine-readable reason, such as `NotFound`; may be empty.
    public var reason: String
    /// The server's sentence.
    public var message: String
    /// How long the server asks to wait, in seconds.
    public var retryAfterSeconds: Int?
    /// `details.causes`.
    public var causes: [Cause]

    /// Creates a status.
    public init(code: Int, reason: String, message: String, retryAfterSeconds: Int? = nil, causes: [Cause] = []) {
        self.code = code
        self.reason = reason
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.causes = causes
    }
}
