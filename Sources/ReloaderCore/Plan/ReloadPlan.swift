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
    ///   - tried: what an earlier write was to bring, oldest first, when it is not known whether it came through.
    public init(
        _ workload: Workload, _ changes: [ConfigChange], strategy: ReloadStrategy, observedAt: Int,
        keys: AnnotationKeys = .init(), tried: [ConfigChange] = []
    ) {
        func isRecorded(_ change: ConfigChange) -> Bool {
            let key = keys.lastReloadedFrom
            let isInTemplate = AnnotationPlan.records(change, workload.template.annotations[key])
            if isInTemplate, strategy == .annotations { return true }
            // A restart leaves the template as it is and is recorded on the object.
            return workload.isRestarted(keys) && AnnotationPlan.records(change, workload.annotations[key])
        }
        // An annotation names the newest change of a write alone. Where it names that of the write that was tried, pods
        // have been restarted after all that was to come with it. A later change of one of these has another version, so
        // it is none of them; that holds even when the newest has changed since, and back.
        let arrived = tried.last.map(isRecorded) == true ? tried : []
        var carried: [CarriedChange] = []
        var skipped: [ConfigKey: Skip] = [:]
        for change in changes {
            guard
                let index = workload.template.references.carrier(
                    of: change.config.configName, isNamed: change.mode == .named)
            else {
                skipped[change.config] = .noContainer
                continue
            }
            let carrier = CarriedChange(change, index, workload.template.containers[index])
            var skip = strategy == .envVars ? EnvironmentPlan.skip(carrier, workload.template) : nil
            if skip == nil, isRecorded(change) || arrived.contains(change) { skip = .alreadyApplied }
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

    init(_ change: ConfigChange, _ containerIndex: Int, _ container: PodTemplate.Container) {
        self.change = change
        self.containerIndex = containerIndex
        self.container = container
        marker = MarkerName.marker(for: change.config)
    }
}
