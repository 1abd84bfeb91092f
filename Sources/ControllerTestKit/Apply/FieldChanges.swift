import KubeClient

/// How two states of an object differ, by paths.
///
/// Source: `typed.Comparison` of structured-merge-diff.
struct FieldChanges: Sendable {
    private(set) var added = FieldSet()
    private(set) var modified = FieldSet()
    private(set) var removed = FieldSet()

    /// What came or changed.
    var written: FieldSet { added.union(modified) }

    init(from old: JSONValue, to new: JSONValue, _ shape: FieldShape) {
        compare(old, new, shape, [])
        (added, modified, removed) = (
            added.withoutIdentity(), modified.withoutIdentity(), removed.withoutIdentity()
        )
    }

    private mutating func compare(
        _ old: JSONValue?, _ new: JSONValue?, _ shape: FieldShape, _ path: [PathElement]
    ) {
        // What prints as null is there, but has no parts.
        guard let value = [new, old].compactMap({ $0 }).first(where: { !$0.isNull }) else { return }
        if old == new { return }
        let merge = shape.merge(for: value)
        switch merge {
        case .structure, .map:
            let (left, right) = (old?.object ?? JSONObject(), new?.object ?? JSONObject())
            if left.isEmpty, right.isEmpty { return note(old, new, path) }
            for name in left.names + right.names.filter({ left[$0] == nil }) {
                guard let below = shape.member(name) else { continue }
                compare(left[name], right[name], below, path + [.field(name)])
            }
        case .set, .keyed:
            let (left, right) = (old?.array ?? [], new?.array ?? [])
            if left.isEmpty, right.isEmpty { return note(old, new, path) }
            func name(_ element: JSONValue) -> PathElement {
                guard case .keyed(let keys) = merge else { return .value(element) }
                return FieldShape.pathElement(of: element, keys: keys)
            }
            let (before, after) = (Dictionary(grouping: left, by: name), Dictionary(grouping: right, by: name))
            for element in Set(before.keys).union(after.keys) {
                let (before, after) = (before[element], after[element])
                if max(before?.count ?? 0, after?.count ?? 0) > 1 {
                    // Elements of one name cannot be told apart.
                    if before != after { note(before.map { .array($0) }, after.map { .array($0) }, path + [element]) }
                } else {
                    compare(before?.first, after?.first, shape.element, path + [element])
                }
            }
        case .scalar, .atomic, .deduced: return note(old, new, path)
        }
        // Containers that came or went are paths of their own; those that changed inside are not.
        if old == nil || new == nil { note(old, new, path) }
    }

    private mutating func note(_ old: JSONValue?, _ new: JSONValue?, _ path: [PathElement]) {
        switch (old, new) {
        case (nil, _?): added.insert(path)
        case (_?, nil): removed.insert(path)
        default: modified.insert(path)
        }
    }
}
