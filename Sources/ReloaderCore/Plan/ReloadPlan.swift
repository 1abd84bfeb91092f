/// What to write so that a workload's pods restart with the current content of some configs.
public struct ReloadPlan: Sendable {
    /// Why a change needs no write.
    public enum Skip: String, Hashable, Sendable {
        /// The template already says that the pods started with this content.
        case alreadyApplied = "already-applied"
        /// No container can carry the marker: the template does not use the config, or has no containers.
        case noContainer = "no-container"
        /// The config is deleted and its marker is not there to be removed.
        case noMarker = "no-marker"
    }

    /// The one write; nil when nothing is to be done.
    public let write: ReloadWrite?
    /// The changes that need no write, in the order given.
    public let skipped: [ConfigKey: Skip]

    /// Makes the plan for one workload.
    ///
    /// - Parameters:
    ///   - workload: the workload as it was last seen.
    ///   - changes: the changes that the workload has not seen, oldest first; at most one for each config.
    ///   - strategy: where the marker goes.
    ///   - observedAt: now, in Unix seconds; the annotations strategy records it.
    ///   - keys: the annotation keys in force.
    public init(
        _ workload: Workload, _ changes: [ConfigChange], strategy: ReloadStrategy, observedAt: Int,
        keys: AnnotationKeys = .init()
    ) {
        var carried: [CarriedChange] = []
        var skipped: [ConfigKey: Skip] = [:]
        for change in changes {
            guard let carrier = CarriedChange(change, in: workload) else {
                skipped[change.config] = .noContainer
                continue
            }
            var skip = strategy == .envVars ? EnvironmentPlan.skip(carrier, workload.template) : nil
            if skip == nil, workload.records(change, strategy, keys) { skip = .alreadyApplied }
            if let skip { skipped[change.config] = skip } else { carried.append(carrier) }
        }
        self.skipped = skipped
        guard !carried.isEmpty else {
            write = nil
            return
        }
        let mutation =
            switch strategy {
            case .envVars: EnvironmentPlan.mutation(carried, workload.template)
            case .annotations: AnnotationPlan.mutation(carried, keys.lastReloadedFrom, observedAt)
            }
        write = ReloadWrite(mutation, workload.key, carried, strategy)
    }
}

extension Workload {
    /// Whether it is an Argo Rollout whose annotation asks for restarts of its pods instead of a new template.
    func isRestarted(_ keys: AnnotationKeys) -> Bool {
        kind.writeMethod == .rolloutPatch && annotations[keys.rolloutStrategy] == "restart"
    }
}

/// A change with the container that carries its marker.
struct CarriedChange {
    let change: ConfigChange
    let containerIndex: Int
    let container: PodTemplate.Container
    let marker: String

    /// Nil when no container can carry the marker.
    init?(_ change: ConfigChange, in workload: Workload) {
        let template = workload.template
        guard let index = template.references.carrier(of: change.config.configName, isNamed: change.mode == .named)
        else { return nil }
        self.change = change
        containerIndex = index
        container = template.containers[index]
        marker = MarkerName.marker(for: change.config)
    }
}
