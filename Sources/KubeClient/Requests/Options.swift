/// What to list, and how fresh the answer must be.
public struct ListOptions: Sendable {
    /// How fresh the answer must be.
    ///
    /// Source: `resourceVersion` and `resourceVersionMatch` in the API concepts.
    public enum Consistency: Hashable, Sendable {
        /// A consistent read of the newest state.
        case mostRecent
        /// Any state that the server has at hand; the cheapest.
        case any
        /// At least as new as the version.
        case notOlderThan(ResourceVersion)
        /// Exactly the version, if the server still has it.
        case exact(ResourceVersion)
    }
    /// Label selector in the API's syntax.
    public var labelSelector: String?
    /// Field selector in the API's syntax.
    public var fieldSelector: String?
    /// At most this many items a page; nil for all at once.
    public var limit: Int?
    /// Where the last page ended; the server then ignores ``consistency``.
    public var continueToken: String?
    /// How fresh the answer must be.
    public var consistency: Consistency

    /// Creates options; the default lists everything, most recent, in one page.
    public init(
        labelSelector: String? = nil, fieldSelector: String? = nil, limit: Int? = nil, continueToken: String? = nil,
        consistency: Consistency = .mostRecent
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continueToken = continueToken
        self.consistency = consistency
    }
}

/// What to watch, and from where.
public struct WatchOptions: Sendable {
    /// Where the stream of events begins.
    public enum Start: Hashable, Sendable {
        /// Now, after synthetic `ADDED` events for what exists.
        case mostRecent
        /// After the version: exactly the later changes.
        case after(ResourceVersion)
        /// A streaming list: what exists, a marked bookmark, then changes (`sendInitialEvents`).
        case initialEvents(notOlderThan: ResourceVersion?)
    }
    /// Label selector in the API's syntax.
    public var labelSelector: String?
    /// Field selector in the API's syntax.
    public var fieldSelector: String?
    /// Where the stream begins.
    public var start: Start
    /// After how long the server ends the stream; the client gives up a little later.
    public var timeout: Duration
    /// For how long the client's watches together may bring nothing at all before this one counts as lost; nil for as
    /// long as it takes.
    package var silenceLimit: Duration?

    /// Creates options.
    public init(
        labelSelector: String? = nil, fieldSelector: String? = nil, start: Start = .mostRecent,
        timeout: Duration = .seconds(300)
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.start = start
        self.timeout = timeout
    }
}

/// Options of requests that write.
public struct WriteOptions: Sendable {
    /// Who the server records as manager of the written fields; nil lets it use the user agent.
    public var fieldManager: String?
    /// Validate and answer, but store nothing.
    public var dryRun: Bool
    /// Which unknown or duplicate fields the server refuses: `Strict`, `Warn` or `Ignore`; nil leaves it to the server.
    public var fieldValidation: String?

    /// Creates options.
    public init(fieldManager: String? = nil, dryRun: Bool = false, fieldValidation: String? = nil) {
        self.fieldManager = fieldManager
        self.dryRun = dryRun
        self.fieldValidation = fieldValidation
    }
}

/// A patch body with its content type.
public enum Patch: Sendable {
    /// RFC 6902.
    case json([UInt8])
    /// RFC 7386.
    case merge([UInt8])
    /// Kubernetes strategic merge patch: lists merge by key. Built-in kinds only.
    case strategicMerge([UInt8])
    /// Server-side apply by `WriteOptions.fieldManager`; `force` takes fields over from other managers.
    case apply([UInt8], force: Bool)

    /// RFC 7386, from a literal: `.merge(["metadata": ["labels": ["a": "b"]]])`; null removes.
    public static func merge(_ changes: JSONValue) -> Patch { .merge(changes.bytes) }
}

/// How a deletion is done.
public struct DeleteOptions: Sendable {
    /// What happens to dependents.
    ///
    /// Source: `propagationPolicy`.
    public enum Propagation: String, Sendable {
        case orphan = "Orphan", background = "Background", foreground = "Foreground"
    }
    /// What happens to dependents; nil is the kind's default.
    public var propagation: Propagation?
    /// Delete only this incarnation of the object.
    public var uid: String?
    /// Delete only this version of the object.
    public var resourceVersion: ResourceVersion?
    /// How long the object may take to stop; 0 removes it at once, nil is the object's own period.
    ///
    /// Pods only.
    public var gracePeriodSeconds: Int?
    /// Validate and answer, but delete nothing.
    public var dryRun: Bool

    /// Creates options.
    public init(
        propagation: Propagation? = nil, uid: String? = nil, resourceVersion: ResourceVersion? = nil,
        gracePeriodSeconds: Int? = nil, dryRun: Bool = false
    ) {
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.dryRun = dryRun
    }
}
