/// The contents of configs that were deleted, as a value: one that is created again with another content has changed.
struct DepartedConfigs: Sendable {
    // What is replaced comes back at once; this is for what takes its time.
    private static let limit = 1024

    private struct Departed {
        var config: ConfigObject
        /// Why workloads were to be reloaded for it, which had no content to be reloaded with.
        var waiting: [WorkloadKey: PendingReloads.Cause] = [:]
    }

    private var departed: [ConfigKey: Departed] = [:]
    private var order: [ConfigKey] = []

    /// Remembers a config that was deleted; what is remembered of it already stays until it is back.
    mutating func remember(_ config: ConfigObject) {
        guard departed[config.key] == nil else { return }
        departed[config.key] = Departed(config: config)
        order.append(config.key)
        while departed.count > Self.limit, !order.isEmpty { departed[order.removeFirst()] = nil }
    }

    /// Notes with which content a config went, if it is remembered.
    mutating func correct(_ config: ConfigObject) { departed[config.key]?.config = config }

    /// Remembers why a workload was to be reloaded for a config that is gone: its pods run with an older content.
    mutating func remember(_ cause: PendingReloads.Cause, of workload: WorkloadKey) {
        remember(cause.config)
        departed[cause.config.key]?.waiting[workload] = cause
    }

    /// A change as it looks to who remembers: the creation of a config that was there before is an update.
    mutating func identify(_ change: ObservedChange) -> ObservedChange {
        guard change.event == .created, !departed.isEmpty,
            let before = departed.removeValue(forKey: change.config.key)
        else {
            return change
        }
        order.removeAll { $0 == change.config.key }
        var update = ObservedChange(
            event: .updated, notification: change.notification, old: before.config, config: change.config,
            isInitial: change.isInitial)
        update.waiting = before.waiting
        return update
    }
}
