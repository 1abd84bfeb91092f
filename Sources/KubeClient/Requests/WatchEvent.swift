/// One element of a watch.
///
/// An `ERROR` element is thrown as a ``KubeError`` instead.
public enum WatchEvent<Object: KubeObject>: Sendable {
    /// The object exists since now, or existed when the watch began.
    case added(Object)
    /// The object changed.
    case modified(Object)
    /// The object is gone, or no longer selected; this is its last state.
    case deleted(Object)
    /// Nothing changed up to this version; `endsInitialEvents` marks the end of a streaming list.
    case bookmark(ResourceVersion, endsInitialEvents: Bool)
}
