import KubeClient

/// The objects of one resource in list order, and what happened to them.
struct ObjectCollection: Sendable {
    /// One write: created when `old` is nil, deleted when `new` is nil.
    struct Change: Sendable {
        var version: UInt64
        var key: String
        var old: StoredObject?
        var new: StoredObject?
        /// Not to be shown by watches: a fault.
        var isDropped = false
    }

    /// Every object by its key, the keys in list order: by their bytes.
    struct Snapshot: Sendable {
        fileprivate(set) var keys: [String] = []
        fileprivate(set) var objects: [String: StoredObject] = [:]

        /// The position of the first key that is not before `key`.
        func position(of key: String) -> Int {
            var low = 0
            var high = keys.count
            while low < high {
                let middle = (low + high) / 2
                if keys[middle] < key { low = middle + 1 } else { high = middle }
            }
            return low
        }

        fileprivate mutating func set(_ key: String, _ object: StoredObject?) {
            let position = position(of: key)
            let exists = position < keys.count && keys[position] == key
            if object != nil, !exists { keys.insert(key, at: position) }
            if object == nil, exists { keys.remove(at: position) }
            objects[key] = object
        }
    }

    private(set) var current = Snapshot()
    /// In the order of their versions.
    private(set) var changes: [Change] = []
    /// The version of the newest change ever; zero before the first.
    private(set) var latest: UInt64 = 0
    /// Reads and watches from before this version have expired.
    private(set) var oldest: UInt64 = 0
    /// Changes up to this version are no longer in ``changes``.
    private(set) var trimmed: UInt64 = 0

    /// How many changes are kept; the older half goes when there are more.
    static let capacity = 100_000

    mutating func record(_ change: Change) {
        current.set(change.key, change.new)
        changes.append(change)
        latest = change.version
        guard changes.count > Self.capacity else { return }
        let count = changes.count / 2
        trimmed = changes[count - 1].version
        oldest = max(oldest, trimmed)
        changes.removeFirst(count)
    }

    /// Lets everything before `version` expire for new readers; watches that run go on.
    mutating func compact(to version: UInt64) { oldest = max(oldest, version) }

    /// The changes after `version`.
    func changes(after version: UInt64) -> ArraySlice<Change> {
        var low = changes.startIndex
        var high = changes.endIndex
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].version <= version { low = middle + 1 } else { high = middle }
        }
        return changes[low...]
    }

    /// What there was at `version`; nil when that has expired.
    func snapshot(at version: UInt64) -> Snapshot? {
        guard version >= oldest else { return nil }
        var snapshot = current
        for change in changes(after: version).reversed() { snapshot.set(change.key, change.old) }
        return snapshot
    }
}
