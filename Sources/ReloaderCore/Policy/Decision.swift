/// Whether a changed config reloads a workload, and why.
public struct Decision: Hashable, Sendable {
    /// How a config got its say over a workload.
    public enum Mode: Hashable, Sendable {
        /// A named-reload list names it; the workload need not use it.
        case named
        /// The workload uses it and asked for all that it uses, or for those that match.
        case auto
    }

    /// Why.
    public var reason: Reason
    /// Items of the named-reload list that are no regular expressions; they were passed over.
    public var invalidPatterns: [InvalidNamePattern]

    /// Creates a decision.
    public init(_ reason: Reason, invalidPatterns: [InvalidNamePattern] = []) {
        self.reason = reason
        self.invalidPatterns = invalidPatterns
    }

    /// How the config got its say; nil when the answer is no.
    public var mode: Mode? { reason.mode }
    /// Whether to reload.
    public var isReload: Bool { mode != nil }
}

extension Decision {
    /// Why a decision was made: a stable ``code`` for metrics and tests, a ``sentence`` for people.
    ///
    /// Annotation keys are those in force, so that a sentence points at what was read.
    public enum Reason: Hashable, Sendable {
        /// Yes: an item of a named-reload list matches.
        case named(item: String, annotation: String)
        /// Yes: the workload searches and the config matches.
        case searchMatch
        /// Yes: an auto annotation is true.
        case auto(annotation: String)
        /// Yes: auto-reload-all is on and no auto annotation says otherwise.
        case autoReloadAll
        /// No: workloads of the kind are ignored.
        case kindIgnored(kind: String)
        /// No: the config is ignored.
        case configIgnored(annotation: String)
        /// No: the workload excludes the config.
        case excluded(annotation: String)
        /// No: an auto annotation has a value that is not true.
        case autoOff(annotation: String, value: String)
        /// No: the workload searches but the config does not match.
        case searchUnmatched(annotation: String)
        /// No: no item of the named-reload list matches.
        case listUnmatched(annotation: String)
        /// No: no annotation asks for reloads.
        case notOptedIn
        /// No: everything the workload uses would reload it, but it does not use this.
        case notReferenced
        /// No: a CronJob made this Job and will make the next one.
        case ownedByCronJob
        /// No: this is the copy of a Job that is being created again.
        case parkedCopy
        /// No: the CronJob is suspended, so that a change starts no run.
        case suspended
        /// No: the Job has ended, and no annotation of its own asks for it to run again.
        case finished

        /// How the config got its say; nil when the answer is no.
        public var mode: Mode? {
            switch self {
            case .named: .named
            case .searchMatch, .auto, .autoReloadAll: .auto
            default: nil
            }
        }

        /// A short stable word, such as `auto` or `not-referenced`.
        public var code: String {
            switch self {
            case .named: "named"
            case .searchMatch: "search-match"
            case .auto: "auto"
            case .autoReloadAll: "auto-reload-all"
            case .kindIgnored: "kind-ignored"
            case .configIgnored: "config-ignored"
            case .excluded: "excluded"
            case .autoOff: "auto-off"
            case .searchUnmatched: "search-unmatched"
            case .listUnmatched: "list-unmatched"
            case .notOptedIn: "not-opted-in"
            case .notReferenced: "not-referenced"
            case .ownedByCronJob: "owned-by-cronjob"
            case .parkedCopy: "parked-copy"
            case .suspended: "suspended"
            case .finished: "finished"
            }
        }

        /// One sentence for people.
        public var sentence: String {
            switch self {
            case .named(let item, let annotation): "Item '\(item)' of annotation \(annotation) matches the name."
            case .searchMatch: "The workload searches for marked objects that it uses, and this one is marked."
            case .auto(let annotation): "Annotation \(annotation) is true and the workload uses the object."
            case .autoReloadAll: "All workloads are reloaded for what they use, and no annotation says otherwise."
            case .kindIgnored(let kind): "Workloads of kind \(kind) are ignored."
            case .configIgnored(let annotation): "The object's annotation \(annotation) is true."
            case .excluded(let annotation): "Annotation \(annotation) of the workload lists the name."
            case .autoOff(let annotation, let value):
                "Annotation \(annotation) has the value '\(value)', which is not true."
            case .searchUnmatched(let annotation):
                "The workload searches for marked objects; this one has no \(annotation)."
            case .listUnmatched(let annotation): "No item of annotation \(annotation) matches the name."
            case .notOptedIn: "No annotation of the workload asks for reloads."
            case .notReferenced: "The workload does not use the object."
            case .ownedByCronJob: "A CronJob made this Job; it makes the next one with the new content."
            case .parkedCopy: "This is the copy of a Job, kept until that is created again."
            case .suspended: "The CronJob is suspended."
            case .finished: "The Job has ended, and no annotation of its own asks for it to run again."
            }
        }
    }
}

extension Decision: CustomStringConvertible {
    /// Yes or no, code and sentence.
    public var description: String { "\(isReload ? "reload" : "no reload") (\(reason.code)): \(reason.sentence)" }
}
