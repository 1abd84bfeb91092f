import KubeClient

/// A CustomResourceDefinition as far as serving its resource needs it.
///
/// Source: `apiextensions.k8s.io/v1 CustomResourceDefinition`.
struct CustomResourceDefinition: Sendable {
    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    var name: String { json["metadata", "name"]?.string ?? "" }
    var group: String { json["spec", "group"]?.string ?? "" }
    var names: JSONValue { json["spec", "names"] ?? .dict() }
    var plural: String { names["plural"]?.string ?? "" }
    var kind: String { names["kind"]?.string ?? "" }
    var isTerminating: Bool { json["metadata", "deletionTimestamp"] != nil }

    /// The name of its objects' collection in the store.
    var collection: String { "\(plural).\(group)" }

    private var isNamespaced: Bool { json["spec", "scope"]?.string == "Namespaced" }
    private var shortNames: [String] { names["shortNames"]?.array?.compactMap(\.string) ?? [] }
    /// The names by which it is found, of which a group has each once.
    private var uniqueNames: Set<String> { Set([names["singular"]?.string ?? ""] + shortNames + [plural]) }

    /// The served versions in the server's order of preference.
    var kinds: [ResourceKind] {
        let versions = (json["spec", "versions"]?.array ?? []).filter { $0["served"] == .bool(true) }
        return versions.map(kind(version:)).sorted {
            APIVersionPriority($0.resource.version) > APIVersionPriority($1.resource.version)
        }
    }

    private func kind(version: JSONValue) -> ResourceKind {
        let resource = APIResource(
            group: group, version: version["name"]?.string ?? "", plural: plural, kind: kind, isNamespaced: isNamespaced
        )
        var kind = ResourceKind.custom(
            resource, singular: names["singular"]?.string, shortNames: shortNames,
            categories: names["categories"]?.array?.compactMap(\.string) ?? [],
            hasStatus: version["subresources", "status"] != nil)
        kind.isStorageVersion = version["storage"] == .bool(true)
        if let listKind = names["listKind"]?.string { kind.listKind = listKind }
        if version["deprecated"] == .bool(true) {
            kind.deprecationWarning =
                version["deprecationWarning"]?.string ?? "\(resource.apiVersion) \(resource.kind) is deprecated"
        }
        if let paths = version["subresources", "scale"] {
            kind.scalePaths = ScalePaths(
                specReplicas: Self.path(paths["specReplicasPath"]),
                statusReplicas: Self.path(paths["statusReplicasPath"]),
                selector: paths["labelSelectorPath"].map { Self.path($0) })
            kind.subresources.append(
                ResourceKind.Subresource(
                    name: "scale", group: "autoscaling", version: "v1", kind: "Scale",
                    verbs: ["get", "patch", "update"]))
        }
        for field in version["selectableFields"]?.array ?? [] {
            let path = Self.path(field["jsonPath"])
            kind.selectableFields[path.joined(separator: ".")] = path
        }
        if let columns = version["additionalPrinterColumns"]?.array, !columns.isEmpty {
            kind.columns = Columns(only: [Columns.nameColumn] + columns.map(Columns.Column.init(printerColumn:)))
        }
        let schema = StructuralSchema(version["schema", "openAPIV3Schema"] ?? .dict())
        kind.customSchema = schema
        kind.rules.validate = { [paths = kind.scalePaths] object in
            Self.faults(schema.faults(of: object) + (paths?.faults(of: object) ?? []), schema) {
                schema.brokenRules(object)
            }
        }
        kind.rules.validateCreate = { object in
            schema.faults(of: object).contains(where: \.hidesRules) ? [] : schema.brokenRules(object, ofChangeFrom: nil)
        }
        kind.rules.validateUpdate = { object, old in
            schema.faults(of: object).contains(where: \.hidesRules) ? [] : schema.brokenRules(object, ofChangeFrom: old)
        }
        kind.rules.validateStatus = { object in
            Self.faults(schema.faults(ofStatus: object), schema) { schema.brokenRules(ofStatus: object) }
        }
        return kind
    }

