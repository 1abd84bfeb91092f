/// What a change of one config does to one workload, and why.
package struct Verdict: Hashable, Sendable {
    /// How a reload is brought about.
    package enum Action: String, Hashable, Sendable {
        /// The pod template is patched, and Kubernetes replaces the pods.
        case patchTemplate = "patch-template"
        /// The template of the Jobs to come is patched; nothing is started.
        case patchJobTemplate = "patch-job-template"
        /// A Job is started from the CronJob's template.
        case startJob = "start-job"
        /// The Job is deleted and created again.
        case recreateJob = "recreate-job"
        /// `spec.restartAt` of the Rollout is set.
        case restartRollout = "restart-rollout"
    }

    /// What is done.
    package struct Effect: Hashable, Sendable {
        /// How.
        package var action: Action
        /// The containers that carry the marker, or are recorded.
        package var containers: [String]
        /// What is written when it is not the workload itself: the one whose template it uses.
        package var owner: WorkloadKey?
        /// The name of the variable, or the key of the annotation, that says which content the pods started with.
        package var marker: String
    }

    /// What is done; nil when nothing is.
    package var effect: Effect?
    /// A short stable word for the reason, such as `auto` or `not-referenced`.
    package var code: String
    /// The reason as a sentence for people.
    package var sentence: String

    /// Whether the workload is reloaded.
    package var isReload: Bool { effect != nil }

    init(_ code: String, _ sentence: String, effect: Effect? = nil) {
        self.effect = effect
        self.code = code
        self.sentence = sentence
    }

    init(_ reason: Decision.Reason, effect: Effect? = nil) {
        self.init(reason.code, reason.sentence, effect: effect)
    }
}

/// What is known of a config that a workload may depend on.
package struct ConfigStanding: Hashable, Sendable {
    /// What reading it gave.
    package enum State: Hashable, Sendable {
        /// It is there.
        case present(ConfigObject)
        /// It does not exist.
        case absent
        /// It could not be read.
        case unknown(String)
    }

    /// Type, namespace and name.
    package var key: ConfigKey
    /// What reading it gave.
    package var state: State
    /// Whether it has the labels that watched configs must have.
    package var isSelected = true
    /// Whether its content can be told; that of a class only once a pod has mounted it.
    package var isContentKnown = true
    /// Whether the object that carries its annotations exists; a class may be gone while pods have it.
    package var isDefined = true

    /// The config; one that could not be read counts as having no annotations.
    package var object: ConfigObject? { if case .present(let object) = state { object } else { nil } }
}
