import KubeClient

extension ResourceKind {
    /// What is wrong with an object's metadata, in the order the server reports it.
    func metadataFaults(_ object: JSONValue) -> [FieldError] {
        var faults: [FieldError] = []
        let metadata = object["metadata"]
        if let prefix = metadata?["generateName"]?.string, !prefix.isEmpty {
            // A prefix may end in a dash, which a name may not.
            let masked = prefix.count > 1 && prefix.hasSuffix("-") ? String(prefix.dropLast(2)) + "a" : prefix
            faults += rules.nameFault(masked).map { .invalid("metadata.generateName", .string(prefix), $0) }
        }
        let name = metadata?["name"]?.string ?? ""
        if name.isEmpty {
            faults.append(.required("metadata.name", "name or generateName is required"))
        } else {
            faults += rules.nameFault(name).map { .invalid("metadata.name", .string(name), $0) }
        }
        faults += Self.labelFaults(metadata?["labels"], "metadata.labels")
        faults += Self.annotationFaults(metadata?["annotations"], "metadata.annotations")
        faults += ownerFaults(metadata?["ownerReferences"])
        for (index, finalizer) in (metadata?["finalizers"]?.array ?? []).enumerated() {
            let text = finalizer.string ?? ""
            let path = "metadata.finalizers[\(index)]"
            let syntax = Names.qualifiedNameFault(text)
            faults += syntax.map { .invalid(path, finalizer, $0) }
            let standard = ["foregroundDeletion", "orphan", "kubernetes"]
            if syntax.isEmpty, !text.contains("/"), !standard.contains(text) {
                faults.append(
                    .invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified"))
            }
        }
        return faults
    }

    static func labelFaults(_ labels: JSONValue?, _ path: String) -> [FieldError] {
        var faults: [FieldError] = []
        for label in labels?.object?.members ?? [] {
            faults += Names.qualifiedNameFault(label.name).map { .invalid(path, .string(label.name), $0) }
            faults += Names.labelValueFault(label.value.string ?? "").map { .invalid(path, label.value, $0) }
        }
        return faults
    }

    static func annotationFaults(_ annotations: JSONValue?, _ path: String) -> [FieldError] {
        var faults: [FieldError] = []
        var size = 0
        for annotation in annotations?.object?.members ?? [] {
            faults += Names.qualifiedNameFault(annotation.name.lowercased()).map {
                .invalid(path, .string(annotation.name), $0)
            }
            size += annotation.name.utf8.count + (annotation.value.string?.utf8.count ?? 0)
        }
        if size > 262_144 { faults.append(.tooLong(path, maximum: 262_144)) }
        return faults
    }

    private func ownerFaults(_ owners: JSONValue?) -> [FieldError] {
        var faults: [FieldError] = []
        let path = "metadata.ownerReferences"
        for owner in owners?.array ?? [] {
            if (owner["apiVersion"]?.string ?? "").isEmpty {
                faults.append(.invalid("\(path).apiVersion", owner["apiVersion"], "version must not be empty"))
            }
            for name in ["kind", "name", "uid"] where (owner[name]?.string ?? "").isEmpty {
                faults.append(.invalid("\(path).\(name)", .string(""), "must not be empty"))
            }
        }
        let controllers = (owners?.array ?? []).filter { $0["controller"] == .bool(true) }
        if controllers.count > 1 {
            let names = controllers.map { "\($0["kind"]?.string ?? "")/\($0["name"]?.string ?? "")" }
            faults.append(
                .invalid(
                    path, owners,
                    "Only one reference can have Controller set to true. Found \"true\" in references for "
                        + "\(names[0]) and \(names[1])"))
        }
        return faults
    }

    /// A PATCH that names another uid; a PUT is refused before, as a conflict.
    func uidFaults(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
        guard let uid = new["metadata", "uid"]?.string, !uid.isEmpty, .string(uid) != old["metadata", "uid"] else {
            return []
        }
        return [.invalid("metadata.uid", .string(uid), "field is immutable")]
    }

    /// What is wrong with the change of an object's metadata.
    func metadataUpdateFaults(_ new: JSONValue, _ old: JSONValue) -> [FieldError] {
        guard old["metadata", "deletionTimestamp"] != nil else { return [] }
        let before = old["metadata", "finalizers"]?.array ?? []
        let added = (new["metadata", "finalizers"]?.array ?? []).filter { !before.contains($0) }
        guard !added.isEmpty else { return [] }
        let list = added.map { goQuoted($0.string ?? "") }.joined(separator: ", ")
        return [
            .forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}")
        ]
    }
}
