/// An annotation of a workload that cannot do what it seems to ask for; reloads go on without it.
struct AnnotationFault: Hashable, Sendable {
    enum Problem: Hashable, Sendable {
        /// An item of a named-reload list is no regular expression; the others count.
        case invalidPattern(InvalidNamePattern)
        /// The pause period is no duration; there is no pause.
        case invalidPausePeriod(String)
        /// A pause period on something that cannot be paused.
        case pauseOfOtherKind
    }

    var annotation: String
    var problem: Problem

    /// All that is wrong with a workload's annotations; usually nothing.
    static func faults(of workload: Workload, _ policy: ReloadPolicy) -> Set<AnnotationFault> {
        var faults: Set<AnnotationFault> = []
        for (annotation, pattern) in policy.invalidPatterns(of: workload) {
            faults.insert(AnnotationFault(annotation: annotation, problem: .invalidPattern(pattern)))
        }
        let key = policy.keys.pausePeriod
        guard workload.annotations[key] != nil else { return faults }
        if workload.kind != .deployment {
            faults.insert(AnnotationFault(annotation: key, problem: .pauseOfOtherKind))
        } else if case .invalid(let text) = DeploymentPause(workload, policy.keys).period {
            faults.insert(AnnotationFault(annotation: key, problem: .invalidPausePeriod(text)))
        }
        return faults
    }

    /// One sentence for logs and Events; the words of v1.4.21 come first.
    func message(for workload: String) -> String {
        switch problem {
        case .invalidPattern(let pattern):
            "Skipping invalid reload annotation on \(workload): invalid regex in \(annotation): \(pattern)"
        case .invalidPausePeriod(let text):
            "Reloading without a pause: annotation \(annotation) of \(workload) has the value '\(text)', "
                + "which is no duration such as 90s or 1h30m"
        case .pauseOfOtherKind:
            "Annotation '\(annotation)' only applicable for deployments; it does nothing on \(workload)"
        }
    }

    /// A short stable word for the problem.
    var code: String {
        switch problem {
        case .invalidPattern: "invalid-pattern"
        case .invalidPausePeriod: "invalid-pause-period"
        case .pauseOfOtherKind: "pause-of-other-kind"
        }
    }

    /// Whether something that the user wrote is thrown away.
    var isError: Bool { problem != .pauseOfOtherKind }
}
