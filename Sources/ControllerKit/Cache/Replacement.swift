import KubeClient

/// The changes between two complete states, worked out one by one as they are asked for.
///
/// Deletions come first, with their final state unknown, then additions and updates in the order of the list; objects at
/// an unchanged version are left out. Being lazy, it needs no memory besides the two states.
struct Replacement<Object: KubeObject>: Sequence, IteratorProtocol, Sendable {
    private let old: ObjectTable<Object>
    private let new: ObjectTable<Object>
    private let cause: Change<Object>.Cause
    private var deletionsSeen = 0
    private var rowsSeen = 0

    init(from old: ObjectTable<Object>, to new: ObjectTable<Object>, cause: Change<Object>.Cause) {
        self.old = old
        self.new = new
        self.cause = cause
    }

    mutating func next() -> Change<Object>? {
        while deletionsSeen < old.count {
            let object = old.rows[deletionsSeen]
            deletionsSeen += 1
            let key = object.id
            if !new.contains(key) { return Change(key: key, old: object, cause: cause, isFinalStateUnknown: true) }
        }
        while rowsSeen < new.count {
            let object = new.rows[rowsSeen]
            rowsSeen += 1
            let key = object.id
            let before = old[key]
            if let before, isSame(before, object) { continue }
            return Change(key: key, old: before, new: object, cause: cause)
        }
        return nil
    }
}
