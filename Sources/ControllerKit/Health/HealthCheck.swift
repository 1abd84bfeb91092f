/// What a check found.
public enum HealthStatus: Hashable, Sendable {
    /// All is well.
    case healthy
    /// Something is wrong; the reason is one sentence without secrets, because it is shown to whoever asks.
    case unhealthy(String)
}

/// A named question about the state of the program.
public struct HealthCheck: Sendable {
    /// The name in reports, unique among the checks of its kind.
    public var name: String
    /// Answers at once; must not block.
    public var status: @Sendable () -> HealthStatus

    /// Creates a check.
    public init(_ name: String, status: @escaping @Sendable () -> HealthStatus) {
        self.name = name
        self.status = status
    }
}

/// What all checks of a kind found, in the order in which they were added.
public struct HealthReport: Hashable, Sendable {
    /// One check's answer.
    public struct Entry: Hashable, Sendable {
        /// The name of the check.
        public var name: String
        /// What it found.
        public var status: HealthStatus
    }

    /// The answers.
    public var entries: [Entry]

    /// Whether no check complained; true when there are none.
    public var isHealthy: Bool { entries.allSatisfy { $0.status == .healthy } }

    /// The report as API servers write it: a line per check, and the result.
    public var text: String {
        var text = ""
        for entry in entries {
            switch entry.status {
            case .healthy: text += "[+]\(entry.name) ok\n"
            case .unhealthy(let reason): text += "[-]\(entry.name) failed: \(reason)\n"
            }
        }
        return text + (isHealthy ? "check passed\n" : "check failed\n")
    }
}
