/// Finds workloads by key, and by the one whose template they use.
protocol WorkloadDirectory: Sendable {
    /// The workload, with a template only where that is its own; nil when it does not exist or is not known.
    func known(_ key: WorkloadKey) -> Workload?
    /// The workloads that use the template of this one instead of one of their own.
    func borrowers(of owner: WorkloadKey) -> [Workload]
}

/// Follows Argo Rollouts whose template lies in a Deployment (`spec.workloadRef`).
///
/// Argo rolls such a Rollout when the template of the Deployment changes, so that a reload is one write to the Deployment,
/// whichever of the two asks for it. Only a Rollout that wants its pods restarted is written itself, and only where the
/// Deployment asks for nothing.
struct TemplateOwners<Directory: WorkloadDirectory>: Sendable {
    let directory: Directory
    let policy: ReloadPolicy

    /// The workload that a reload of `workload` is written to; nil when its template is not known, or its owner is reloaded
    /// anyway.
    func target(of workload: Workload, _ config: ConfigObject) -> Workload? {
        guard let key = workload.templateOwner else { return workload }
        guard let owner = directory.known(key) else { return nil }
        guard policy.isRestarted(workload) else { return owner }
        return decide(owner, config).isReload ? nil : workload.borrowing(owner.template)
    }

    /// The workload with the template that it uses, wherever that lies.
    func completed(_ workload: Workload) -> Workload {
        workload.templateOwner.flatMap(directory.known).map { workload.borrowing($0.template) } ?? workload
    }

    /// What the policy says for a workload, or else for those that use its template.
    func decide(_ workload: Workload, _ config: ConfigObject) -> Decision { judge(workload, config).decision }

    /// The same, with who asks for it when that is not the workload itself.
    func judge(_ workload: Workload, _ config: ConfigObject) -> (decision: Decision, borrower: WorkloadKey?) {
        let own = policy.decide(workload, config)
        guard !own.isReload else { return (own, nil) }
        for borrower in directory.borrowers(of: workload.key) where !policy.isRestarted(borrower) {
            let decision = policy.decide(borrower.borrowing(workload.template), config)
            if decision.isReload { return (decision, borrower.key) }
        }
        return (own, nil)
    }
}

/// A handful of workloads that are at hand.
struct WorkloadFamily: WorkloadDirectory {
    private var members: [WorkloadKey: Workload] = [:]
    private var borrowers: [WorkloadKey: [Workload]] = [:]

    init(_ workloads: [Workload] = []) {
        for workload in workloads {
            members[workload.key] = workload
            if let owner = workload.templateOwner { borrowers[owner, default: []].append(workload) }
        }
    }

    func known(_ key: WorkloadKey) -> Workload? { members[key] }

    func borrowers(of owner: WorkloadKey) -> [Workload] { borrowers[owner] ?? [] }
}
