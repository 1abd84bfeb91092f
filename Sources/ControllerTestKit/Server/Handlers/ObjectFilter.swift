import KubeClient

/// Which objects a list, a watch or a deletion of a collection is about: namespace, label and field selector.
struct ObjectFilter: Sendable {
    private let kind: ResourceKind
    private let namespace: String
    private let name: String
    private let labels: LabelSelector?
    private let fields: FieldSelector?

    init(_ context: RequestContext) throws(APIFailure) {
        kind = context.kind
        namespace = kind.resource.isNamespaced ? context.namespace : ""
        let labelText = context.request.parameter("labelSelector") ?? ""
        let fieldText = context.request.parameter("fieldSelector") ?? ""
        labels = labelText.isEmpty ? nil : try LabelSelector(parsing: labelText)
        fields = fieldText.isEmpty ? nil : try FieldSelector(parsing: fieldText, for: kind)
        // A deprecated watch of one object names it in the path.
        name = context.attributes.verb == "watch" && fields == nil ? context.name : ""
    }

    /// Whether there are no selectors.
    var isTrivial: Bool { labels == nil && fields == nil }

    func matches(_ object: StoredObject) -> Bool {
        if !namespace.isEmpty, object.key.namespace != namespace { return false }
        if !name.isEmpty, object.key.name != name { return false }
        if let labels, !labels.matches(object.meta.labels) { return false }
        if let fields, !fields.matches(object.json, kind) { return false }
        return true
    }
}
