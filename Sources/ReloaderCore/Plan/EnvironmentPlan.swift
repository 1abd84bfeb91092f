/// The env-vars strategy: one variable per config in one container.
enum EnvironmentPlan {
    /// Why the change needs no write.
    static func skip(_ carried: CarriedChange, _ template: PodTemplate) -> ReloadPlan.Skip? {
        let present = carried.container.marker(carried.marker)
        switch carried.change.event {
        case .deleted: return present == nil ? .noMarker : nil
        case .updated(let fingerprint):
            if present?.value == fingerprint.hex { return .alreadyApplied }
            guard carried.change.config.type == .secretProviderClass else { return nil }
            // Each pod reports its own status; any container's marker says that this content was rolled out.
            let first = template.containers.lazy.compactMap { $0.marker(carried.marker) }.first
            return first?.value == fingerprint.hex ? .alreadyApplied : nil
        }
    }

    /// What all changes come to; they are not empty.
    static func mutation(_ changes: [CarriedChange]) -> TemplateMutation {
        // Two configs can share a marker; the newest says what it holds.
        let entries = Dictionary(changes.map { (Entry($0), $0) }, uniquingKeysWith: { $1 })
            .sorted { $0.key < $1.key }.map(\.value)
        return .markers(entries.map(\.markerChange))
    }

    /// Containers in the workload's order, markers by name.
    private struct Entry: Hashable, Comparable {
        let containerIndex: Int
        let marker: String

        init(_ carried: CarriedChange) { (containerIndex, marker) = (carried.containerIndex, carried.marker) }

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            (lhs.containerIndex, lhs.marker) < (rhs.containerIndex, rhs.marker)
        }
    }
}

extension CarriedChange {
    fileprivate var markerChange: TemplateMutation.Marker {
        let value: String? =
            switch change.event {
            case .updated(let fingerprint): fingerprint.hex
            case .deleted: nil
            }
        return TemplateMutation.Marker(
            container: container.name, containerIndex: containerIndex, name: marker, value: value,
            index: container.marker(marker)?.index)
    }
}
