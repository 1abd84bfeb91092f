import ControllerKit
import KubeClient

/// The content of every class that a pod has mounted, as a value: changes of statuses in, changes of classes out.
struct ProviderClassContents: Sendable {
    private struct Entry: Sendable {
        var content = ProviderClassContent()
        /// Nil until a first status is in.
        var config: ConfigObject?
    }

    private var entries: [ConfigKey: Entry] = [:]

    /// The class now, without its annotations.
    func config(_ key: ConfigKey) -> ConfigObject? { entries[key]?.config }

    /// All classes.
    var configs: [ConfigObject] { entries.values.compactMap(\.config) }

    /// Takes note of what the watch of the statuses told.
    ///
    /// A class outlives its last status: its pods may only be between two nodes.
    mutating func received(_ change: Change<ProviderClassPodStatus>) -> ObservedChange? {
        let isInitial = change.cause == .initialList
        switch (change.old, change.new) {
        case (let old?, let new?) where old.uid == new.uid && old.providerClass == new.providerClass:
            return update(new.providerClass, .updated, isInitial) { $0.changed(from: old, to: new) }
        case (let old?, let new?):
            // Another pod of the same name, which has started anew.
            _ = update(old.providerClass, .deleted, isInitial) { $0.removed(old) }
            return update(new.providerClass, .updated, isInitial) { $0.added(new, isInitial: isInitial) }
        case (nil, let new?):
            return update(new.providerClass, .created, isInitial) { $0.added(new, isInitial: isInitial) }
        case (let old?, nil): return update(old.providerClass, .deleted, isInitial) { $0.removed(old) }
        case (nil, nil): return nil
        }
    }

    private mutating func update(
        _ key: ConfigKey, _ notification: ConfigEvent, _ isInitial: Bool,
        _ body: (inout ProviderClassContent) -> ProviderClassContent.Outcome
    ) -> ObservedChange? {
        var entry = entries[key] ?? Entry()
        let outcome = body(&entry.content)
        let old = entry.config
        if outcome != .same || old == nil {
            // Without SHA-1 no other config could be read either, and their informers say so.
            guard let fingerprint = entry.content.fingerprint(className: key.name) else { return nil }
            entry.config = ConfigObject(key, fingerprint: fingerprint, resourceVersion: entry.content.resourceVersion)
        }
        entries[key] = entry
        guard let config = entry.config else { return nil }
        return switch outcome {
        case .settled:
            ObservedChange(event: .created, notification: notification, config: config, isInitial: isInitial)
        case .same where old == nil:
            ObservedChange(event: .created, notification: notification, config: config, isInitial: isInitial)
        case .same, .rotated:
            ObservedChange(
                event: .updated, notification: notification, old: old, config: config, isInitial: isInitial)
        case .rotatedSinceBefore:
            // What the pods have started with is not known; the markers say whether they were reloaded.
            ObservedChange(event: .updated, notification: notification, config: config)
        }
    }
}
