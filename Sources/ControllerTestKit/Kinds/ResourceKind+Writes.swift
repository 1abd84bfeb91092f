package import KubeClient

extension ResourceKind {
    /// Completes and checks an object that is about to be created.
    ///
    /// Wants name, namespace, uid and creationTimestamp in `metadata` already (Jobs put the uid into their labels), and
    /// gives back the object without resourceVersion. Throws 422.
    package func admit(creating object: JSONValue) throws(APIFailure) -> Admission {
        var object = try completed(creating: object)
        rules.create(&object)
        try complete(&object)
        try check(metadataFaults(object) + rules.validate(object) + rules.validateCreate(object), object)
        return Admission(object: object, warnings: rules.warnings(object))
    }

    /// What a client has sent to be created, with its defaults: what it manages afterwards.
    func completed(creating object: JSONValue) throws(APIFailure) -> JSONValue {
        var object = object
        object.modify("metadata", creating: true) { metadata in
            for name in ["selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields"] {
                metadata.set(name, nil)
            }
            metadata.set("generation", generation == .none ? .none : .some(.int(1)))
        }
        if hasStatusSubresource { object.set("status", nil) }
        try complete(&object)
        return object
    }

    /// Completes and checks an object that replaces `old`, by PUT or as the result of a PATCH.
    ///
    /// `subresource` is nil or `status`: each keeps the other's half of the object. What the client may not set is taken
    /// from `old`; generation moves when it has to. resourceVersion is the caller's. Throws 422.
    package func admit(
        updating object: JSONValue, from old: JSONValue, subresource: String? = nil
    ) throws(APIFailure) -> Admission {
        var object = object
        let uidFaults = uidFaults(object, old)
        let kept = [
            "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "namespace",
            "name", "generateName", "managedFields",
        ]
        object.modify("metadata", creating: true) { metadata in
            metadata.set("selfLink", nil)
            for name in kept { metadata.set(name, old["metadata", name]) }
        }
        if subresource == "status" {
            keep(of: old, in: &object)
        } else if hasStatusSubresource {
            object.set("status", old["status"])
        }
        try complete(&object)
        if subresource == nil { rules.update(&object, old) }
        if subresource == nil, movesGeneration(object, old) {
            let next = (old["metadata", "generation"]?.int ?? 0) + 1
            object = settingMetadata("generation", .int(next), in: object)
        }
        try complete(&object)
        // Checked twice on the real server, which shows in the causes.
        let changes = uidFaults + metadataUpdateFaults(object, old)
        var faults = changes + changes + metadataFaults(object)
        if subresource == nil {
            let (own, changes) = (rules.validate(object), rules.validateUpdate(object, old))
            faults += rules.reportsChangesFirst ? changes + own : own + changes
        } else if subresource == "status" {
            faults += rules.validateStatus(object)
        }
        try check(faults, object)
        return Admission(object: object, warnings: subresource == nil ? rules.warnings(object) : [])
    }

    /// A write to the status path changes the status and, but for custom resources, metadata.
    private func keep(of old: JSONValue, in object: inout JSONValue) {
        if isCustom {
            let status = object["status"]
            let version = object["metadata", "resourceVersion"]
            object = settingMetadata("resourceVersion", version, in: old)
            object.set("status", status)
        } else {
            object.set("spec", old["spec"])
            if statusKeepsLabels { object = settingMetadata("labels", old["metadata", "labels"], in: object) }
        }
    }

    private func complete(_ object: inout JSONValue) throws(APIFailure) {
        rules.complete(&object)
        do { object = try printed(object).value } catch { throw .internalError(error.message) }
    }

    private func check(_ faults: [FieldError], _ object: JSONValue) throws(APIFailure) {
        guard !faults.isEmpty else { return }
        throw .invalid(storedResource, name: object["metadata", "name"]?.string ?? "", faults)
    }

    private func movesGeneration(_ new: JSONValue, _ old: JSONValue) -> Bool {
        switch generation {
        case .none: return false
        case .spec: return new["spec"] != old["spec"]
        case .specAndAnnotations:
            return new["spec"] != old["spec"] || new["metadata", "annotations"] != old["metadata", "annotations"]
        case .everythingElse:
            func rest(_ object: JSONValue) -> JSONValue {
                var object = object
                object.set("metadata", nil)
                object.set("status", nil)
                return object
            }
            return rest(new) != rest(old)
        }
    }

    /// A name for `generateName`: the prefix, cut to fit, and five characters that `random` chooses.
    package static func generatedName(_ prefix: String, random: () -> UInt64) -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        let suffix = (0..<5).map { _ in alphabet[Int(random() % UInt64(alphabet.count))] }
        return String(prefix.prefix(58)) + String(suffix)
    }
}
