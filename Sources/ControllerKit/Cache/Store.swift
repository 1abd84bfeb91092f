public import KubeClient
import Synchronization

/// One state of a ``Store``, for as long as ``Store/read(_:)`` lends it.
public struct StoreView<Object: KubeObject>: ~Copyable {
    let state: StoreState<Object>

    /// The object with this key, if it is there.
    public subscript(key: ObjectKey) -> Object? { state.objects[key] }
    /// All objects, in no particular order.
    public var objects: [Object] { state.objects.rows }
    /// The server's version that this is the state of; nil before the first list.
    public var resourceVersion: ResourceVersion? { state.resourceVersion }

    /// The keys of the objects that `index` gives the value; cost as ``Store/keys(_:equalTo:)``.
    public func keys<Value>(_ index: Index<Object, Value>, equalTo value: Value) -> [ObjectKey] {
        state.keys(index, equalTo: value)
    }

    /// The objects that `index` gives the value; cost as ``Store/keys(_:equalTo:)``.
    public func objects<Value>(_ index: Index<Object, Value>, equalTo value: Value) -> [Object] {
        state.objects(index, equalTo: value)
    }
}

/// A read view of every object that an informer has seen; safe to use from any thread, also inside observers.
///
/// One call sees one state: a relist is taken over whole or not at all. Two calls may see two states. Reads wait only for
/// other short operations on memory, never for the network.
public final class Store<Object: KubeObject>: Sendable {
    private let state: Mutex<StoreState<Object>>

    /// A store that holds these objects and will not change: for tests of what reads a store.
    package convenience init(_ objects: [Object], resourceVersion: ResourceVersion? = nil) {
        var table = ObjectTable<Object>()
        for object in objects { table.upsert(object) }
        self.init()
        _ = replace(with: table, at: resourceVersion, cause: .initialList)
    }

    init() { state = Mutex(StoreState()) }

    /// The object with this key, if it is there.
    public subscript(key: ObjectKey) -> Object? { state.withLock { $0.objects[key] } }

    /// All objects, in no particular order; costs a copy of the array.
    public func snapshot() -> [Object] { state.withLock { $0.objects.rows } }

    /// How many objects there are.
    public var count: Int { state.withLock { $0.objects.count } }

    /// The server's version that the store is the state of; nil before the first list.
    ///
    /// Moves with every list, event and bookmark. Source: `metadata.resourceVersion` of lists and bookmarks.
    public var resourceVersion: ResourceVersion? { state.withLock { $0.resourceVersion } }

    /// Whether the store shows a write that produced `version` of the object.
    ///
    /// True as well when something later of the same resource is in the store, as after a deletion, and for versions that
    /// cannot be ordered.
    public func hasSeen(_ version: ResourceVersion, of key: ObjectKey) -> Bool {
        state.withLock { state in
            let latest = [state.objects[key]?.resourceVersion, state.resourceVersion].compactMap { $0 }
            return latest.contains { version.isNewer(than: $0) != true }
        }
    }

    /// Several reads of one state.
    ///
    /// `body` runs under the store's lock, which the writer waits for: be quick, and do not use the store itself inside.
    public func read<Result>(_ body: (borrowing StoreView<Object>) throws -> Result) rethrows -> Result {
        try state.withLock { try body(StoreView(state: $0)) }
    }

    /// The keys of the objects that `index` gives the value, in no particular order.
    ///
    /// Cost: that of the result, whatever the size of the store, for an index that was added with ``Informer/index(_:)``;
    /// otherwise a scan of all objects.
    public func keys<Value>(_ index: Index<Object, Value>, equalTo value: Value) -> [ObjectKey] {
        state.withLock { $0.keys(index, equalTo: value) }
    }

    /// The objects that `index` gives the value, in no particular order; cost as ``keys(_:equalTo:)``.
    public func objects<Value>(_ index: Index<Object, Value>, equalTo value: Value) -> [Object] {
        state.withLock { $0.objects(index, equalTo: value) }
    }

    // MARK: Writing: by one informer, never at the same time

    func add<Value>(_ index: Index<Object, Value>) { state.withLock { $0.add(index) } }

    func upsert(_ object: Object, at version: ResourceVersion?) -> Change<Object>? {
        state.withLock { state in
            if let version { state.advance(to: version) }
            return state.upsert(object)
        }
    }

    func remove(_ last: Object, at version: ResourceVersion?) -> Change<Object>? {
        state.withLock { state in
            if let version { state.advance(to: version) }
            return state.remove(last)
        }
    }

    func advance(to version: ResourceVersion) { state.withLock { $0.advance(to: version) } }

    /// Takes a complete list over at once and returns what that changed.
    func replace(
        with table: ObjectTable<Object>, at version: ResourceVersion?, cause: Change<Object>.Cause
    ) -> Replacement<Object> {
        // There is one writer, so the indexes can be built outside the lock and readers wait for the swap alone.
        let old = state.withLock { $0 }
        let new = StoreState(replacing: old, with: table, at: version)
        state.withLock { $0 = new }
        return Replacement(from: old.objects, to: table, cause: cause)
    }
}
