import KubeClient

/// A set of field paths as a tree; the JSON form is `fieldsV1` of `metadata.managedFields`.
///
/// Source: `fieldpath.Set` of structured-merge-diff.
struct FieldSet: Hashable, Sendable {
    /// Whether the path to this node is in the set.
    var isMember = false
    /// The nodes below; none of them is empty.
    private(set) var children: [PathElement: FieldSet] = [:]

    init() {}

    /// Reads the JSON form.
    init(_ json: JSONValue) { self.init(json, isRoot: true) }

    private init(_ json: JSONValue, isRoot: Bool) {
        let members = json.object?.members ?? []
        isMember = !isRoot && members.isEmpty
        for member in members {
            if member.name == "." {
                isMember = true
            } else {
                self[PathElement(text: member.name)] = FieldSet(member.value, isRoot: false)
            }
        }
    }

    /// The JSON form.
    var json: JSONValue {
        var object = JSONObject()
        if isMember, !children.isEmpty { object["."] = .object(JSONObject()) }
        for (element, child) in sortedChildren { object[element.text] = child.json }
        return .object(object)
    }

    var isEmpty: Bool { !isMember && children.isEmpty }

    /// The node below; assigning nil or an empty one removes it.
    subscript(element: PathElement) -> FieldSet? {
        get { children[element] }
        set { children[element] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// Adds a path.
    mutating func insert(_ path: some Collection<PathElement>) {
        guard let first = path.first else {
            isMember = true
            return
        }
        children[first, default: FieldSet()].insert(path.dropFirst())
    }

    /// Removes a path and all below it.
    mutating func removeAll(below path: some Collection<PathElement>) {
        guard let first = path.first else {
            self = FieldSet()
            return
        }
        guard var child = children[first] else { return }
        child.removeAll(below: path.dropFirst())
        self[first] = child
    }

    /// Removes one path; what is below it stays.
    mutating func remove(_ path: some Collection<PathElement>) {
        guard let first = path.first else {
            isMember = false
            return
        }
        guard var child = children[first] else { return }
        child.remove(path.dropFirst())
        self[first] = child
    }

    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.isMember = isMember || other.isMember
        for (element, child) in other.children { result[element] = (children[element] ?? FieldSet()).union(child) }
        return result
    }

    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.isMember = isMember && other.isMember
        for (element, child) in children { result[element] = other.children[element].map { child.intersection($0) } }
        return result
    }

    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = self
        result.isMember = isMember && !other.isMember
        for (element, child) in children {
            if let theirs = other.children[element] { result[element] = child.subtracting(theirs) }
        }
        return result
    }

    /// The paths in order.
    var paths: [[PathElement]] {
        (isMember ? [[]] : []) + sortedChildren.flatMap { element, child in child.paths.map { [element] + $0 } }
    }

    private var sortedChildren: [(PathElement, FieldSet)] {
        children.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
