public import KubeClient
import Synchronization

/// What makes keys due, as it was set up before the run.
struct Triggers: Sendable {
    /// What has to be known before the first reconcile.
    var preconditions: [@Sendable () async throws -> Void] = []
    /// Loops that add keys as long as the controller runs.
    var feeds: [@Sendable () async throws -> Void] = []
    /// What is watched, as something to give to a manager.
    var informers: [@Sendable (inout ControllerManager) -> Void] = []
}

/// Which entries of `metadata.ownerReferences` count.
public enum Ownership: Hashable, Sendable {
    /// The one that manages the object.
    case controller
    /// All of them.
    case any
}

extension Controller {
    /// Queues the keys that `keys` makes of each change of `informer` that `predicate` lets through.
    ///
    /// The change has the old and the new state: map both when an object may move from one key to another. Before
    /// ``run()`` and before the informer runs. Both closures are called on the transport's thread: be quick, do not block.
    /// What a list brings is queued with low priority (``Change/Cause/priority``), so that a change that somebody makes
    /// meanwhile overtakes it.
    public func watch<Object: KubeObject>(
        _ informer: Informer<Object>, where predicate: Predicate<Object> = .always,
        mapping keys: @escaping @Sendable (Change<Object>) -> [R.Key]
    ) {
        triggers.withLock { triggers in
            triggers.preconditions.append { try await informer.waitUntilSynced() }
            triggers.informers.append { manager in manager.add(informer) }
        }
        informer.observe { [queue] change in
            guard predicate.matches(change) else { return }
            for key in keys(change) { queue.add(key, priority: change.cause.priority) }
        }
    }

    /// Queues every key of an asynchronous sequence, as long as the controller runs.
    ///
    /// `keys` makes a sequence for each ``run()``, which is cancelled when that ends. A sequence that ends is done; one that
    /// throws ends the run with its error. A controller that needs leadership takes keys only while leading, and an
    /// `AsyncStream` that was cancelled stays silent for good: make it inside of `keys`, or add to ``queue`` what must not
    /// be lost between two runs.
    public func trigger<Keys: AsyncSequence & Sendable>(
        priority: Priority = .normal, on keys: @escaping @Sendable () -> Keys
    ) where Keys.Element == R.Key {
        triggers.withLock { triggers in
            triggers.feeds.append { [queue] in
                for try await key in keys() { queue.add(key, priority: priority) }
            }
        }
    }
}

extension Controller where R.Key == ObjectKey {
    /// Queues the key of each object of `informer` that changes in a way that `predicate` lets through.
    public func watch<Object: KubeObject>(_ informer: Informer<Object>, where predicate: Predicate<Object> = .always) {
        watch(informer, where: predicate) { [$0.key] }
    }

    /// Queues the owners of each object of `informer` that changes: those of the resource `owner`, by `ownership`.
    ///
    /// The owners of the old state and of the new one, so that an object that is given away is seen by both.
    public func owns<Object: HasOwnerReferences>(
        _ informer: Informer<Object>, of owner: APIResource, by ownership: Ownership = .controller,
        where predicate: Predicate<Object> = .always
    ) {
        watch(informer, where: predicate) { change in
            var keys: [ObjectKey] = []
            for object in [change.new, change.old] {
                for reference in object?.ownerReferences ?? [] where reference.refers(to: owner, by: ownership) {
                    let namespace = owner.isNamespaced ? change.key.namespace : nil
                    let key = ObjectKey(namespace: namespace, name: reference.name)
                    if !keys.contains(key) { keys.append(key) }
                }
            }
            return keys
        }
    }
}

extension Change.Cause {
    /// How urgent what has changed is: low for what comes in bulk from a list, normal for what the watch tells.
    public var priority: Priority {
        switch self {
        case .initialList, .relist: .low
        case .watch: .normal
        }
    }
}

extension OwnerReference {
    /// Whether the owner is of this resource, whatever the version, and counts.
    fileprivate func refers(to owner: APIResource, by ownership: Ownership) -> Bool {
        kind == owner.kind && group == owner.group && (ownership == .any || isController)
    }
}
