public import KubeClient

/// What an informer asks the server for, and how.
public struct InformerOptions: Sendable {
    /// Only objects whose labels match, in the API's syntax.
    public var labelSelector: String?
    /// Only objects whose fields match, in the API's syntax.
    public var fieldSelector: String?
    /// Whether objects that the field selector leaves out would do no harm: when the server refuses the selector (400) before
    /// anything was read, all objects are asked for, and a warning says so.
    public var isFieldSelectorOptional: Bool
    /// Items per page where pages do not cost the server more than one answer; 0 never pages.
    public var pageSize: Int
    /// Whether the first list comes as a stream of events (`sendInitialEvents`), with a plain list where a server cannot.
    public var streamingList: Bool
    /// Whether the informer may do without: when the server answers 403 or 404, the kind is off until it answers otherwise,
    /// instead of holding up everybody who waits.
    public var isOptional: Bool
    /// Whether the kind is one that most servers do not have: the informer asks discovery first, is off without a warning
    /// where the kind is not served, and asks again every ten minutes.
    ///
    /// Implies ``isOptional``.
    public var mayBeMissing: Bool

    /// Creates options; the defaults ask for everything and insist on it.
    public init(
        labelSelector: String? = nil, fieldSelector: String? = nil, isFieldSelectorOptional: Bool = false,
        pageSize: Int = 500, streamingList: Bool = true, isOptional: Bool = false, mayBeMissing: Bool = false
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.isFieldSelectorOptional = isFieldSelectorOptional
        self.pageSize = pageSize
        self.streamingList = streamingList
        self.isOptional = isOptional || mayBeMissing
        self.mayBeMissing = mayBeMissing
    }
}

/// How far an informer has come.
public enum InformerState: Sendable {
    /// No complete list so far.
    case starting
    /// The store has held a complete list since, and every observer has seen it.
    case synced
    /// The kind is off: the server refuses it (403) or does not have it (404). It is tried again every minute, or
    /// every ten where it ``InformerOptions/mayBeMissing``.
    case unavailable(KubeError)

    /// Whether a complete list is in the store.
    public var isSynced: Bool {
        if case .synced = self { true } else { false }
    }
}
