import KubeClient

/// What the garbage collector and the namespace controller do in a real cluster, done at the end of the write that
/// causes it.
struct GarbageWork: Sendable {
    /// Uids of objects that are gone, with the uids of their owners.
    var removed: [(uid: String, owners: [String], namespace: String?)] = []
    /// Objects that wait for their finalizers.
    var terminating: [ObjectAddress] = []
    /// Objects that were written with owners.
    var owned: [ObjectAddress] = []

    var isEmpty: Bool { removed.isEmpty && terminating.isEmpty && owned.isEmpty }
}

extension ServerState {
    mutating func removeAndNote(_ object: StoredObject, at address: ObjectAddress) {
        remove(at: address)
        garbage.removed.append((object.uid, object.owners, object.key.namespace))
    }

    mutating func noteTermination(of object: StoredObject, at address: ObjectAddress) {
        garbage.terminating.append(address)
    }

    mutating func noteOwners(of object: StoredObject, at address: ObjectAddress) {
        if !object.owners.isEmpty { garbage.owned.append(address) }
    }

    /// Collects until nothing is left to do.
    mutating func settle() {
        settleDefinitions()
        guard collectsGarbage else {
            garbage = GarbageWork()
            return
        }
        while !garbage.isEmpty {
            let work = garbage
            garbage = GarbageWork()
            for address in work.owned { collectIfOrphaned(address) }
            for address in work.terminating { advanceTermination(of: address) }
            for item in work.removed {
                for dependent in dependents(ofUID: item.uid) { collectIfOrphaned(dependent) }
                for owner in item.owners.compactMap({ self.address(ofUID: $0) }) { advanceTermination(of: owner) }
                if let namespace = item.namespace {
                    advanceTermination(of: ObjectAddress(collection: "namespaces", key: namespace))
                }
            }
            settleDefinitions()
        }
    }

    /// Deletes an object none of whose owners is there.
    private mutating func collectIfOrphaned(_ address: ObjectAddress) {
        guard let object = object(at: address), !object.isTerminating,
            let kind = kinds.kind(storedIn: address.collection),
            !object.owners.isEmpty
        else { return }
        // Owners of kinds that this server does not have cannot be looked up, so they count as there.
        let hasOwner = object.meta.ownerReferences.contains { owner in
            self.address(ofUID: owner["uid"]?.string ?? "") != nil
                || kinds.kind(apiVersion: owner["apiVersion"]?.string ?? "", kind: owner["kind"]?.string ?? "") == nil
        }
        guard !hasOwner else { return }
        _ = try? delete(object, at: address, kind, DeleteParameters(propagation: .background))
    }

    private mutating func advanceTermination(of address: ObjectAddress) {
        guard let object = object(at: address), object.isTerminating,
            let kind = kinds.kind(storedIn: address.collection)
        else { return }
        if kind.isNamespace { return emptyNamespace(object, at: address) }
        let finalizers = object.meta.finalizers
        if finalizers.contains("orphan") {
            for dependent in dependents(ofUID: object.uid) { disown(dependent, owner: object.uid) }
            finish("orphan", of: object, at: address, kind)
        } else if finalizers.contains("foregroundDeletion") {
            for dependent in dependents(ofUID: object.uid) {
                guard let child = self.object(at: dependent), !child.isTerminating,
                    let childKind = kinds.kind(storedIn: dependent.collection)
                else { continue }
                // Only what has dependents itself is worth the detour.
                let policy: DeleteParameters.Propagation =
                    dependents(ofUID: child.uid).isEmpty ? .background : .foreground
                _ = try? delete(child, at: dependent, childKind, DeleteParameters(propagation: policy))
            }
            if dependents(ofUID: object.uid).isEmpty { finish("foregroundDeletion", of: object, at: address, kind) }
        }
    }

    private mutating func finish(
        _ finalizer: String, of object: StoredObject, at address: ObjectAddress, _ kind: ResourceKind
    ) {
        let rest = object.meta.finalizers.filter { $0 != finalizer }
        guard !rest.isEmpty || isInGracePeriod(object.json, kind) else { return removeAndNote(object, at: address) }
        var json = object.json
        json.modify("metadata") {
            $0.set("finalizers", rest.isEmpty ? nil : .array(rest.map(JSONValue.string)))
        }
        garbage.terminating.append(address)
        store(json, of: object, at: address)
    }

    private mutating func store(_ json: JSONValue, of object: StoredObject, at address: ObjectAddress) {
        store(json, of: object.json, at: address, by: "kube-controller-manager")
    }

    private mutating func disown(_ address: ObjectAddress, owner: String) {
        guard let object = object(at: address) else { return }
        let rest = object.meta.ownerReferences.filter { $0["uid"]?.string != owner }
        var json = object.json
        json.modify("metadata") { $0.set("ownerReferences", rest.isEmpty ? nil : .array(rest)) }
        store(json, of: object, at: address)
    }
}
