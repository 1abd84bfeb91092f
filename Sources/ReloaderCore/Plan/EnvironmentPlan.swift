import KubeClient

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

    /// One patch for all changes; they are not empty.
    static func patch(_ changes: [CarriedChange]) -> Patch {
        // Two configs can share a marker; the newest says what it holds.
        let entries = Dictionary(changes.map { (Entry($0), $0) }, uniquingKeysWith: { $1 })
            .sorted { $0.key < $1.key }.map(\.value)
        if entries.allSatisfy(\.isDeletion) { return .json(removals(entries)) }
        return .strategicMerge(merge(entries))
    }

    /// Removals alone: each one tested first, since positions are those of an object that may have changed meanwhile.
    private static func removals(_ entries: [CarriedChange]) -> [UInt8] {
        // From the back, so that no removal moves a later one's position.
        let targets = entries.compactMap { entry in
            entry.container.marker(entry.marker).map { (container: entry.containerIndex, marker: $0) }
        }.sorted { ($0.container, $0.marker.index) > ($1.container, $1.marker.index) }
        var json = JSONWriter()
        json.array { json in
            for target in targets {
                let path = "/spec/template/spec/containers/\(target.container)/env/\(target.marker.index)"
                json.object { json in
                    json.field("op", "test")
                    json.field("path", "\(path)/name")
                    json.field("value", target.marker.name)
                }
                json.object { json in
                    json.field("op", "remove")
                    json.field("path", path)
                }
            }
        }
        return json.bytes
    }

    private static func merge(_ entries: [CarriedChange]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.object("spec") { json in
                json.object("template") { json in
                    json.object("spec") { json in
                        json.array("containers") { json in
                            writeContainers(entries[...], to: &json)
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    private static func writeContainers(_ entries: ArraySlice<CarriedChange>, to json: inout JSONWriter) {
        var rest = entries
        while let first = rest.first {
            let group = rest.prefix { $0.containerIndex == first.containerIndex }
            rest = rest.dropFirst(group.count)
            json.object { json in
                json.field("name", first.container.name)
                json.array("env") { json in
                    for entry in group {
                        json.object { json in
                            json.field("name", entry.marker)
                            switch entry.change.event {
                            case .updated(let fingerprint): json.field("value", fingerprint.hex)
                            case .deleted: json.field("$patch", "delete")
                            }
                        }
                    }
                }
            }
        }
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
    fileprivate var isDeletion: Bool { change.event == .deleted }
}
