import KubeClient

/// The config changes of the last minutes, for workloads that are heard of after them, as a value.
///
/// Watches of different kinds are not ordered among each other: a config's change can arrive before the workload that was
/// created, with the old content, shortly before it. Such a workload is not in the index yet and would be missed. So
/// would the change in a namespace that was given its label a moment before.
struct RecentConfigChanges: Sendable {
    struct Entry: Sendable {
        var change: ObservedChange
        var at: Duration
    }

    // Far above what one watch can be behind another one after an outage, when each has a back-off of its own; the limit
    // is what keeps it small.
    private static let memory = Duration.seconds(600)
    private static let limit = 1024

    /// In the order of their times; the first ``forgotten`` ones no longer count.
    private var entries: [Entry] = []
    private var forgotten = 0

    /// Remembers a change; costs the same however many there are.
    mutating func add(_ change: ObservedChange, at now: Duration) {
        while forgotten < entries.count, entries[forgotten].at + Self.memory < now { forgotten += 1 }
        if entries.count - forgotten == Self.limit { forgotten += 1 }
        // Taken out many at a time: to close the gap moves all that stay.
        if forgotten > entries.count / 2 {
            entries.removeFirst(forgotten)
            forgotten = 0
        }
        entries.append(Entry(change: change, at: now))
    }

    /// The changes in a namespace after `version`, in which it gained the labels that were asked for.
    func happened(in namespace: String, after version: ResourceVersion, at now: Duration) -> [Entry] {
        entries[forgotten...].filter { entry in
            entry.at + Self.memory >= now && entry.change.config.key.namespace == namespace
                && entry.change.config.resourceVersion.isNewer(than: version) == true
        }
    }

    /// The changes that `workload`, in the state of `version`, has slept through.
    ///
    /// Versions of one server count up over all kinds, so the smaller is the earlier; where they cannot be compared
    /// nothing is due, because a workload usually starts with the current content.
    func slept(through version: ResourceVersion, indexKeys: Set<ConfigIndexKey>, at now: Duration) -> [Entry] {
        entries[forgotten...].filter { entry in
            entry.at + Self.memory >= now
                && entry.change.config.resourceVersion.isNewer(than: version) == true
                && ConfigIndexKey.lookup(for: entry.change.config.key).contains { indexKeys.contains($0) }
        }
    }
}
