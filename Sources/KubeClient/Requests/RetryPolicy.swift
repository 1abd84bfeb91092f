/// When a failed request is sent again.
///
/// The rules are those of client-go's `rest` package: a refusal (429 or any 5xx) is repeated only when it says how long to
/// wait; a lost connection only for reads, because a write may have been applied.
public struct RetryPolicy: Hashable, Sendable {
    /// At most this many repetitions; 0 turns them off.
    public var limit: Int
    /// The longest wait that the server may ask for; longer ones are returned as errors.
    public var longestWait: Duration

    /// Creates a policy.
    public init(limit: Int = 10, longestWait: Duration = .seconds(60)) {
        self.limit = limit
        self.longestWait = longestWait
    }

    /// Never repeats anything.
    public static let none = RetryPolicy(limit: 0)
}

/// The retries of one request, as a value: errors in, waits out.
struct RetryStateMachine: Sendable {
    private let policy: RetryPolicy
    private let repeatsLostConnections: Bool
    private var repetitions = 0
    private var previous: KubeError?

    init(policy: RetryPolicy, repeatsLostConnections: Bool) {
        self.policy = policy
        self.repeatsLostConnections = repeatsLostConnections
    }

    /// How long to wait before the next try; nil to give up.
    mutating func failed(_ error: KubeError) -> Duration? {
        guard repetitions < policy.limit, let delay = delay(after: error), delay <= policy.longestWait else {
            return nil
        }
        repetitions += 1
        previous = error
        return delay
    }

    /// The error to throw: the last one, with the one before as its cause when the last only says that time ran out.
    func final(_ error: KubeError) -> KubeError {
        guard error.code == .timeout || error.code == .cancelled, error.underlying == nil else { return error }
        var error = error
        error.underlying = previous
        return error
    }

    private func delay(after error: KubeError) -> Duration? {
        if let status = error.status {
            guard status.code == 429 || status.code >= 500 else { return nil }
            return status.retryAfterSeconds.map { .seconds($0) }
        }
        guard error.code == .transport, repeatsLostConnections else { return nil }
        // A name that does not resolve or a certificate that is not trusted will be no better in a second. Transports that
        // do not say what happened are taken to mean a lost connection.
        let kind = (error.underlying as? TransportFailure)?.kind ?? .connectionLost
        return kind == .connectionLost ? .seconds(1) : nil
    }
}
