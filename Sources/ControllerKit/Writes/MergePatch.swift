import KubeClient

/// The smallest merge patch that makes one document of another.
///
/// Source: RFC 7386. Arrays are replaced whole; a member cannot be set to `null`, which means removal.
enum MergePatch {
    /// The patch, or nil when there is nothing to change.
    static func difference(from old: JSONValue, to new: JSONValue) -> JSONValue? {
        guard let before = old.object, let after = new.object else { return old == new ? nil : new }
        var patch = JSONObject()
        for name in before.names where after[name] == nil { patch[name] = .null }
        for (name, value) in after.members {
            guard let existing = before[name] else {
                patch[name] = value
                continue
            }
            patch[name] = difference(from: existing, to: value)
        }
        return patch.isEmpty ? nil : .object(patch)
    }
}
