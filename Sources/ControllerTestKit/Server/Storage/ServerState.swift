import KubeClient

/// The whole state of the server as a value: objects, versions, history.
///
/// Handlers read and change it; the shell around it keeps it behind one lock and wakes who waits for
/// ``takeChangedCollections()``.
struct ServerState: Sendable {
    private(set) var kinds: KindTable
    /// Whether owners, foreground deletion and namespaces are cleaned up as the controller manager does.
    let collectsGarbage: Bool
    /// The newest version.
    private(set) var version: UInt64 = 1000
    /// The time of the request in hand.
    var now = APITime(seconds: 0)
    var random: SeededRandom
    private var collections: [String: ObjectCollection] = [:]
    private var addresses: [String: ObjectAddress] = [:]
    private var dependents: [String: Set<ObjectAddress>] = [:]
    private var changed: Set<String> = []
    /// Resources that are served because of a definition, by its name, which is also that of their collection.
    private var defined: Set<String> = []
    /// Definitions to look at.
    private var changedDefinitions: Set<String> = []
    /// What the garbage collector has to look at.
    var garbage = GarbageWork()
    /// Who is asked before a write is stored.
    var admission = AdmissionChain()
    /// What pods wrote, line by line.
    var podLogs: @Sendable (ObjectKey) -> [String] = { _ in [] }
    /// Collections whose next change no watch may see.
    var eventsToDrop: [String: Int] = [:]

    init(kinds: KindTable, collectsGarbage: Bool, seed: UInt64) {
        self.kinds = kinds
        self.collectsGarbage = collectsGarbage
        random = SeededRandom(seed: seed)
        // As after a long life: what was before the first version has expired.
        compact()
    }

    func collection(_ name: String) -> ObjectCollection { collections[name] ?? ObjectCollection() }
    func object(at address: ObjectAddress) -> StoredObject? {
        collections[address.collection]?.current.objects[address.key]
    }
    /// Where the object of a uid lives.
    func address(ofUID uid: String) -> ObjectAddress? { addresses[uid] }
    /// The objects that name `uid` as an owner.
    func dependents(ofUID uid: String) -> [ObjectAddress] { (dependents[uid] ?? []).sorted() }
    /// Every object in a namespace.
    func addresses(inNamespace namespace: String) -> [ObjectAddress] {
        let prefix = "\(namespace)/"
        return collections.flatMap { name, collection in
            let keys = collection.current.keys
            return keys[collection.current.position(of: prefix)...].prefix { $0.hasPrefix(prefix) }
                .map { ObjectAddress(collection: name, key: $0) }
        }.sorted()
    }

    /// Stores a new state of an object under the next version.
    @discardableResult
    mutating func store(_ json: JSONValue, at address: ObjectAddress) -> StoredObject {
        version += 1
        let kind = kinds.kind(storedIn: address.collection)
        let object = StoredObject(kind?.inOwnVersion(json) ?? json, version: version, kind: kind)
        record(address, new: object)
        return object
    }

    /// Stores what one of Kubernetes' own controllers made of an object that was `before`, and notes that it owns the change.
    mutating func store(
        _ json: JSONValue, of before: JSONValue, at address: ObjectAddress, by controller: String,
        subresource: String = ""
    ) {
        guard let kind = kinds.kind(storedIn: address.collection) else { return }
        let write = FieldWrite(
            owner: FieldManagers.Owner(
                name: controller, isApply: false, apiVersion: kind.resource.apiVersion, subresource: subresource),
            time: now.text(.seconds))
        let managers = kind.managers(after: write, of: before, to: json)
        store(kind.settingMetadata("managedFields", managers.json, in: json), at: address)
    }

    /// Removes an object, under the next version.
    mutating func remove(at address: ObjectAddress) {
        version += 1
        record(address, new: nil)
    }

    private mutating func record(_ address: ObjectAddress, new: StoredObject?) {
        let old = object(at: address)
        var change = ObjectCollection.Change(version: version, key: address.key, old: old, new: new)
        if let count = eventsToDrop[address.collection], count > 0 {
            eventsToDrop[address.collection] = count - 1
            change.isDropped = true
        }
        collections[address.collection, default: ObjectCollection()].record(change)
        changed.insert(address.collection)
        if address.collection == Self.definitions { changedDefinitions.insert(address.key) }
        // The definition may wait for its last object.
        if new == nil, defined.contains(address.collection) { changedDefinitions.insert(address.collection) }
        if let old {
            addresses[old.uid] = nil
            for owner in old.owners { dependents[owner]?.remove(address) }
        }
        if let new {
            addresses[new.uid] = address
            for owner in new.owners { dependents[owner, default: []].insert(address) }
        }
    }

    /// Lets all history expire.
    mutating func compact() {
        for kind in kinds.all { collections[kind.collection, default: ObjectCollection()].compact(to: version) }
    }

    // MARK: Definitions

    /// Has the versions of a definition served from now on.
    mutating func serve(_ definition: CustomResourceDefinition) {
        kinds.replace(definition.collection, with: definition.kinds)
        if defined.insert(definition.name).inserted {
            collections[definition.collection, default: ObjectCollection()].compact(to: version)
        }
    }

    /// Stops serving what a definition defined, and ends its watches.
    mutating func stopServing(definedAs name: String) {
        guard defined.remove(name) != nil else { return }
        kinds.replace(name, with: [])
        changed.insert(name)
    }

    /// Takes the next definition to look at.
    mutating func takeChangedDefinition() -> String? { changedDefinitions.popFirst() }

    /// The collections that were written to since the last call.
    mutating func takeChangedCollections() -> Set<String> {
        defer { changed = [] }
        return changed
    }
}

/// Where an object lives: which resource, and `namespace/name` or `name` inside it.
struct ObjectAddress: Hashable, Sendable, Comparable {
    var collection: String
    var key: String

    static func < (lhs: ObjectAddress, rhs: ObjectAddress) -> Bool {
        (lhs.collection, lhs.key) < (rhs.collection, rhs.key)
    }
}
