public import KubeClient

/// One change of a pod template that reloads a workload, and what it stands for.
public struct ReloadWrite: Sendable {
    /// Which workload to reload.
    public let workload: WorkloadKey
    /// What changes in its template.
    public let mutation: TemplateMutation
    /// The changes that the write brings to the workload, oldest first.
    public let changes: [ConfigChange]
    /// The names of the containers that carry markers, or are recorded, in the workload's order.
    public let containers: [String]
    /// The strategy that the write follows.
    public let strategy: ReloadStrategy

    /// The change as a patch, for built-in kinds that are patched.
    public var patch: Patch { mutation.patch(at: workload.kind.templatePath) }

    init(_ mutation: TemplateMutation, _ workload: WorkloadKey, _ carried: [CarriedChange], _ strategy: ReloadStrategy)
    {
        self.workload = workload
        self.mutation = mutation
        self.strategy = strategy
        changes = carried.map(\.change)
        let carriers = strategy == .annotations ? carried.suffix(1) : carried[...]
        let names = Dictionary(carriers.map { ($0.containerIndex, $0.container.name) }, uniquingKeysWith: { $1 })
        containers = names.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension ReloadWrite: CustomStringConvertible {
    /// One line for logs: the workload and the configs that reload it.
    public var description: String {
        "reload \(workload) for \(changes.map(\.config.description).joined(separator: ", "))"
    }
}
