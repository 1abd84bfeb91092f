import KubeClient

extension ServerState {
    /// POST to a collection.
    mutating func create(_ context: RequestContext) throws(APIFailure) -> ServerResponse {
        guard context.attributes.subresource.isEmpty, context.attributes.name.isEmpty else { throw .methodNotAllowed() }
        let parameters = try WriteParameters(context.request, optionsKind: "CreateOptions")
        let decoded = try context.decodedBody(parameters.fieldValidation)
        let created = try APIFailure.warning(decoded.warnings) { () throws(APIFailure) in
            try create(decoded.object, context, parameters)
        }
        defer { settle() }
        return try context.form.response(
            created.object, status: 201, warnings: decoded.warnings + created.warnings, kind: context.kind, now: now)
    }

    /// Completes, checks and stores a new object; the garbage collector has not run yet.
    ///
    /// - Parameter ignoresVersion: Whether the body may name a version, as in a PUT that creates.
    mutating func create(
        _ body: JSONValue, _ context: RequestContext, _ parameters: WriteParameters, ignoresVersion: Bool = false,
        applying applied: FieldSet? = nil
    ) throws(APIFailure) -> Admission {
        let kind = context.kind
        let given = ObjectMeta(body)
        try context.checkNamespace(given)
        var name = given.name
        if name.isEmpty, !given.generateName.isEmpty {
            name = ResourceKind.generatedName(given.generateName) { random.next() }
        }
        if kind.resource.isNamespaced { try checkNamespace(context.namespace, for: kind.resource, name: name) }

        var object = body
        object.modify("metadata", creating: true) { metadata in
            metadata.set("name", name.isEmpty ? nil : .string(name))
            metadata.set("namespace", kind.resource.isNamespaced ? .string(context.namespace) : nil)
            metadata.set("uid", .string(random.uid()))
            metadata.set("creationTimestamp", .string(now.text(.seconds)))
            metadata.set("resourceVersion", nil)
        }
        var admission = try kind.admit(creating: object)
        guard given.resourceVersion.isEmpty || ignoresVersion else {
            throw .unclassified("resourceVersion should not be set on objects to be created")
        }
        let address = kind.address(of: ObjectKey(namespace: context.key.namespace, name: name))
        if let existing = self.object(at: address) {
            throw .alreadyExists(kind.storedResource, name: name, isTerminating: existing.isTerminating)
        }
        admission.object = try admitted(
            admission.object, replacing: nil, context, isDryRun: parameters.isDryRun)
        let managers = kind.managers(
            after: context.write(parameters, applying: applied, at: now), of: nil,
            to: try kind.completed(creating: object))
        admission.object = kind.settingMetadata("managedFields", managers.json, in: admission.object)
        try context.checkSize(of: admission.object)
        guard !parameters.isDryRun else { return admission }
        let stored = store(admission.object, at: address)
        noteOwners(of: stored, at: address)
        admission.object = kind.inOwnVersion(stored.json)
        return admission
    }

    /// Objects are created in namespaces that exist and are not going away.
    private func checkNamespace(_ namespace: String, for resource: APIResource, name: String) throws(APIFailure) {
        guard let holder = object(at: ObjectAddress(collection: "namespaces", key: namespace)) else {
            throw .notFound(.namespaces, name: namespace)
        }
        guard !holder.isTerminating else {
            throw .namespaceTerminating(resource, name: name, namespace: namespace)
        }
    }
}
