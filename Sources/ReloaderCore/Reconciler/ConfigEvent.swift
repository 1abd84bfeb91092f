/// What happened to a config.
public enum ConfigEvent: String, Hashable, Sendable {
    /// It appeared.
    case created
    /// Its content changed.
    case updated
    /// It is gone.
    case deleted

    /// The word in `reloader_events_received_total`.
    var metricLabel: String {
        switch self {
        case .created: "add"
        case .updated: "update"
        case .deleted: "delete"
        }
    }
}
