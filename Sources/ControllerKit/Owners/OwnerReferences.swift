public import KubeClient

extension OwnerReference {
    /// The API group of the owner, empty for the core group.
    public var group: String {
        apiVersion.split(separator: "/", maxSplits: 1).dropLast().first.map(String.init) ?? ""
    }

    /// A reference to `owner`, an object of `resource`.
    ///
    /// As controller it also has a foreground deletion of the owner wait for the dependent.
    public init(to owner: some KubeObject, of resource: APIResource, isController: Bool = true) {
        self.init(
            apiVersion: resource.apiVersion, kind: resource.kind, name: owner.id.name, uid: owner.uid,
            isController: isController, blocksOwnerDeletion: isController)
    }

    /// Whether both name the same owner, in whatever version and incarnation.
    func hasSameOwner(as other: OwnerReference) -> Bool {
        kind == other.kind && group == other.group && name == other.name
    }

    fileprivate init(json: JSONValue) {
        self.init(
            apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "",
            name: json["name"]?.string ?? "", uid: json["uid"]?.string ?? "",
            isController: json["controller"]?.bool ?? false,
            blocksOwnerDeletion: json["blockOwnerDeletion"]?.bool ?? false)
    }

    /// The entry as JSON.
    public var json: JSONValue {
        var json: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
        ]
        if isController { json["controller"] = true }
        if blocksOwnerDeletion { json["blockOwnerDeletion"] = true }
        return json
    }
}

/// An object has a controller already, and it is somebody else.
public struct AlreadyOwned: Error, CustomStringConvertible {
    /// The controller that the object has.
    public var owner: OwnerReference

    /// One sentence.
    public var description: String {
        "the object is managed by \(owner.kind) \"\(owner.name)\" already; an object has one controller at most"
    }
}

/// The rules of `metadata.ownerReferences`.
///
/// An owner is in the list once. Owners of namespaced objects live in the same namespace or in none. Source:
/// `meta/v1 OwnerReference`.
extension [OwnerReference] {
    /// The list that a document has at `metadata.ownerReferences`, as `json` writes it; anything else reads as empty.
    public init(json: JSONValue?) { self = (json?.array ?? []).map(OwnerReference.init(json:)) }

    /// Adds a reference; one to the same owner, perhaps in another version or incarnation, is replaced.
    ///
    /// Throws ``AlreadyOwned`` when the reference is a controller's and there is another controller. Returns whether
    /// anything changed.
    @discardableResult
    public mutating func set(_ reference: OwnerReference) throws(AlreadyOwned) -> Bool {
        if reference.isController, let other = first(where: { $0.isController }), !other.hasSameOwner(as: reference) {
            throw AlreadyOwned(owner: other)
        }
        guard let index = firstIndex(where: { $0.hasSameOwner(as: reference) }) else {
            append(reference)
            return true
        }
        if self[index] == reference { return false }
        self[index] = reference
        return true
    }

    /// Takes out the reference to the same owner; returns whether there was one.
    @discardableResult
    public mutating func remove(_ reference: OwnerReference) -> Bool {
        let count = count
        removeAll { $0.hasSameOwner(as: reference) }
        return self.count != count
    }

    /// Whether there is a reference to the same owner.
    public func contains(ownerOf reference: OwnerReference) -> Bool { contains { $0.hasSameOwner(as: reference) } }

    /// The list as JSON.
    public var json: JSONValue { .array(map(\.json)) }
}
