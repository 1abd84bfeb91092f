public import KubeClient

/// A config whose change a workload has not seen yet.
public struct ConfigChange: Hashable, Sendable {
    /// What happened to the config.
    public enum Event: Hashable, Sendable {
        /// It exists with this fingerprint.
        case updated(Fingerprint)
        /// It is gone.
        case deleted
    }

    /// The config.
    public var config: ConfigKey
    /// What happened to it.
    public var event: Event
    /// How it got its say: decides whether a container that does not use it may carry its marker.
    public var mode: Decision.Mode
    /// The version of the config in which its content became what it is: tells a change from a later one back to the same
    /// content.
    public var version: ResourceVersion
    /// What the marker is to hold instead of the config's own fingerprint, because other configs share it.
    var sharedMarker: Fingerprint?

    /// The content of the config; nil when it is gone.
    var content: Fingerprint? { if case .updated(let fingerprint) = event { fingerprint } else { nil } }

    /// What the marker is to hold; nil when it is to be removed.
    var markerValue: Fingerprint? { sharedMarker ?? content }

    /// Creates a change.
    public init(
        _ config: ConfigKey, _ event: Event, mode: Decision.Mode, version: ResourceVersion = .init(rawValue: "")
    ) {
        self.config = config
        self.event = event
        self.mode = mode
        self.version = version
    }

    /// Whether the config became what it is before `other` did; versions of one server count up over all kinds.
    func isOlder(than other: ConfigChange) -> Bool {
        if version != other.version, let isOlder = other.version.isNewer(than: version) { return isOlder }
        return config.description < other.config.description
    }

    /// What the annotations strategy records: the fingerprint, or the one that stands for a deletion.
    public var recordedFingerprint: Fingerprint { content ?? .deletion }
}
