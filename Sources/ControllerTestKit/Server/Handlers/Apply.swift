import KubeClient

extension ServerState {
    /// PATCH with an applied configuration: creates what is absent, takes over and gives up fields.
    mutating func apply(
        _ context: RequestContext, _ parameters: WriteParameters
    ) throws(APIFailure) -> ServerResponse {
        guard !parameters.fieldManager.isEmpty else {
            throw .invalidOptions("PatchOptions", [.required("fieldManager", "is required for apply patch")])
        }
        let kind = context.kind
        let applied = try context.appliedConfiguration()
        let meta = ObjectMeta(applied)
        let fields = context.managed(AppliedConfiguration.fields(of: applied, FieldShape(kind)))
        defer { settle() }
        guard let current = current(context) else {
            return try create(applied, fields, context, parameters)
        }
        try checkVersion(meta.resourceVersion, current, context)
        try context.checkUID(meta.uid, current)
        let write = context.write(parameters, applying: fields, at: now)
        let proposed = try kind.applied(applied, fields, to: current.json, by: write.owner)
        if !context.forcesApply {
            let changes = FieldChanges(from: current.json, to: proposed, FieldShape(kind))
            let conflicts = kind.managers(before: write, of: current.json)
                .conflicts(with: changes.written, of: write.owner)
            guard conflicts.isEmpty else { throw .applyConflict(conflicts) }
        }
        let written = try rewrite(current, as: proposed, context, parameters, applying: fields)
        return try answer(written.object, warnings: written.warnings, context)
    }

    private mutating func create(
        _ applied: JSONValue, _ fields: FieldSet, _ context: RequestContext, _ parameters: WriteParameters
    ) throws(APIFailure) -> ServerResponse {
        guard context.attributes.subresource.isEmpty else {
            throw .notFound(context.kind.storedResource, name: context.name)
        }
        let uid = ObjectMeta(applied).uid
        guard uid.isEmpty else {
            throw .conflict(
                context.kind.resource, name: context.name,
                why: "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
        }
        let object = try context.kind.printedOrRefused(applied)
        let created = try create(object, context, parameters, ignoresVersion: true, applying: fields)
        return try context.form.response(
            created.object, status: 201, warnings: created.warnings, kind: context.kind, now: now)
    }
}

/// A write as far as field managers are concerned.
struct FieldWrite: Sendable {
    var owner: FieldManagers.Owner
    /// What an apply names; nil for other writes.
    var applied: FieldSet?
    var time: String
}

extension RequestContext {
    /// Whether an apply takes fields from others; every word but `false` and `0` says so.
    fileprivate var forcesApply: Bool {
        request.parameter("force").map { !["false", "0"].contains($0) } ?? false
    }

    /// Who writes what, and when.
    func write(_ parameters: WriteParameters, applying applied: FieldSet?, at now: APITime) -> FieldWrite {
        var name = parameters.fieldManager
        if name.isEmpty { name = String((request.header("user-agent") ?? "").prefix { $0 != "/" }.prefix(128)) }
        return FieldWrite(
            owner: FieldManagers.Owner(
                name: name.isEmpty ? "unknown" : name, isApply: applied != nil, apiVersion: kind.resource.apiVersion,
                subresource: attributes.subresource),
            applied: applied, time: now.text(.seconds))
    }

    /// Without the half of the object that the path does not write.
    fileprivate func managed(_ fields: FieldSet) -> FieldSet {
        var fields = fields.withoutIdentity()
        if isStatus {
            fields.removeAll(below: [.field("spec")])
        } else if kind.hasStatusSubresource {
            fields.removeAll(below: [.field("status")])
        }
        return fields
    }

