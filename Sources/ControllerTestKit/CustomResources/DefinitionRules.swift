import KubeClient

/// The rules of CustomResourceDefinitions themselves.
enum DefinitionRules {
    static let finalizer = "customresourcecleanup.apiextensions.k8s.io"

    static var rules: ResourceKind.Rules {
        var rules = ResourceKind.Rules()
        rules.complete = { object in
            object.modify("spec", creating: true) { spec in
                spec.modify("names", creating: true) { names in
                    let kind = names["kind"]?.string ?? ""
                    if (names["singular"]?.string ?? "").isEmpty { names.set("singular", .string(kind.lowercased())) }
                    if (names["listKind"]?.string ?? "").isEmpty { names.set("listKind", .string(kind + "List")) }
                }
                spec.setDefault("conversion", .dict(("strategy", .string("None"))))
            }
        }
        rules.create = { object in
            let stored = (object["spec", "versions"]?.array ?? []).filter { $0["storage"] == .bool(true) }
            object.modify("status", creating: true) { status in
                status.set("storedVersions", .array(stored.compactMap { $0["name"] }))
            }
        }
        rules.validate = faults
        rules.nameFault = { _ in [] }
        return rules
    }

    private static func faults(_ object: JSONValue) -> [FieldError] {
        let definition = CustomResourceDefinition(object)
        var faults: [FieldError] = []
        if definition.name != "\(definition.plural).\(definition.group)" {
            faults.append(
                .invalid("metadata.name", .string(definition.name), "must be spec.names.plural+\".\"+spec.group"))
        }
        let scope = object["spec", "scope"]
        if scope?.string.map({ ["Cluster", "Namespaced"].contains($0) }) != true {
            faults.append(.notSupported("spec.scope", scope ?? .string(""), supported: ["Cluster", "Namespaced"]))
        }
        if definition.group.isEmpty { faults.append(.required("spec.group")) }
        for name in ["plural", "kind"] where (definition.names[name]?.string ?? "").isEmpty {
            faults.append(.required("spec.names.\(name)"))
        }
        let versions = object["spec", "versions"]?.array ?? []
        if versions.filter({ $0["storage"] == .bool(true) }).count != 1 {
            faults.append(
                .invalid("spec.versions", .array(versions), "must have exactly one version marked as storage version"))
        }
        for (index, version) in versions.enumerated() {
            let path = "spec.versions[\(index)].schema.openAPIV3Schema"
            guard let schema = version["schema", "openAPIV3Schema"] else {
                faults.append(.required(path, "schemas are required"))
                continue
            }
            faults += self.faults(schema, at: path, isRoot: true)
        }
        return faults
    }

    private static func faults(_ schema: JSONValue, at path: String, isRoot: Bool = false) -> [FieldError] {
        let types = ["array", "boolean", "integer", "number", "object", "string"]
        var faults: [FieldError] = []
        let type = schema["type"]?.string ?? ""
        if !type.isEmpty, !types.contains(type) {
            faults.append(.notSupported("\(path).type", .string(type), supported: types))
        } else if isRoot, type != "object" {
            faults.append(
                type.isEmpty
                    ? .required("\(path).type", "must not be empty at the root")
                    : .invalid("\(path).type", .string(type), "must be object at the root"))
        } else if type.isEmpty, schema["x-kubernetes-int-or-string"] != .bool(true),
            schema["x-kubernetes-preserve-unknown-fields"] != .bool(true)
        {
            faults.append(.required("\(path).type", "must not be empty for specified object fields"))
        }
        if schema["x-kubernetes-list-type"]?.string == "map",
            (schema["x-kubernetes-list-map-keys"]?.array ?? []).isEmpty
        {
            faults.append(
                .required(
                    "\(path).x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"))
        }
        for member in schema["properties"]?.object?.members ?? [] {
            faults += self.faults(member.value, at: "\(path).properties[\(member.name)]")
        }
        if let items = schema["items"] { faults += self.faults(items, at: "\(path).items") }
        if let values = schema["additionalProperties"], case .object = values {
            faults += self.faults(values, at: "\(path).additionalProperties")
        }
        return faults
    }
}
