import KubeClient

/// Who manages which fields of an object: `metadata.managedFields` as a value.
///
/// Source: Kubernetes' `managedfields` package over the updater of structured-merge-diff.
struct FieldManagers: Sendable {
    /// Who writes, and by which kind of request.
    struct Owner: Hashable, Sendable {
        var name: String
        var isApply: Bool
        /// The version that updates are kept apart by; those who apply are not.
        var apiVersion: String
        var subresource: String

        static func == (lhs: Owner, rhs: Owner) -> Bool {
            lhs.name == rhs.name && lhs.isApply == rhs.isApply && lhs.subresource == rhs.subresource
                && (lhs.isApply || lhs.apiVersion == rhs.apiVersion)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(isApply)
            hasher.combine(subresource)
        }

        /// How a conflict names the owner.
        var shown: String {
            let place = subresource.isEmpty ? "" : " with subresource \(goQuoted(subresource))"
            return goQuoted(name) + place + (isApply ? "" : " using \(apiVersion)")
        }
    }

    private struct Entry: Sendable {
        var apiVersion: String
        var time: String?
        var fields: FieldSet
    }

    private var entries: [Owner: Entry] = [:]

    /// Reads them from an object.
    init(_ object: JSONValue?) {
        for item in object?["metadata", "managedFields"]?.array ?? [] {
            let owner = Owner(
                name: item["manager"]?.string ?? "", isApply: item["operation"]?.string == "Apply",
                apiVersion: item["apiVersion"]?.string ?? "", subresource: item["subresource"]?.string ?? "")
            entries[owner] = Entry(
                apiVersion: owner.apiVersion, time: item["time"]?.string, fields: FieldSet(item["fieldsV1"] ?? .null))
        }
    }

    /// `metadata.managedFields`, in the server's order; nil when nobody manages anything.
    var json: JSONValue? {
        guard !entries.isEmpty else { return nil }
        func rank(_ item: (key: Owner, value: Entry)) -> (String, String, String, String) {
            (item.value.time ?? "", item.key.name, item.value.apiVersion, item.key.subresource)
        }
        let sorted = entries.sorted {
            $0.key.isApply != $1.key.isApply ? $0.key.isApply : rank($0) < rank($1)
        }
        return .array(
            sorted.map { owner, entry in
                var item = JSONObject()
                item["manager"] = .string(owner.name)
                item["operation"] = .string(owner.isApply ? "Apply" : "Update")
                item["apiVersion"] = .string(entry.apiVersion)
                item["time"] = entry.time.map(JSONValue.string)
                item["fieldsType"] = .string("FieldsV1")
                item["fieldsV1"] = entry.fields.json
                if !owner.subresource.isEmpty { item["subresource"] = .string(owner.subresource) }
                return .object(item)
            })
    }

    /// Whether nobody manages anything.
    var isEmpty: Bool { entries.isEmpty }

    /// What an owner manages.
    func fields(of owner: Owner) -> FieldSet { entries[owner]?.fields ?? FieldSet() }

    /// What all others manage.
    func fields(besides owner: Owner) -> FieldSet {
        entries.filter { $0.key != owner }.values.reduce(FieldSet()) { $0.union($1.fields) }
    }

    /// What of `written` others manage, by owner.
    func conflicts(with written: FieldSet, of owner: Owner) -> [Owner: FieldSet] {
        entries.filter { $0.key != owner }.mapValues { $0.fields.intersection(written) }.filter { !$0.value.isEmpty }
    }

    /// Notes what was there before managers were noted.
    mutating func untracked(_ fields: FieldSet, apiVersion: String, at time: String) {
        let owner = Owner(name: "before-first-apply", isApply: false, apiVersion: apiVersion, subresource: "")
        set(fields, owner, time: time)
    }

    /// Notes a write that was not an apply: its fields are the writer's from now on.
    ///
    /// - Parameter notesScale: Whether who updates a scale is noted, without a time: in custom resources only.
    mutating func updated(_ changes: FieldChanges, by owner: Owner, at time: String, notesScale: Bool) {
        take(changes.written, changes.removed, from: owner)
        let isScale = owner.subresource == "scale"
        guard !isScale || notesScale else { return }
        let fields = fields(of: owner).union(changes.written).subtracting(changes.removed)
        set(fields, owner, time: isScale ? nil : time)
    }

    /// Notes an apply of `fields`; `time` is nil when it changed nothing.
    mutating func applied(_ fields: FieldSet, _ changes: FieldChanges, by owner: Owner, at time: String?) {
        take(changes.written, changes.removed, from: owner)
        set(fields, owner, time: owner.subresource == "scale" ? nil : time ?? entries[owner]?.time)
    }

    private mutating func take(_ written: FieldSet, _ removed: FieldSet, from owner: Owner) {
        for (other, entry) in entries where other != owner {
            set(entry.fields.subtracting(written).subtracting(removed), other, time: entry.time)
        }
    }

    private mutating func set(_ fields: FieldSet, _ owner: Owner, time: String?) {
        let version = owner.isApply ? owner.apiVersion : entries[owner]?.apiVersion ?? owner.apiVersion
        entries[owner] = fields.isEmpty ? nil : Entry(apiVersion: version, time: time, fields: fields)
    }
}

extension FieldSet {
    /// Without what no manager owns: identity, and what the server keeps.
    func withoutIdentity() -> FieldSet {
        var set = self
        let metadata = PathElement.field("metadata")
        for path in [[], [.field("apiVersion")], [.field("kind")], [metadata]] { set.remove(path) }
        let kept = [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields",
            "resourceVersion",
        ]
        for name in kept { set.removeAll(below: [metadata, .field(name)]) }
        return set
    }
}
