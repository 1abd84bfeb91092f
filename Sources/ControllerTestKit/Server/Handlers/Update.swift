import KubeClient

extension ServerState {
    /// PUT of an object, of its status or of its scale.
    mutating func update(_ context: RequestContext) throws(APIFailure) -> ServerResponse {
        let parameters = try WriteParameters(context.request, optionsKind: "UpdateOptions")
        let decoded = try context.decodedBody(parameters.fieldValidation)
        let given = ObjectMeta(decoded.object)
        try context.checkName(given)
        try context.checkNamespace(given)
        defer { settle() }
        guard let current = current(context) else {
            guard context.kind.createsOnUpdate, context.attributes.subresource.isEmpty else {
                throw .notFound(context.kind.storedResource, name: context.name)
            }
            let created = try create(decoded.object, context, parameters, ignoresVersion: true)
            return try context.form.response(
                created.object, status: 201, warnings: decoded.warnings + created.warnings, kind: context.kind, now: now
            )
        }
        if !given.uid.isEmpty, given.uid != current.uid { throw context.uidConflict(given.uid, current) }
        if ["", "0"].contains(given.resourceVersion), !context.kind.allowsUnconditionalUpdate, !context.isScale {
            // The real server names the resource here, not the kind.
            throw .invalid(
                group: context.kind.storedResource.group, kind: context.kind.storedResource.plural, name: context.name,
                [.invalid("metadata.resourceVersion", .int(0), "must be specified for an update")])
        }
        try checkVersion(given.resourceVersion, current, context)
        let proposed = context.isScale ? try scaled(current, by: decoded.object, context.kind) : decoded.object
        let written = try APIFailure.warning(decoded.warnings) { () throws(APIFailure) in
            try rewrite(current, as: proposed, context, parameters)
        }
        return try answer(written.object, warnings: decoded.warnings + written.warnings, context)
    }

    /// The version that a write names must be the current one; none and `0` stand for any.
    func checkVersion(_ given: String, _ current: StoredObject, _ context: RequestContext) throws(APIFailure) {
        guard !["", "0"].contains(given) else { return }
        guard let version = UInt64(given) else {
            throw .unclassified("strconv.ParseUint: parsing \(goQuoted(given)): invalid syntax")
        }
        guard version == current.version else { throw .conflict(context.kind.storedResource, name: context.name) }
    }

    /// Stores what `proposed` makes of an object; a write that changes nothing stores nothing.
    ///
    /// A write that takes the last finalizer of an object that is being deleted removes it: the answer then shows the
    /// version stored last, and only the watch shows the version of the removal.
    mutating func rewrite(
        _ current: StoredObject, as proposed: JSONValue, _ context: RequestContext, _ parameters: WriteParameters,
        applying applied: FieldSet? = nil
    ) throws(APIFailure) -> Admission {
        let clearsManagers = proposed["metadata", "managedFields"]?.array == [.dict()]
        var proposed = proposed
        proposed.modify("metadata", creating: true) {
            $0.set("resourceVersion", .string(String(current.version)))
        }
        var admission = try context.kind.admit(
            updating: proposed, from: current.json, subresource: context.isStatus ? "status" : nil)
        admission.object = try admitted(
            admission.object, replacing: current.json, context, isDryRun: parameters.isDryRun)
        let managers =
            clearsManagers
            ? nil
            : context.kind.managers(
                after: context.write(parameters, applying: applied, at: now), of: current.json, to: admission.object)
        let object = context.kind.settingMetadata("managedFields", managers?.json, in: admission.object)
        admission.object = object
        try context.checkSize(of: object)
        if parameters.isDryRun || object == current.json { return admission }
        let isHeld = context.kind.isHeldBySpec(object) || isInGracePeriod(object, context.kind)
        if current.isTerminating, ObjectMeta(object).finalizers.isEmpty, !isHeld {
            removeAndNote(current, at: context.address)
            return admission
        }
        let stored = store(object, at: context.address)
        noteOwners(of: stored, at: context.address)
        admission.object = context.kind.inOwnVersion(stored.json)
        return admission
    }

    /// The answer to a PUT or PATCH.
    func answer(_ object: JSONValue, warnings: [String], _ context: RequestContext) throws(APIFailure) -> ServerResponse
    {
        let json = context.isScale ? scale(of: object, context.kind) : object
        return try context.form.response(json, warnings: warnings, kind: context.kind, now: now)
    }
}

extension RequestContext {
    /// 409 of a PUT that names another incarnation.
    fileprivate func uidConflict(_ given: String, _ current: StoredObject) -> APIFailure {
        let why =
            "StorageError: invalid object, Code: 4, Key: /registry/\(kind.resource.plural)/\(key), "
            + "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: \(given), "
            + "UID in object meta: \(current.uid)"
        return .conflict(kind.storedResource, name: name, why: why)
    }
}
