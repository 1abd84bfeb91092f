public import KubeClient

/// One Kubernetes Event: what happened to which object.
public struct RecordedEvent: Sendable {
    /// How much the reader should worry.
    public enum Severity: String, Sendable {
        /// All is well.
        case normal = "Normal"
        /// Something needs attention.
        case warning = "Warning"
    }

    /// The object that an event is about.
    public struct Regarding: Hashable, Sendable {
        /// The kind of object.
        public var resource: APIResource
        /// Namespace and name.
        public var key: ObjectKey
        /// The identity of the object.
        public var uid: String
        /// The version of the object, when known.
        public var resourceVersion: ResourceVersion?

        /// Creates a reference.
        public init(resource: APIResource, key: ObjectKey, uid: String, resourceVersion: ResourceVersion? = nil) {
            self.resource = resource
            self.key = key
            self.uid = uid
            self.resourceVersion = resourceVersion
        }
    }

    /// The object that the event is about.
    public var regarding: Regarding
    /// Normal or warning.
    public var severity: Severity
    /// A short word in UpperCamelCase that machines can match.
    public var reason: String
    /// A sentence for people; never secret values.
    public var message: String
    /// Who says so.
    public var component: String
    /// When it happened; filled by the recorder when nil.
    public var time: Timestamp?

    /// Creates an event.
    public init(
        _ severity: Severity, regarding: Regarding, reason: String, message: String, component: String,
        time: Timestamp? = nil
    ) {
        self.severity = severity
        self.regarding = regarding
        self.reason = reason
        self.message = message
        self.component = component
        self.time = time
    }

    /// Where the Event lives: with its object, or in `default` for objects without a namespace.
    var namespace: String { regarding.key.namespace ?? "default" }

    /// The event as a core/v1 document.
    func body(_ occurrences: EventSeries.Occurrences) -> [UInt8] {
        let first = occurrences.first
        // As client-go names them: unique as long as no two events about one object share a nanosecond.
        let suffix = String(first.seconds &* 1_000_000_000 &+ first.nanoseconds, radix: 16)
        var involved: JSONValue = [
            "kind": .string(regarding.resource.kind), "name": .string(regarding.key.name),
            "uid": .string(regarding.uid), "apiVersion": .string(regarding.resource.apiVersion),
        ]
        if let namespace = regarding.key.namespace { involved["namespace"] = .string(namespace) }
        if let version = regarding.resourceVersion { involved["resourceVersion"] = .string(version.rawValue) }
        let event: JSONValue = [
            "kind": "Event", "apiVersion": "v1",
            "metadata": [
                "name": .string("\(regarding.key.name).\(suffix)"),
                "namespace": .string(namespace),
            ],
            "involvedObject": involved, "reason": .string(reason), "message": .string(message),
            "source": ["component": .string(component)], "firstTimestamp": .string(first.rfc3339),
            "lastTimestamp": .string(occurrences.last.rfc3339), "count": JSONValue(occurrences.count),
            "type": .string(severity.rawValue),
            "reportingComponent": .string(component), "reportingInstance": "",
        ]
        return event.bytes
    }
}

extension EventSeries.Occurrences {
    /// What an Event that was written before is changed by.
    var patch: [UInt8] {
        let changes: JSONValue = ["count": JSONValue(count), "lastTimestamp": .string(last.rfc3339)]
        return changes.bytes
    }
}
