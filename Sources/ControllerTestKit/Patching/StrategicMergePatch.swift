package import KubeClient

/// Strategic merge patch of built-in kinds: lists merge by key, with directives for deletion, replacement and order.
///
/// New list entries come first, changed entries keep their place; `$setElementOrder/…` sets the order of the entries that
/// it names. Source: the strategicpatch package of apimachinery, with the options of the API server (parallel lists
/// merge, nulls without a counterpart are dropped).
package enum StrategicMergePatch {
    /// A patch that contradicts itself; the server answers 500 with the message.
    struct Malformed: Error { var message: String }

    static let directive = "$patch"
    static let retainKeys = "$retainKeys"
    static let deletePrefix = "$deleteFromPrimitiveList/"
    static let orderPrefix = "$setElementOrder/"

    /// The object after the patch.
    package static func applied(
        _ patch: JSONValue, to object: JSONValue, keys: MergeKeys
    ) throws(APIFailure) -> JSONValue {
        guard case .object(let changes) = patch else {
            throw .badRequest(
                "json: cannot unmarshal \(patch.goTypeName) into Go value of type map[string]interface {}")
        }
        do {
            return .object(try merge(object.object ?? JSONObject(), changes, keys))
        } catch {
            throw .unclassified(error.message)
        }
    }

    private static func merge(
        _ original: JSONObject, _ patch: JSONObject, _ keys: MergeKeys
    ) throws(Malformed) -> JSONObject {
        var (original, patch) = (original, patch)
        switch patch[directive] {
        case nil: break
        case .string("replace")?:
            patch[directive] = nil
            return patch
        case .string("delete")?: return JSONObject()
        case let other?: throw unknownDirective(other, patch)
        }
        try retain(patch, in: &original)
        patch[retainKeys] = nil
        try mergeOrdered(&original, &patch, keys)

        for change in patch.members {
            let isDeletion = change.name.hasPrefix(deletePrefix)
            let name = isDeletion ? String(change.name.dropFirst(deletePrefix.count)) : change.name
            if change.value.isNull {
                original[name] = nil
                continue
            }
            switch (original[name], change.value) {
            case (.object(let old)?, .object(let new)):
                original[name] = .object(try merge(old, new, keys.below(name)))
            case (.array(let old)?, .array(let new)):
                let merge = keys.listMerge(name)
                original[name] = .array(
                    try self.merge(old, new, isDeletion ? .set : merge, keys.below(name), isDeletion: isDeletion))
            default: if !isDeletion { original[name] = plain(change.value) }
            }
        }
        return original
    }

    private static func retain(_ patch: JSONObject, in original: inout JSONObject) throws(Malformed) {
        guard let directive = patch[retainKeys] else { return }
        guard case .array(let names) = directive else {
            throw Malformed(message: "invalid patch format of retainKeys")
        }
        let kept = Set(names.compactMap(\.string))
        for member in patch.members where !member.name.hasPrefix("$") {
            guard kept.contains(member.name) else { throw Malformed(message: "invalid patch format of retainKeys") }
        }
        for member in original.members where !kept.contains(member.name) { original[member.name] = nil }
    }

    /// Merges the lists that have a `$setElementOrder/…` and takes both out of the patch.
    private static func mergeOrdered(
        _ original: inout JSONObject, _ patch: inout JSONObject, _ keys: MergeKeys
    ) throws(Malformed) {
        for change in patch.members where change.name.hasPrefix(orderPrefix) {
            let name = String(change.name.dropFirst(orderPrefix.count))
            patch[change.name] = nil
            let order = change.value.array ?? []
            let listMerge = keys.listMerge(name)
            let old = original[name]?.array
            let new = patch[name]?.array
            if let new { try check(new, against: order, name, listMerge) }
            let merged: [JSONValue]
            switch (old, new) {
            case (let old?, let new?):
                merged = try merge(old, new, listMerge, keys.below(name), isDeletion: false)
            case (let old?, nil): merged = old
            case (nil, let new?): merged = plain(.array(new)).array ?? []
            case (nil, nil): continue
            }
            original[name] = .array(ordered(merged, order, serverOrder: old ?? [], listMerge))
            patch[name] = nil
        }
    }

    private static func check(
        _ new: [JSONValue], against order: [JSONValue], _ name: String, _ merge: TypeSchema.ListMerge
    ) throws(Malformed) {
        var position = order.startIndex
        for element in new where element[directive] == nil {
            guard let found = order[position...].firstIndex(where: { isSame($0, element, merge) }) else {
                throw Malformed(
                    message: "The order in patch list:\n\(goPrinted(.array(new)))\n doesn't match "
                        + "\(orderPrefix)\(name) list:\n\(goPrinted(.array(order)))\n")
            }
            position = found
        }
    }

    private static func merge(
        _ original: [JSONValue], _ patch: [JSONValue], _ listMerge: TypeSchema.ListMerge, _ keys: MergeKeys,
        isDeletion: Bool
    ) throws(Malformed) -> [JSONValue] {
        if isDeletion { return original.filter { !patch.contains($0) } }
        switch listMerge {
        case .replace: return patch
        case .set:
            var merged: [JSONValue] = []
            for element in original + patch where !merged.contains(element) { merged.append(element) }
            return ordered(merged, patch, serverOrder: original, listMerge)
        case .byKey(let key):
            let (kept, changes) = try special(original, patch, key)
            var merged = kept
            for change in changes {
                guard case .object(let new) = change, let value = new[key] else { throw noKey(change, key) }
                if let index = merged.firstIndex(where: { $0[key] == value }) {
                    let old = merged[index].object ?? JSONObject()
                    merged[index] = .object(try merge(old, new, keys))
                } else {
                    merged.append(plain(change))
                }
            }
            return ordered(merged, changes, serverOrder: kept, listMerge)
        }
    }

    /// Obeys the `$patch` of list entries: what is left of the original, and of the patch.
    private static func special(
        _ original: [JSONValue], _ patch: [JSONValue], _ key: String
    ) throws(Malformed) -> (original: [JSONValue], patch: [JSONValue]) {
        var kept = original
        var changes: [JSONValue] = []
        var replaces = false
        for entry in patch {
            switch entry[directive] {
            case nil: changes.append(entry)
            case .string("delete")?:
                guard let value = entry[key] else { throw noKey(entry, key) }
                kept.removeAll { $0[key] == value }
            case .string("replace")?: replaces = true
            case .string("merge")?: throw Malformed(message: "merging lists cannot yet be specified in the patch")
            case let other?: throw unknownDirective(other, entry.object ?? JSONObject())
            }
        }
        return replaces ? ([], changes) : (kept, changes)
    }

    /// Puts the merged entries in order: those that the patch names in the patch's order, the others where the server
    /// had them; where both are free, the patch's come first.
    private static func ordered(
        _ merged: [JSONValue], _ patchOrder: [JSONValue], serverOrder: [JSONValue], _ merge: TypeSchema.ListMerge
    ) -> [JSONValue] {
        func position(_ element: JSONValue, in list: [JSONValue]) -> Int? {
            list.firstIndex { isSame($0, element, merge) }
        }
        let placed = merged.map {
            (element: $0, inPatch: position($0, in: patchOrder), onServer: position($0, in: serverOrder))
        }
        let named = placed.filter { $0.inPatch != nil }.sorted { ($0.inPatch ?? 0) < ($1.inPatch ?? 0) }
        let others = placed.filter { $0.inPatch == nil }.sorted { ($0.onServer ?? 0) < ($1.onServer ?? 0) }
        var result: [JSONValue] = []
        var (left, right) = (others[...], named[...])
        while let other = left.first {
            guard let next = right.first else { break }
            if let mine = other.onServer, let theirs = next.onServer, mine < theirs {
                result.append(other.element)
                left.removeFirst()
            } else {
                result.append(next.element)
                right.removeFirst()
            }
        }
        return result + right.map(\.element) + left.map(\.element)
    }

    private static func isSame(_ lhs: JSONValue, _ rhs: JSONValue, _ merge: TypeSchema.ListMerge) -> Bool {
        guard case .byKey(let key) = merge else { return lhs == rhs }
        guard let value = lhs[key] else { return false }
        return value == rhs[key]
    }

    /// A patch value where the object has none: without its directives and without nulls.
    private static func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.members
                        .filter { !$0.value.isNull && !isDirective($0.name) }
                        .map { ($0.name, plain($0.value)) }))
        case .array(let elements):
            .array(elements.filter { $0[directive] != .string("delete") }.map { plain($0) })
        default: value
        }
    }

    private static func isDirective(_ name: String) -> Bool {
        name == directive || name == retainKeys || name.hasPrefix(orderPrefix) || name.hasPrefix(deletePrefix)
    }

    private static func unknownDirective(_ value: JSONValue, _ patch: JSONObject) -> Malformed {
        Malformed(message: "unknown patch type: \(goPrinted(value)) in map: \(goPrinted(.object(patch)))")
    }

    private static func noKey(_ entry: JSONValue, _ key: String) -> Malformed {
        Malformed(message: "map: \(goPrinted(entry)) does not contain declared merge key: \(key)")
    }
}