    private static func faults(
        _ faults: [FieldError], _ schema: StructuralSchema, brokenRules: () -> [FieldError]
    ) -> [FieldError] {
        guard schema.hasRules else { return faults }
        return faults + (faults.contains(where: \.hidesRules) ? [.rulesNotChecked] : brokenRules())
    }

    /// A simple JSON path, such as `.spec.replicas`, as member names.
    static func path(_ json: JSONValue?) -> [String] {
        (json?.string ?? "").split(separator: ".").map(String.init)
    }

    // MARK: names

    /// The names that another definition of the group has already; nil when there is none.
    func conflict(with others: [CustomResourceDefinition]) -> (reason: String, message: String)? {
        for other in others where other.group == group && other.name != name {
            if let taken = uniqueNames.intersection(other.uniqueNames).filter({ !$0.isEmpty }).sorted().first {
                return ("NameConflict", "\(goQuoted(taken)) is already in use")
            }
            if other.kind == kind { return ("KindConflict", "\(goQuoted(kind)) is already in use") }
        }
        return nil
    }
}

/// Where a custom resource has the numbers of its Scale.
struct ScalePaths: Hashable, Sendable {
    var specReplicas: [String]
    var statusReplicas: [String]
    var selector: [String]?

    /// What keeps an object from being shown as a Scale.
    func faults(of object: JSONValue) -> [FieldError] {
        guard let value = object.value(at: specReplicas), value.int == nil else { return [] }
        let path = "." + specReplicas.joined(separator: ".")
        let type = if case .string = value { "string" } else { "\(value.goTypeName)" }
        return [
            .invalid(
                path, .int(0), "\(path) accessor error: \(goPrinted(value)) is of the type \(type), expected int64")
        ]
    }
}

extension Columns.Column {
    /// One of `additionalPrinterColumns`.
    fileprivate init(printerColumn json: JSONValue) {
        let text = json["jsonPath"]?.string ?? ""
        let path = CustomResourceDefinition.path(json["jsonPath"])
        let type = json["type"]?.string ?? "string"
        self.init(
            name: json["name"]?.string ?? "", type: type, format: json["format"]?.string ?? "",
            description: json["description"]?.string
                ?? "Custom resource definition column (in JSONPath format): \(text)",
            priority: json["priority"]?.int ?? 0
        ) { object, now in
            guard let value = object.value(at: path) else { return .null }
            switch (type, value) {
            case ("date", _): return .string(Columns.age(value, now))
            case ("string", .string), ("integer", .number), ("number", .number), ("boolean", .bool): return value
            case ("string", _): return .string(goJSON(value))
            default: return .null
            }
        }
    }
}

/// The order of versions: released ones before betas before alphas, newer ones first, other names last.
///
/// Source: `CompareKubeAwareVersionStrings` of apimachinery.
struct APIVersionPriority: Comparable {
    private let rank: (Int, Int, Int)
    private let text: String

    init(_ text: String) {
        self.text = text
        rank =
            text.wholeMatch(of: /v(\d+)(?:(alpha|beta)(\d+))?/).map { match in
                let stage = match.output.2.map { $0 == "beta" ? 1 : 0 } ?? 2
                return (stage + 1, Int(match.output.1) ?? 0, match.output.3.flatMap { Int($0) } ?? 0)
            } ?? (0, 0, 0)
    }

    static func == (lhs: Self, rhs: Self) -> Bool { lhs.text == rhs.text }
    static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rank == rhs.rank ? bytesPrecede(rhs.text, lhs.text) : lhs.rank < rhs.rank
    }
}

extension JSONValue {
    /// The value at a path of member names; nil when something on the way is absent.
    func value(at path: [String]) -> JSONValue? {
        path.reduce(Optional(self)) { value, name in value?[name] }
    }

    /// Sets the value at a path of member names, making the objects on the way.
    mutating func set(_ value: JSONValue, at path: [String]) {
        guard let first = path.first else { return self = value }
        var below = self[first] ?? .dict()
        below.set(value, at: Array(path.dropFirst()))
        set(first, below)
    }
}
