public import KubeClient

/// One difference between what a store held before and what it holds now.
///
/// `old` is nil for the first sight of a key, `new` is nil for a removal. When an object was deleted and created again
/// between two looks, there is one change with both, whose uids differ: compare them where identity matters.
public struct Change<Object: KubeObject>: Sendable {
    /// What brought the change to light.
    public enum Cause: Hashable, Sendable {
        /// The first complete list of the informer.
        case initialList
        /// An event of the watch, in the order of the server's history.
        case watch
        /// A later complete list, after the watch had lost its place; what happened in between is not known in detail.
        case relist
    }

    /// The object's namespace and name.
    public var key: ObjectKey
    /// The state before; for a removal that the watch reported, the last state as the server sent it.
    public var old: Object?
    /// The state now; nil when the object is gone or no longer selected.
    public var new: Object?
    /// What brought the change to light.
    public var cause: Cause
    /// Whether the object went away unseen, so that ``old`` may not be its last state.
    ///
    /// Trust the key then, not the labels.
    public var isFinalStateUnknown: Bool

    /// Creates a change.
    public init(
        key: ObjectKey, old: Object? = nil, new: Object? = nil, cause: Cause = .watch, isFinalStateUnknown: Bool = false
    ) {
        self.key = key
        self.old = old
        self.new = new
        self.cause = cause
        self.isFinalStateUnknown = isFinalStateUnknown
    }
}
