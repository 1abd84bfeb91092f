import ControllerKit
import KubeClient

/// A change of a config as the informer tells it, freed of the resource's Swift type.
struct ObservedChange: Sendable {
    /// What happened to the config.
    var event: ConfigEvent
    /// What the watch told; of a class it tells the statuses of its pods.
    var notification: ConfigEvent
    /// The config before, nil when it was not known.
    var old: ConfigObject?
    /// The config now; after a deletion its last known state.
    var config: ConfigObject
    /// Whether it was there when the watch began.
    var isInitial: Bool
    /// Whether it happened while nobody watched, so that nobody knows what the workloads' pods started with.
    var isRecovered = false
    /// Why workloads were to be reloaded when it was deleted, of a config that is back: their pods have never had ``old``.
    var waiting: [WorkloadKey: PendingReloads.Cause] = [:]

    init(
        event: ConfigEvent, notification: ConfigEvent? = nil, old: ConfigObject? = nil, config: ConfigObject,
        isInitial: Bool = false
    ) {
        self.event = event
        self.notification = notification ?? event
        self.old = old
        self.config = config
        self.isInitial = isInitial
    }

    init?<Source: ConfigSource>(_ change: Change<ConfigResource<Source>>) {
        switch (change.old?.config, change.new?.config) {
        case (let old, let new?):
            self.init(
                event: old == nil ? .created : .updated, old: old, config: new, isInitial: change.cause == .initialList)
        case (let old?, nil): self.init(event: .deleted, old: old, config: old)
        case (nil, nil): return nil
        }
    }

    /// Why the change restarts nothing, whatever the workloads say; nil when they have to be asked.
    func skipReason(_ options: ReloaderOptions) -> SkipReason? {
        guard options.includes(namespace: config.key.namespace) else { return .ignoredOrNotSelected }
        switch event {
        // Pods start with the content that there is.
        case .created where !config.key.type.countsWhenCreated: return .eventNotEnabled
        case .created:
            // What exists at start was not created, unless the user wants it so.
            return options.reloadOnCreate && (!isInitial || options.syncAfterRestart) ? nil : .eventNotEnabled
        case .updated: return old?.fingerprint == config.fingerprint && waiting.isEmpty ? .noDataChange : nil
        case .deleted: return options.reloadOnDelete ? nil : .eventNotEnabled
        }
    }
}

/// Why nothing was reloaded; with the labels of the refusals among ``Decision/Reason`` the values of
/// `reloader_skipped_total{reason}`, of which the first three are v1.4.21's.
enum SkipReason: String, Hashable, Sendable {
    case noDataChange = "no_data_change"
    case ignoredOrNotSelected = "ignored_or_not_selected"
    case strategyNotUpdated = "strategy_not_updated"
    case eventNotEnabled = "event_not_enabled"
    case contentRestored = "content_restored"
    case templateElsewhere = "template_elsewhere"
    case noWorkloadConcerned = "no_workload_concerned"

    /// One sentence for people.
    var sentence: String {
        switch self {
        case .noDataChange: "Its content is the same; labels, annotations and the like restart nothing."
        case .ignoredOrNotSelected: "Its namespace is ignored or not selected, or it is muted."
        case .strategyNotUpdated: "The template needs no change."
        case .eventNotEnabled: "A flag (--reload-on-create, --reload-on-delete) would make it count."
        case .contentRestored: "Its content is again what the pods started with."
        case .templateElsewhere: "Its template lies in another workload, which is reloaded or not known."
        case .noWorkloadConcerned: "No workload that is watched uses or names it, and has opted in."
        }
    }
}

extension Decision.Reason {
    /// ``code`` as the value of a label: one of a fixed set, whatever the annotations say.
    var metricLabel: String { String(code.map { $0 == "-" ? "_" : $0 }) }
}
