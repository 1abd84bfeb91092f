/// Where a pod template uses configs, and which container carries the marker of each.
public struct PodTemplateReferences: Sendable {
    private let template: PodTemplate

    /// Creates the view of a template; nothing is computed ahead.
    public init(_ template: PodTemplate) { self.template = template }

    /// The configs that the template uses: through the environment of any container, or through a mounted volume.
    ///
    /// Exactly those for which ``carrier(of:isNamed:)`` has an answer without a named list.
    public var configs: Set<ConfigName> {
        guard !template.containers.isEmpty else { return [] }
        let containers = template.containers + template.initContainers
        let mounts = Set(containers.flatMap(\.mounts))
        let mounted = template.volumes.filter { mounts.contains($0.name) }
        return Set(containers.flatMap(\.environmentReferences)).union(mounted.flatMap(\.references))
    }

    /// The index of the regular container that carries the marker of a config; nil when no container can.
    ///
    /// The first rule that applies decides:
    /// 1. the first volume in order that refers to the config, if a container mounts it;
    /// 2. a reference from the environment of a container;
    /// 3. any other volume that refers to the config, if a container mounts it. Other versions of Reloader stop at
    ///    the first volume, so they miss these; coming last, this rule never moves a marker that they have written;
    /// 4. for a named-reload list (`isNamed`), the first container.
    ///
    /// A use by an init container counts, but the first regular container then carries the marker.
    public func carrier(of config: ConfigName, isNamed: Bool) -> Int? {
        guard !template.containers.isEmpty else { return nil }
        let volumes = template.volumes.filter { $0.references.contains(config) }
        if let carrier = volumes.first.flatMap(carrier(mounting:)) { return carrier }
        if let carrier = carrier(where: { $0.environmentReferences.contains(config) }) { return carrier }
        if isNamed { return 0 }
        return volumes.dropFirst().lazy.compactMap(carrier(mounting:)).first
    }

    private func carrier(mounting volume: PodTemplate.Volume) -> Int? {
        carrier { $0.mounts.contains(volume.name) }
    }

    private func carrier(where uses: (PodTemplate.Container) -> Bool) -> Int? {
        template.containers.firstIndex(where: uses) ?? (template.initContainers.contains(where: uses) ? 0 : nil)
    }
}

extension PodTemplate {
    /// Where the template uses configs.
    public var references: PodTemplateReferences { PodTemplateReferences(self) }
}
