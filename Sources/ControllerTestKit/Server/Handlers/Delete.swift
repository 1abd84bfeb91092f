import KubeClient

extension ServerState {
    /// DELETE of one object.
    mutating func delete(_ context: RequestContext) throws(APIFailure) -> ServerResponse {
        guard context.attributes.subresource.isEmpty else { throw .methodNotAllowed() }
        let parameters = try DeleteParameters(context.request)
        guard let current = current(context) else {
            throw .notFound(context.kind.storedResource, name: context.name)
        }
        if let namespace = context.kind.isNamespace ? context.name : nil,
            ["default", "kube-system", "kube-public"].contains(namespace)
        {
            throw .forbidden(.namespaces, name: namespace, why: "this namespace may not be deleted")
        }
        try checkDeletion(current.json, context, isDryRun: parameters.isDryRun)
        let held = try delete(current, at: context.address, context.kind, parameters)
        defer { settle() }
        let warnings = parameters.propagation == nil ? context.kind.deletionWarnings : []
        guard let held else {
            var details = JSONObject()
            details["name"] = .string(current.key.name)
            let resource = context.kind.storedResource
            if !resource.group.isEmpty { details["group"] = .string(resource.group) }
            details["kind"] = .string(resource.plural)
            details["uid"] = .string(current.uid)
            let status = JSONValue.dict(
                ("kind", .string("Status")), ("apiVersion", .string("v1")), ("metadata", .dict()),
                ("status", .string("Success")), ("details", .object(details)))
            return try context.form.answer(status, warnings: warnings.map { "299 - \(goQuoted($0))" })
        }
        return try context.form.response(
            held, warnings: warnings, kind: context.kind, now: now)
    }

    /// DELETE of a collection: answers with what was selected.
    mutating func deleteCollection(_ context: RequestContext) throws(APIFailure) -> ServerResponse {
        guard !context.kind.isNamespace, !context.kind.resource.isNamespaced || !context.namespace.isEmpty else {
            throw .methodNotAllowed()
        }
        let parameters = try DeleteParameters(context.request)
        let filter = try ObjectFilter(context)
        let snapshot = collection(context.kind.collection).current
        let items = snapshot.keys.compactMap { snapshot.objects[$0] }.filter { filter.matches($0) }
        let listVersion = version
        for item in items {
            try checkDeletion(item.json, context, isDryRun: parameters.isDryRun)
            _ = try delete(item, at: context.kind.address(of: item.key), context.kind, parameters)
        }
        defer { settle() }
        var metadata = JSONObject()
        metadata["resourceVersion"] = .string(String(listVersion))
        return try context.form.response(
            items: items, metadata: metadata, kind: context.kind, now: now)
    }

    /// Deletes an object, or marks it when finalizers, its spec or a grace period hold it; returns the marked object.
    mutating func delete(
        _ current: StoredObject, at address: ObjectAddress, _ kind: ResourceKind, _ parameters: DeleteParameters
    ) throws(APIFailure) -> JSONValue? {
        try checkPreconditions(current, kind, parameters)
        var finalizers = current.meta.finalizers.filter {
            !["orphan", "foregroundDeletion"].contains($0) || current.isTerminating
        }
        switch parameters.propagation ?? kind.defaultPropagation {
        case .orphan where !finalizers.contains("orphan"): finalizers.append("orphan")
        case .foreground where !finalizers.contains("foregroundDeletion"): finalizers.append("foregroundDeletion")
        default: break
        }
        if kind.isDefinition, !current.isTerminating { finalizers.append(DefinitionRules.finalizer) }
        let grace = kind.gracePeriodSeconds(of: current.json, asked: parameters.gracePeriodSeconds)
        guard !finalizers.isEmpty || kind.isHeldBySpec(current.json) || grace > 0 else {
            if !parameters.isDryRun { removeAndNote(current, at: address) }
            return nil
        }
        if current.isTerminating, finalizers == current.meta.finalizers,
            grace >= current.json["metadata", "deletionGracePeriodSeconds"]?.int ?? 0
        {
            return current.json
        }

        var object = current.json
        object.modify("metadata") { metadata in
            let end = APITime(seconds: now.seconds + Int64(grace))
            metadata.set("deletionTimestamp", .string(end.text(.seconds)))
            if !kind.isNamespace, !kind.isDefinition { metadata.set("deletionGracePeriodSeconds", .int(grace)) }
            metadata.set("finalizers", finalizers.isEmpty ? nil : .array(finalizers.map(JSONValue.string)))
            if let generation = metadata["generation"]?.int, !current.isTerminating, !kind.isDefinition {
                metadata.set("generation", .int(generation + 1))
            }
        }
        if kind.isNamespace { object.modify("status", creating: true) { $0.set("phase", .string("Terminating")) } }
        if kind.isDefinition { object = terminating(object) }
        object = kind.inPrintedForm(object)
        guard !parameters.isDryRun else { return object }
        let stored = store(object, at: address)
        noteTermination(of: stored, at: address)
        return stored.json
    }

    /// Whether a pod's grace period holds it: only a kubelet ends it, by a deletion with no grace.
    func isInGracePeriod(_ object: JSONValue, _ kind: ResourceKind) -> Bool {
        kind.isPod && (object["metadata", "deletionGracePeriodSeconds"]?.int ?? 0) > 0
    }

    private func checkPreconditions(
        _ current: StoredObject, _ kind: ResourceKind, _ parameters: DeleteParameters
    ) throws(APIFailure) {
        let resource = kind.storedResource
        func conflict(_ why: String) -> APIFailure {
            // Deletion names the kind where other conflicts name the resource.
            .conflict(
                APIResource(
                    group: resource.group, version: resource.version, plural: resource.kind, kind: resource.kind,
                    isNamespaced: resource.isNamespaced), name: current.key.name, why: why)
        }
        if let uid = parameters.uid, uid != current.uid {
            throw conflict(
                "the UID in the precondition (\(uid)) does not match the UID in record (\(current.uid)). "
                    + "The object might have been deleted and then recreated")
        }
        if let version = parameters.resourceVersion, version != String(current.version) {
            throw conflict(
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(current.version)). The object might have been modified")
        }
    }
}
