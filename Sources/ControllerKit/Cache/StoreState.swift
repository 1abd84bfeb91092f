import KubeClient

/// What a store holds: objects, the indexes over them, and the version that they are the state of.
///
/// A value without locks, so that its rules are tested without threads.
struct StoreState<Object: KubeObject>: Sendable {
    private(set) var objects = ObjectTable<Object>()
    private(set) var resourceVersion: ResourceVersion?
    private(set) var indexes: [any IndexTable<Object>] = []

    init() {}

    /// A state with the same indexes and the objects of `table`; nothing is shared with this one.
    init(replacing other: StoreState, with table: ObjectTable<Object>, at version: ResourceVersion?) {
        objects = table
        resourceVersion = version
        indexes = other.indexes.map { $0.emptied() }
        for position in indexes.indices {
            for object in table.rows { indexes[position].move(object.id, from: nil, to: object) }
        }
    }

    /// Adds an index over what is there; a second one of the same name and types is the same.
    mutating func add<Value>(_ index: Index<Object, Value>) {
        guard table(of: index) == nil else { return }
        var table = TypedIndexTable(index)
        for object in objects.rows { table.move(object.id, from: nil, to: object) }
        indexes.append(table)
    }

    /// Puts an object in; nil when it is there already at the same version.
    mutating func upsert(_ object: Object, cause: Change<Object>.Cause = .watch) -> Change<Object>? {
        let key = object.id
        let old = objects.upsert(object)
        if let old, isSame(old, object) { return nil }
        move(key, from: old, to: object)
        return Change(key: key, old: old, new: object, cause: cause)
    }

    /// Takes an object out; nil when it was not there.
    ///
    /// `last` is the state at its end as the server tells it.
    mutating func remove(_ last: Object) -> Change<Object>? {
        let key = last.id
        guard let old = objects.remove(key) else { return nil }
        move(key, from: old, to: nil)
        return Change(key: key, old: last, cause: .watch)
    }

    /// Moves the version without any other change.
    mutating func advance(to version: ResourceVersion) { resourceVersion = version }

    /// The objects with a value; found by a scan when the index was never added, so that the answer is always right.
    func keys<Value>(_ index: Index<Object, Value>, equalTo value: Value) -> [ObjectKey] {
        if let table = table(of: index) { return table[value]?.elements ?? [] }
        return objects.rows.filter { index.values($0).contains(value) }.map(\.id)
    }

    /// As ``keys(_:equalTo:)``, with the objects.
    func objects<Value>(_ index: Index<Object, Value>, equalTo value: Value) -> [Object] {
        if let table = table(of: index) { return (table[value]?.elements ?? []).compactMap { objects[$0] } }
        return objects.rows.filter { index.values($0).contains(value) }
    }

    private mutating func move(_ key: ObjectKey, from old: Object?, to new: Object?) {
        for position in indexes.indices { indexes[position].move(key, from: old, to: new) }
    }

    private func table<Value>(of index: Index<Object, Value>) -> TypedIndexTable<Object, Value>? {
        for case let table as TypedIndexTable<Object, Value> in indexes
        where table.index.name.description == index.name.description {
            return table
        }
        return nil
    }
}

/// Whether two states of one key are the same: same incarnation and same version; without versions nobody knows.
func isSame<Object: KubeObject>(_ old: Object, _ new: Object) -> Bool {
    !new.resourceVersion.rawValue.isEmpty && old.resourceVersion == new.resourceVersion && old.uid == new.uid
}
