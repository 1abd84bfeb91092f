public import KubeClient

/// What a check of permissions found.
///
/// The description is for people: a line for each missing rule with what it is for, then the RBAC rules to add.
public struct PermissionReport: Sendable, CustomStringConvertible {
    /// The rules that are not granted whole, each with the verbs that are missing, in the order in which they were asked.
    public var missing: [PermissionRule]
    /// The rules that could not be asked about whole; nothing is known about their verbs.
    public var unanswered: [PermissionRule]
    /// Why ``unanswered`` were not: the first error.
    public var failure: KubeError?
    /// What the server had trouble with while it answered, such as a role that is bound but does not exist.
    public var remarks: [String]

    /// The rules that do not count here, because the server does not have their resources.
    public var unserved: [PermissionRule] = []

    /// Creates a report; the default is that nothing is missing.
    public init(
        missing: [PermissionRule] = [], unanswered: [PermissionRule] = [], failure: KubeError? = nil,
        remarks: [String] = []
    ) {
        self.missing = missing
        self.unanswered = unanswered
        self.failure = failure
        self.remarks = remarks
    }

    /// The missing rules without which the program does not do its work.
    public var missingRequired: [PermissionRule] { missing.filter { !$0.isOptional } }

    /// Whether every rule was asked about and is granted.
    public var isComplete: Bool { missing.isEmpty && unanswered.isEmpty }

    /// The RBAC rules to add, as YAML; empty when nothing is missing.
    public var manifest: String { PermissionRule.manifest(of: missing) }

    /// The whole report.
    public var description: String {
        var lines = missing.map { rule in
            "missing\(rule.isOptional ? " (optional)" : ""): \(rule), \(rule.why)"
        }
        lines += unanswered.map { "not known: \($0)" }
        if let failure { lines.append("the server could not be asked: \(failure)") }
        lines += remarks.map { "the server remarks: \($0)" }
        if lines.isEmpty { return "every permission is granted" }
        if !missing.isEmpty { lines.append("add these rules to the account's roles:\n\(manifest)") }
        return lines.joined(separator: "\n")
    }
}

/// The account lacks something that the program cannot do without.
public struct MissingPermissions: Error, CustomStringConvertible {
    /// What was found.
    public var report: PermissionReport

    /// The report's description.
    public var description: String { "the account lacks permissions\n\(report)" }
}
