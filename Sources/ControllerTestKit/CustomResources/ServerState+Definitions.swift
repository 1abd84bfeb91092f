import KubeClient

/// What the API server's own controllers do about CustomResourceDefinitions, done at the end of the write that causes it.
extension ServerState {
    static let definitions = "customresourcedefinitions.apiextensions.k8s.io"

    /// Serves what was defined, and stops serving what is no longer.
    mutating func settleDefinitions() {
        while let name = takeChangedDefinition() {
            let address = ObjectAddress(collection: Self.definitions, key: name)
            guard let stored = object(at: address) else {
                stopServing(definedAs: name)
                continue
            }
            if stored.isTerminating { emptyAndRemove(stored, at: address) } else { establish(stored, at: address) }
        }
    }

    private mutating func establish(_ stored: StoredObject, at address: ObjectAddress) {
        let definition = CustomResourceDefinition(stored.json)
        let others = collection(Self.definitions).current.objects.values
            .map { CustomResourceDefinition($0.json) }
            .filter { $0.json.hasCondition("NamesAccepted") && !$0.isTerminating }
        var json = stored.json
        let conflict = definition.conflict(with: others)
        json.modify("status", creating: true) { status in
            if conflict == nil { status.set("acceptedNames", definition.names) }
            if (status["storedVersions"] ?? .null).isNull { status.set("storedVersions", .array([])) }
        }
        json.setCondition(
            "NamesAccepted", conflict == nil, conflict?.reason ?? "NoConflicts",
            conflict?.message ?? "no conflicts found", at: now)
        guard conflict == nil else {
            json.setCondition("Established", false, "NotAccepted", "not all names are accepted", at: now)
            if json != stored.json { storeStatus(json, of: stored, at: address) }
            return
        }
        serve(definition)
        guard !json.hasCondition("Established") else {
            if json != stored.json { storeStatus(json, of: stored, at: address) }
            return
        }
        // Two controllers, so two writes: watches of definitions see both.
        json.setCondition("Established", false, "Installing", "the initial names have been accepted", at: now)
        storeStatus(json, of: stored, at: address)
        json.setCondition("Established", true, "InitialNamesAccepted", "the initial names have been accepted", at: now)
        storeStatus(json, of: stored, at: address)
    }

    /// Deletes the objects of a definition that is being deleted, then the definition.
    private mutating func emptyAndRemove(_ stored: StoredObject, at address: ObjectAddress) {
        let definition = CustomResourceDefinition(stored.json)
        let objects = collection(definition.collection).current
        if let kind = kinds.kind(storedIn: definition.collection) {
            for object in objects.keys.compactMap({ objects.objects[$0] }) where !object.isTerminating {
                _ = try? delete(
                    object, at: kind.address(of: object.key), kind, DeleteParameters(propagation: .background))
            }
        }
        guard collection(definition.collection).current.keys.isEmpty else { return }
        let rest = stored.meta.finalizers.filter { $0 != DefinitionRules.finalizer }
        guard !rest.isEmpty else { return removeAndNote(stored, at: address) }
        guard rest.count < stored.meta.finalizers.count else { return }
        var json = stored.json
        json.modify("metadata") { $0.set("finalizers", .array(rest.map(JSONValue.string))) }
        storeStatus(json, of: stored, at: address)
    }

    private mutating func storeStatus(_ json: JSONValue, of stored: StoredObject, at address: ObjectAddress) {
        guard let kind = kinds.kind(storedIn: Self.definitions) else { return }
        store(
            kind.inPrintedForm(json), of: object(at: address)?.json ?? stored.json, at: address, by: "kube-apiserver",
            subresource: "status")
    }

    /// What a deletion makes of a definition, beside its marks: the cleanup that has to come first.
    func terminating(_ definition: JSONValue) -> JSONValue {
        var json = definition
        json.setCondition(
            "Terminating", true, "InstanceDeletionPending",
            "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon", at: now)
        return json
    }
}