    /// The body of an apply, checked; a Scale as the part of the object that it stands for.
    fileprivate func appliedConfiguration() throws(APIFailure) -> JSONValue {
        let document: JSONValue
        do {
            document = try YAMLReader.documents(request.body, file: "yaml").first ?? .null
        } catch {
            throw .badRequest("error decoding YAML: error converting YAML to JSON: \(error)")
        }
        let (apiVersion, name) = (document["apiVersion"]?.string ?? "", document["kind"]?.string ?? "")
        let expected = (isScale ? ResourceKind.scale : kind).resource
        guard apiVersion == expected.apiVersion, name == expected.kind else {
            let shown = apiVersion.contains("/") ? apiVersion : "/\(apiVersion)"
            throw .badRequest("invalid object type: \(shown), Kind=\(name)")
        }
        guard (document["metadata", "managedFields"] ?? .null).isNull else {
            throw .badRequest("metadata.managedFields must be nil")
        }
        let meta = ObjectMeta(document)
        try checkName(meta)
        try checkNamespace(meta)
        var object = document
        if isScale {
            object = .dict(
                ("apiVersion", .string(kind.resource.apiVersion)), ("kind", .string(kind.resource.kind)),
                ("metadata", document["metadata"] ?? .dict()))
            object.set(
                document["spec", "replicas"] ?? .int(0), at: kind.scalePaths?.specReplicas ?? ["spec", "replicas"])
        }
        do {
            try AppliedConfiguration.check(object, FieldShape(kind))
        } catch {
            let version = kind.resource.group.isEmpty ? "/\(kind.resource.version)" : kind.resource.apiVersion
            throw .unclassified(
                "failed to create typed patch object (\(meta.namespace)/\(meta.name); \(version), "
                    + "Kind=\(kind.resource.kind)): \(error.message)")
        }
        return object
    }
}

extension ResourceKind {
    /// The object after an apply: the configuration over what is there, without what its manager no longer names.
    fileprivate func applied(
        _ configuration: JSONValue, _ fields: FieldSet, to live: JSONValue, by owner: FieldManagers.Owner
    ) throws(APIFailure) -> JSONValue {
        let shape = FieldShape(self)
        let managers = FieldManagers(live)
        let merged = AppliedConfiguration.merged(configuration, over: live, shape)
        let kept = managers.fields(besides: owner).union(fields)
        let givenUp = managers.fields(of: owner).subtracting(fields)
        return try printedOrRefused(AppliedConfiguration.pruned(merged, givenUp: givenUp, kept: kept, shape))
    }

    fileprivate func printedOrRefused(_ object: JSONValue) throws(APIFailure) -> JSONValue {
        do { return try printed(object).value } catch { throw .unclassified(error.message) }
    }

    /// Who manages what after a write.
    func managers(after write: FieldWrite, of old: JSONValue?, to new: JSONValue) -> FieldManagers {
        var managers = old.map { self.managers(before: write, of: $0) } ?? FieldManagers(nil)
        let isSame = old == new
        // Nobody is tracked on an object whose managers were cleared, until somebody applies.
        if write.applied == nil, isSame || (old != nil && managers.isEmpty) { return managers }
        let changes = FieldChanges(from: old ?? empty, to: new, FieldShape(self))
        if let fields = write.applied {
            managers.applied(fields, changes, by: write.owner, at: isSame ? nil : write.time)
        } else {
            managers.updated(changes, by: write.owner, at: write.time, notesScale: isCustom)
        }
        return managers
    }

    /// Who managed what before a write; what nobody managed counts as one manager's when it is an apply.
    fileprivate func managers(before write: FieldWrite, of old: JSONValue) -> FieldManagers {
        var managers = FieldManagers(old)
        if managers.isEmpty, write.applied != nil {
            let all = AppliedConfiguration.fields(of: old, FieldShape(self)).withoutIdentity()
            managers.untracked(all, apiVersion: resource.apiVersion, at: write.time)
        }
        return managers
    }

    /// An object of the kind in which nothing is set.
    private var empty: JSONValue {
        let identity = JSONValue.dict(
            ("kind", .string(resource.kind)), ("apiVersion", .string(resource.apiVersion)))
        return isCustom ? identity : (try? printed(identity).value) ?? identity
    }
}

extension APIFailure {
    /// 409: others manage what an apply would change.
    static func applyConflict(_ conflicts: [FieldManagers.Owner: FieldSet]) -> APIFailure {
        let found = conflicts.sorted { $0.key.shown < $1.key.shown }.map { owner, fields in
            (owner: owner.shown, paths: fields.paths.map { $0.map(\.shown).joined() })
        }
        let all = found.flatMap { owner, paths in paths.map { (owner: owner, path: $0) } }
        let list =
            all.count == 1
            ? "conflict with \(all[0].owner): \(all[0].path)"
            : found.map { "conflicts with \($0.owner):\n" + $0.paths.map { "- \($0)" }.joined(separator: "\n") }
                .joined(separator: "\n")
        let causes = all.map {
            Cause(reason: "FieldManagerConflict", message: "conflict with \($0.owner)", field: $0.path)
        }
        return APIFailure(
            code: 409, reason: "Conflict",
            message: "Apply failed with \(all.count) conflict\(all.count == 1 ? "" : "s"): \(list)",
            details: details(causes: causes))
    }
}
