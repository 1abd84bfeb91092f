package import KubeClient

/// Everything the server knows about one kind: how it is served, printed, completed, checked and selected.
///
/// Values only; the rules that differ between kinds are closures over JSON trees (``Rules``), so that a kind is one entry
/// of ``KindRegistry``.
package struct ResourceKind: Sendable {
    /// A part of the object with its own path.
    package struct Subresource: Hashable, Sendable {
        package var name: String
        /// Group, version and kind of what it answers with; group and version are empty for the object's own.
        package var group = ""
        package var version = ""
        package var kind: String
        package var verbs: [String]
    }

    /// What differs between kinds when objects are written.
    ///
    /// All work on the printed form.
    package struct Rules: Sendable {
        /// Fills in what a client may leave out; for creates, updates and patches alike.
        var complete: @Sendable (inout JSONValue) -> Void = { _ in }
        /// Sets what only a create sets.
        ///
        /// The uid is in `metadata` already.
        var create: @Sendable (inout JSONValue) -> Void = { _ in }
        /// Takes over from the old object what an update may not change silently.
        ///
        /// Before generation is decided.
        var update: @Sendable (inout JSONValue, _ old: JSONValue) -> Void = { _, _ in }
        /// What is wrong with a complete object.
        var validate: @Sendable (JSONValue) -> [FieldError] = { _ in [] }
        /// What is wrong with a complete object that is new, besides.
        var validateCreate: @Sendable (JSONValue) -> [FieldError] = { _ in [] }
        /// What is wrong with an object whose status alone is written; custom resources only.
        var validateStatus: @Sendable (JSONValue) -> [FieldError] = { _ in [] }
        /// What is wrong with the change from `old`.
        var validateUpdate: @Sendable (_ new: JSONValue, _ old: JSONValue) -> [FieldError] = { _, _ in [] }
        /// Whether the faults of the change come before those of the object.
        var reportsChangesFirst = false
        /// Warnings for a complete object.
        var warnings: @Sendable (JSONValue) -> [String] = { _ in [] }
        /// What is wrong with a name.
        var nameFault: @Sendable (String) -> [String] = { Names.subdomainFault($0) }
    }

    /// When `metadata.generation` moves.
    package enum GenerationRule: Hashable, Sendable {
        /// The kind has no generation.
        case none
        /// With the spec.
        case spec
        /// With the spec, and with the object's own annotations: Deployments.
        case specAndAnnotations
        /// With everything outside of metadata and status: custom resources.
        case everythingElse
    }

    package var resource: APIResource
    /// The lower-case singular.
    package var singular: String
    package var shortNames: [String] = []
    package var categories: [String] = []
    package var verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    package var storageVersionHash: String?
    /// In the order of discovery, which is by name.
    package var subresources: [Subresource] = []
    /// The type in ``schema``; nil for custom resources, which are printed with sorted names and not checked.
    package var type: String?
    package var schema = TypeSchema.builtIn
    package var generation = GenerationRule.none
    /// Whether a PUT without resourceVersion overwrites; otherwise it is 422.
    package var allowsUnconditionalUpdate = true
    /// Whether a PUT of an absent object creates it.
    package var createsOnUpdate = false
    /// Whether a main write keeps the labels of a status write and the reverse; Deployments do.
    var statusKeepsLabels = false
    /// Field selector names and the paths they read.
    package var selectableFields = [
        "metadata.name": ["metadata", "name"], "metadata.namespace": ["metadata", "namespace"],
    ]
    package var columns = Columns.nameAndAge
    package var rules = Rules()
    /// The kind of a list of these.
    package var listKind: String
    /// The schema of a custom resource that was defined with one.
    var customSchema: StructuralSchema?
    /// Where a custom resource has the numbers of its Scale; nil for built-in kinds, which all have them in one place.
    var scalePaths: ScalePaths?
    /// Sent with every answer.
    var deprecationWarning: String?
    /// The resource whose objects these are, which errors name; nil for the kind's own.
    var storage: APIResource?
    /// Members that the other form of the same objects has under other names.
    var renamedMembers: [(own: String, other: String)] = []
    /// Whether objects are stored in this version; the others show the stored ones as theirs.
    var isStorageVersion = true

    package init(_ resource: APIResource, singular: String? = nil, type: String? = nil) {
        self.resource = resource
        self.singular = singular ?? resource.kind.lowercased()
        self.type = type
        listKind = resource.kind + "List"
        if !resource.isNamespaced { selectableFields["metadata.namespace"] = nil }
    }

    /// A custom resource without a schema: no defaults, names sorted, no strategic merge patch.
    package static func custom(
        _ resource: APIResource, singular: String? = nil, shortNames: [String] = [], categories: [String] = [],
        hasStatus: Bool = false
    ) -> ResourceKind {
        var kind = ResourceKind(resource, singular: singular)
        kind.shortNames = shortNames
        kind.categories = categories
        kind.verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
        kind.generation = .everythingElse
        kind.allowsUnconditionalUpdate = false
        if hasStatus {
            kind.subresources = [Subresource(name: "status", kind: resource.kind, verbs: ["get", "patch", "update"])]
        }
        return kind
    }

    package var isCustom: Bool { type == nil }
    /// The resource that objects are stored as.
    var storedResource: APIResource { storage ?? resource }
    /// Whether the same objects are served in another form, too.
    var hasOtherForms: Bool { isCustom || !renamedMembers.isEmpty }
    /// Whether the status has its own path, so that main writes leave it alone.
    package var hasStatusSubresource: Bool { hasSubresource("status") }
    package func hasSubresource(_ name: String) -> Bool { subresources.contains { $0.name == name } }
}

extension ResourceKind {
    /// The text of a selectable field, empty when the object does not have it.
    package func value(of field: String, in object: JSONValue) -> String {
        var value = object
        for name in selectableFields[field] ?? [] {
            guard let next = value[name] else { return "" }
            value = next
        }
        return switch value {
        case .string(let text): text
        case .number(let digits): digits
        case .bool(let flag): flag ? "true" : "false"
        default: ""
        }
    }

    /// The server's sentence for a field that the kind cannot be selected by.
    func unknownFieldMessage(_ field: String) -> String {
        let hasOwnFields = selectableFields.keys.contains { $0 != "metadata.name" && $0 != "metadata.namespace" }
        guard !hasOwnFields, !isCustom else { return "field label not supported: \(field)" }
        return "\(goQuoted(field)) is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    }
}
