public import KubeClient

/// One patch that reloads a workload, and what it stands for.
public struct ReloadWrite: Sendable {
    /// Which workload to patch.
    public let workload: WorkloadKey
    /// The patch.
    public let patch: Patch
    /// The changes that the patch brings to the workload, oldest first.
    public let changes: [ConfigChange]
    /// The names of the containers that carry markers, or are recorded, in the workload's order.
    public let containers: [String]
    /// The strategy that the patch follows.
    public let strategy: ReloadStrategy

    init(_ patch: Patch, _ workload: WorkloadKey, _ carried: [CarriedChange], _ strategy: ReloadStrategy) {
        self.workload = workload
        self.patch = patch
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
