public import KubeClient
public import Logging

/// Brings the world to the state that a key describes.
///
/// Level-triggered: it is told which key, never what happened, reads the current state and makes it so. Several changes
/// of a key may be one call, and one change may be several.
public protocol Reconciler<Key>: Sendable {
    /// What is reconciled; one key is never reconciled twice at the same time.
    associatedtype Key: Hashable & Sendable = ObjectKey

    /// Does what is needed for `key`.
    ///
    /// A thrown error has the key tried again after a back-off, except for ``TerminalError``. When the task is
    /// cancelled, return soon.
    func reconcile(_ key: Key, _ context: ReconcileContext) async throws -> Outcome
}

/// What one attempt knows about itself.
public struct ReconcileContext: Sendable {
    /// Carries `controller`, `key`, `attempt` and `reconcileID` as metadata.
    public var logger: Logger
    /// One more than the number of failures since the last success.
    public var attempt: Int
    /// The priority that the key had.
    public var priority: Priority
    /// Counts the attempts of this controller from 1, to tell them apart in logs.
    public var id: UInt64
    /// Whether the cache has not shown what an earlier attempt wrote within ``ControllerOptions/ownWritePatience``, as while
    /// its watch is away.
    ///
    /// What it says about this key is older than that: read from the server what must not be.
    public var isCacheBehind: Bool

    /// Whether ``wrote(_:to:)`` has any effect.
    let waitsForWrites: Bool
    private let noteWrite: @Sendable (@escaping @Sendable () -> Bool) -> Void

    /// Creates a context, for tests of reconcilers.
    public init(
        logger: Logger, attempt: Int = 1, priority: Priority = .normal, id: UInt64 = 1, isCacheBehind: Bool = false
    ) {
        self.init(
            logger: logger, attempt: attempt, priority: priority, id: id, isCacheBehind: isCacheBehind,
            waitsForWrites: false
        ) { _ in }
    }

    init(
        logger: Logger, attempt: Int, priority: Priority, id: UInt64, isCacheBehind: Bool,
        waitsForWrites: Bool,
        noteWrite: @escaping @Sendable (@escaping @Sendable () -> Bool) -> Void
    ) {
        self.logger = logger
        self.attempt = attempt
        self.priority = priority
        self.id = id
        self.isCacheBehind = isCacheBehind
        self.waitsForWrites = waitsForWrites
        self.noteWrite = noteWrite
    }

    /// Has the next reconcile of this key wait until `store` shows what was written just now.
    ///
    /// Pass what the server answered to the write. Without it, a change that comes at the same time may start a reconcile
    /// that reads the state from before the write. The wait takes no worker, and ends after
    /// ``ControllerOptions/ownWritePatience`` in any case; the reconcile can tell by ``isCacheBehind``.
    public func wrote<Object: KubeObject>(_ answer: some KubeObject, to store: Store<Object>) {
        let (key, version) = (answer.id, answer.resourceVersion)
        wrote { store.hasSeen(version, of: key) }
    }

    /// As ``wrote(_:to:)``, for a cache of any sort: `isSeen` says whether it shows the write.
    package func wrote(isSeen: @escaping @Sendable () -> Bool) { noteWrite(isSeen) }
}
