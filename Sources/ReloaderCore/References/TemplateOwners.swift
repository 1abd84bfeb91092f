/// Follows Argo Rollouts whose template lies in a Deployment (`spec.workloadRef`).
///
/// Argo rolls such a Rollout when the template of the Deployment changes, so that a reload is one write to the Deployment,
/// whichever of the two asks for it. Only a Rollout that wants its pods restarted is written itself, and only where the
/// Deployment asks for nothing.
struct TemplateOwners: Sendable {
    let caches: ClusterCaches
    let policy: ReloadPolicy

    /// The workload that a reload of `workload` is written to; nil when its template is not known, or its owner is reloaded
    /// anyway.
    func target(of workload: Workload, _ config: ConfigObject) -> Workload? {
        guard let key = workload.templateOwner else { return workload }
        guard let owner = caches.workload(key) else { return nil }
        guard policy.isRestarted(workload) else { return owner }
        return decide(owner, config).isReload ? nil : workload.borrowing(owner.template)
    }

    /// The workload with the template that it uses, wherever that lies.
    func completed(_ workload: Workload) -> Workload {
        workload.templateOwner.flatMap(caches.workload).map { workload.borrowing($0.template) } ?? workload
    }

    /// What the policy says for a workload, or else for those that use its template.
    func decide(_ workload: Workload, _ config: ConfigObject) -> Decision {
        let own = policy.decide(workload, config)
        guard !own.isReload else { return own }
        for borrower in caches.borrowers(of: workload.key) where !policy.isRestarted(borrower) {
            let decision = policy.decide(borrower.borrowing(workload.template), config)
            if decision.isReload { return decision }
        }
        return own
    }
}
