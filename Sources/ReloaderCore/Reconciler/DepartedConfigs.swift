/// The contents of configs that were deleted, as a value: one that is created again with another content has changed.
struct DepartedConfigs: Sendable {
    // What is replaced comes back at once; this is for what takes its time.
    private static let limit = 1024

    private var objects: [ConfigKey: ConfigObject] = [:]
    private var order: [ConfigKey] = []

    /// Remembers a config that was deleted.
    mutating func remember(_ config: ConfigObject) {
        if objects.updateValue(config, forKey: config.key) == nil { order.append(config.key) }
        while objects.count > Self.limit, !order.isEmpty { objects[order.removeFirst()] = nil }
    }

    /// A change as it looks to who remembers: the creation of a config that was there before is an update.
    mutating func identify(_ change: ObservedChange) -> ObservedChange {
        guard change.event == .created, !objects.isEmpty, let old = objects.removeValue(forKey: change.config.key)
        else {
            return change
        }
        order.removeAll { $0 == change.config.key }
        return ObservedChange(
            event: .updated, notification: change.notification, old: old, config: change.config,
            isInitial: change.isInitial)
    }
}
