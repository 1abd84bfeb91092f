/// Workloads of kinds that are not watched, as they were listed, as a value; kept for as long as something is due for them.
struct ListedWorkloads: Sendable {
    private var workloads: [WorkloadKey: Workload] = [:]
    /// The workloads that use the template of another one, by that one.
    private var borrowers: [WorkloadKey: [WorkloadKey: Workload]] = [:]

    subscript(key: WorkloadKey) -> Workload? { workloads[key] }

    /// The workloads that use the template of this one.
    func borrowers(of owner: WorkloadKey) -> [Workload] { borrowers[owner].map { Array($0.values) } ?? [] }

    /// Keeps a workload in the state of this moment.
    mutating func keep(_ workload: Workload) {
        workloads[workload.key] = workload
        if let owner = workload.templateOwner { borrowers[owner, default: [:]][workload.key] = workload }
    }

    /// Forgets all but what something is due for.
    mutating func dropAll(unless isDue: (WorkloadKey) -> Bool) {
        for key in Array(workloads.keys) { drop(key, unless: isDue) }
    }

    /// Forgets a workload unless something is due for it, or for one whose template it shares.
    mutating func drop(_ key: WorkloadKey, unless isDue: (WorkloadKey) -> Bool) {
        let family = [key, workloads[key]?.templateOwner].compactMap(\.self)
        let shared = family.flatMap { borrowers(of: $0).map(\.key) }
        guard !(family + shared).contains(where: isDue) else { return }
        for member in family + shared {
            workloads[member] = nil
            borrowers[member] = nil
        }
    }
}
