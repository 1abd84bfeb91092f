import KubeClient

/// Says what changes of configs do to workloads, by the same policy and the same plan that reloads follow.
///
/// Pure. What only the server can answer (which labels a namespace has) is asked before and given.
package struct ReloadExplainer: Sendable {
    package let options: ReloaderOptions
    package let policy: ReloadPolicy
    /// Whether the namespace has the labels that were asked for.
    package var isNamespaceSelected = true
    /// The workloads that share a template with those that are asked about.
    var family = WorkloadFamily()

    var owners: TemplateOwners<WorkloadFamily> { TemplateOwners(directory: family, policy: policy) }

    package init(_ options: ReloaderOptions) {
        self.options = options
        policy = options.policy
    }

    /// What happens when the config's content becomes another one, or, when it does not exist, when it is created.
    package func verdict(_ workload: Workload, _ config: ConfigStanding) -> Verdict {
        if let reason = unwatched(workload, config) { return reason }
        let change = Self.change(of: config, for: workload)
        if change.skipReason(options) != nil {
            let sentence =
                config.key.type.countsWhenCreated
                ? "It does not exist, and its creation restarts nothing: --reload-on-create is off."
                : "It does not exist; pods will start with what it holds."
            return Verdict("event-not-enabled", sentence)
        }
        // Where the owner of the template is reloaded anyway, so is whoever uses it.
        guard
            let target = owners.target(of: workload, change.config)
                ?? workload.templateOwner.flatMap(family.known)
        else {
            let owner = workload.templateOwner.map { "\($0.kind) \($0.object.name)" } ?? ""
            return Verdict("template-unknown", "\(owner), whose pod template it uses, does not exist.")
        }
        let (decision, borrower) = owners.judge(target, change.config)
        guard let mode = decision.mode else { return Verdict(decision.reason) }
        let plan = ReloadPlan(
            target, [ConfigChange(config.key, .updated(change.config.fingerprint), mode: mode)],
            strategy: options.strategy, observedAt: 0, keys: options.annotationKeys)
        guard let write = plan.write else {
            let skip = plan.skipped[config.key] ?? .noContainer
            return Verdict(skip.rawValue, skip.sentence)
        }
        var effect = effect(write, on: target, config)
        if target.key != workload.key { effect.owner = target.key }
        let asker = borrower.flatMap { $0 == workload.key ? nil : $0 }
        let prefix = asker.map { "Asked for by \($0.kind) \($0.object.name), which uses the pod template: " } ?? ""
        return Verdict(decision.reason.code, prefix + decision.reason.sentence, effect: effect)
    }

    /// Why changes of the config, or this workload, are not even looked at.
    private func unwatched(_ workload: Workload, _ config: ConfigStanding) -> Verdict? {
        let type = config.key.type
        if options.webhook != nil {
            return Verdict(
                "webhook-mode", "With --webhook-url a change is told to the webhook, and nothing is reloaded.")
        }
        guard options.configTypes.contains(type) else {
            let flag = type == .secretProviderClass ? "--enable-csi-integration is off" : "--resources-to-ignore"
            return Verdict("type-not-watched", "\(type.watchedResource.plural) are not watched: \(flag).")
        }
        guard options.includes(namespace: workload.namespace) else {
            return Verdict(
                "namespace-not-watched",
                "The namespace is not watched: --namespaces, --namespaces-to-ignore or KUBERNETES_NAMESPACE.")
        }
        guard isNamespaceSelected else {
            return Verdict("namespace-not-selected", "The namespace has not the labels of --namespace-selector.")
        }
        guard config.isSelected else {
            return Verdict("config-not-selected", "It has not the labels of --resource-label-selector.")
        }
        guard options.workloadKinds.contains(workload.kind) else {
            return Verdict("kind-not-watched", "\(workload.kind.name)s are left alone: \(kindFlag(workload.kind)).")
        }
        return nil
    }

    private func kindFlag(_ kind: WorkloadKind) -> String {
        switch kind.writeMethod {
        case .recreation: "--job-policy=ignore or --ignored-workload-types"
        case .rolloutPatch: "--is-Argo-Rollouts is not true"
        case .newRun, .patch: "--cronjob-policy=ignore or --ignored-workload-types"
        }
    }

    private func effect(_ write: ReloadWrite, on workload: Workload, _ config: ConfigStanding) -> Verdict.Effect {
        let action: Verdict.Action =
            switch workload.kind.writeMethod {
            case .patch: workload.kind == .cronJob ? .patchJobTemplate : .patchTemplate
            case .newRun: .startJob
            case .recreation: .recreateJob
            case .rolloutPatch:
                workload.annotations[policy.keys.rolloutStrategy] == "restart" ? .restartRollout : .patchTemplate
            }
        let marker =
            switch options.strategy {
            case .envVars: MarkerName.marker(for: config.key)
            case .annotations: options.annotationKeys.lastReloadedFrom
            }
        return Verdict.Effect(action: action, containers: write.containers, marker: marker)
    }

    /// A change to a content that the workload's markers do not hold yet.
    private static func change(of config: ConfigStanding, for workload: Workload) -> ObservedChange {
        let markers = Set(workload.template.containers.flatMap(\.markers).map(\.value))
        let recorded = workload.template.annotations.values.compactMap(LastReload.init(annotation:)).map(\.fingerprint)
        let contents = (UInt8.min...UInt8.max).lazy.compactMap { Fingerprint(bytes: Array(repeating: $0, count: 20)) }
        let other = contents.first { content in
            !markers.contains(content.hex) && !recorded.contains(content) && content != config.object?.fingerprint
        }
        let old = config.object
        let new = ConfigObject(
            config.key, fingerprint: other ?? .deletion, trueAnnotations: old?.trueAnnotations ?? [])
        return switch config.state {
        case .present: ObservedChange(event: .updated, old: old, config: new)
        case .unknown: ObservedChange(event: .updated, config: new)
        case .absent: ObservedChange(event: .created, config: new)
        }
    }
}

extension ReloadPlan.Skip {
    /// One sentence for people.
    var sentence: String {
        switch self {
        case .alreadyApplied: "The template says that the pods started with this content."
        case .noContainer: "No container can carry the marker: the template has none, or does not use the object."
        case .noMarker: "There is no marker to be removed."
        }
    }
}
