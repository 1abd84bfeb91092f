import KubeClient

/// The stored form of one index, without the type of its values, so that a store can hold several.
protocol IndexTable<Object>: Sendable {
    associatedtype Object: KubeObject
    /// Follows one object from its old to its new state; nil stands for "not in the store".
    mutating func move(_ key: ObjectKey, from old: Object?, to new: Object?)
    /// The same index with nothing in it.
    func emptied() -> any IndexTable<Object>
    /// How many values have at least one key.
    var valueCount: Int { get }
}

/// Keys by index value.
///
/// A value whose last key left is forgotten, or names that come and go would add up for ever.
struct TypedIndexTable<Object: KubeObject, Value: Hashable & Sendable>: IndexTable {
    let index: Index<Object, Value>
    private var keys: [Value: KeySet] = [:]

    init(_ index: Index<Object, Value>) { self.index = index }

    subscript(value: Value) -> KeySet? { keys[value] }

    var valueCount: Int { keys.count }

    func emptied() -> any IndexTable<Object> { TypedIndexTable(index) }

    mutating func move(_ key: ObjectKey, from old: Object?, to new: Object?) {
        let before = old.map(index.values) ?? []
        let after = new.map(index.values) ?? []
        if before == after { return }
        for value in before where !after.contains(value) {
            guard var set = keys.removeValue(forKey: value) else { continue }
            if set.remove(key) { keys[value] = set }
        }
        for value in after where !before.contains(value) {
            keys[value, default: .none].insert(key)
        }
    }
}

/// A set of keys that costs no allocation for the usual single member.
enum KeySet: Sendable {
    case none
    case one(ObjectKey)
    case many(Set<ObjectKey>)

    mutating func insert(_ key: ObjectKey) {
        switch self {
        case .none: self = .one(key)
        case .one(let present): if present != key { self = .many([present, key]) }
        case .many(var set):
            // Empties self first, so that the set is not copied.
            self = .none
            set.insert(key)
            self = .many(set)
        }
    }

    /// Removes a key; false when nothing is left.
    mutating func remove(_ key: ObjectKey) -> Bool {
        switch self {
        case .none: return false
        case .one(let present): return present != key
        case .many(var set):
            self = .none
            set.remove(key)
            self = .many(set)
            return !set.isEmpty
        }
    }

    var elements: [ObjectKey] {
        switch self {
        case .none: []
        case .one(let key): [key]
        case .many(let set): Array(set)
        }
    }
}
