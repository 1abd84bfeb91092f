/// The env-vars strategy: one variable per config in one container.
enum EnvironmentPlan {
    /// Why the change needs no write.
    static func skip(_ carried: CarriedChange, _ template: PodTemplate) -> ReloadPlan.Skip? {
        let present = carried.container.marker(carried.marker)
        if carried.change.event == .deleted, present == nil { return .noMarker }
        guard let value = carried.change.markerValue else { return nil }
        if present?.value == value.hex { return .alreadyApplied }
        guard carried.change.config.type == .secretProviderClass else { return nil }
        // Each pod reports its own status; any container's marker says that this content was rolled out.
        let first = template.containers.lazy.compactMap { $0.marker(carried.marker) }.first
        return first?.value == value.hex ? .alreadyApplied : nil
    }

    /// What all changes come to; they are not empty.
    static func mutation(_ changes: [CarriedChange], _ template: PodTemplate) -> TemplateMutation {
        // Two configs can share a marker; what it holds then stands for both.
        var entries = Dictionary(
            changes.map { (Entry($0.containerIndex, $0.marker), $0.markerChange) }, uniquingKeysWith: { $1 })
        for change in changes {
            for stale in staleMarkers(of: change, template)
            where entries[Entry(stale.containerIndex, stale.name)] == nil {
                entries[Entry(stale.containerIndex, stale.name)] = stale
            }
        }
        return .markers(entries.sorted { $0.key < $1.key }.map(\.value))
    }

    /// Markers of the same name that were left in other containers when the use of a config moved; they go with the write
    /// that is due anyway.
    private static func staleMarkers(of change: CarriedChange, _ template: PodTemplate) -> [TemplateMutation.Marker] {
        let indices = template.containers.indices.filter {
            $0 != change.containerIndex && template.containers[$0].marker(change.marker) != nil
        }
        guard !indices.isEmpty else { return [] }
        // Another config may have a marker of this name in its own right.
        let owned = Set(
            template.references.configs.filter { MarkerName.marker(for: ConfigKey($0, in: "")) == change.marker }
                .compactMap { template.references.carrier(of: $0, isNamed: false) })
        return indices.filter { !owned.contains($0) }.map { index in
            TemplateMutation.Marker(
                container: template.containers[index].name, containerIndex: index, name: change.marker, value: nil,
                index: template.containers[index].marker(change.marker)?.index)
        }
    }

    /// Containers in the workload's order, markers by name.
    private struct Entry: Hashable, Comparable {
        let containerIndex: Int
        let marker: String

        init(_ containerIndex: Int, _ marker: String) { (self.containerIndex, self.marker) = (containerIndex, marker) }

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            (lhs.containerIndex, lhs.marker) < (rhs.containerIndex, rhs.marker)
        }
    }
}

extension CarriedChange {
    fileprivate var markerChange: TemplateMutation.Marker {
        TemplateMutation.Marker(
            container: container.name, containerIndex: containerIndex, name: marker, value: change.markerValue?.hex,
            index: container.marker(marker)?.index)
    }
}
