import KubeClient

/// The schema of one place in a custom resource.
///
/// What is not modelled is not checked: the rarer parts of CEL, and embedded resources beyond their identity.
/// Source: structural schemas of `apiextensions.k8s.io/v1 CustomResourceDefinition`.
struct StructuralSchema: Sendable {
    indirect enum Below: Sendable {
        case nothing
        case schema(StructuralSchema)

        var schema: StructuralSchema? {
            if case .schema(let schema) = self { schema } else { nil }
        }
    }

    /// The keywords that check a value without looking below it.
    struct Limits: Sendable {
        var minimum: Double?
        var maximum: Double?
        var isMinimumExclusive = false
        var isMaximumExclusive = false
        var multipleOf: Double?
        var minLength: Int?
        var maxLength: Int?
        var pattern: String?
        var format: StringFormat?
        /// As it was written.
        var formatKeyword: String?
        var minItems: Int?
        var maxItems: Int?
        var minProperties: Int?
        var maxProperties: Int?
        var allowed: [JSONValue]?
    }

    /// `object`, `array`, `string`, `integer`, `number`, `boolean`; nil when anything goes.
    var type: String?
    var properties: [String: StructuralSchema] = [:]
    /// The values of a map.
    var additionalProperties = Below.nothing
    var items = Below.nothing
    var required: [String] = []
    var defaultValue: JSONValue?
    var isNullable = false
    var preservesUnknownFields = false
    var isEmbeddedResource = false
    var isIntOrString = false
    /// `atomic`, `set` or `map`.
    var listType: String?
    var listMapKeys: [String] = []
    var isAtomicMap = false
    var limits = Limits()
    /// `allOf`, `anyOf`, `oneOf`, `not`: checked, but not pruned or defaulted by.
    var combinations: [(keyword: String, schemas: [StructuralSchema])] = []
    /// Whether there are CEL rules here or below.
    private(set) var hasRules = false
    var rules: [Rule] = []

    /// Reads `openAPIV3Schema`; what is no schema reads as one that allows everything.
    init(_ json: JSONValue) {
        type = json["type"]?.string
        for member in json["properties"]?.object?.members ?? [] {
            properties[member.name] = StructuralSchema(member.value)
        }
        if case .object? = json["additionalProperties"] {
            additionalProperties = .schema(StructuralSchema(json["additionalProperties"] ?? .null))
        } else if json["additionalProperties"] == .bool(true) {
            additionalProperties = .schema(
                StructuralSchema(.dict(("x-kubernetes-preserve-unknown-fields", .bool(true)))))
        }
        if let items = json["items"] { self.items = .schema(StructuralSchema(items)) }
        required = json["required"]?.array?.compactMap(\.string) ?? []
        defaultValue = json["default"]
        isNullable = json["nullable"] == .bool(true)
        preservesUnknownFields = json["x-kubernetes-preserve-unknown-fields"] == .bool(true)
        isEmbeddedResource = json["x-kubernetes-embedded-resource"] == .bool(true)
        isIntOrString = json["x-kubernetes-int-or-string"] == .bool(true)
        listType = json["x-kubernetes-list-type"]?.string
        listMapKeys = json["x-kubernetes-list-map-keys"]?.array?.compactMap(\.string) ?? []
        isAtomicMap = json["x-kubernetes-map-type"]?.string == "atomic"
        limits = Limits(json)
        for keyword in ["allOf", "anyOf", "oneOf"] {
            guard let schemas = json[keyword]?.array, !schemas.isEmpty else { continue }
            combinations.append((keyword, schemas.map(StructuralSchema.init)))
        }
        if let schema = json["not"] { combinations.append(("not", [StructuralSchema(schema)])) }
        rules = (json["x-kubernetes-validations"]?.array ?? []).map(Rule.init)
        hasRules =
            !rules.isEmpty
            || ([additionalProperties.schema, items.schema].compactMap { $0 } + properties.values)
                .contains { $0.hasRules }
    }

    /// The schema of a member; nil when nothing is said of it.
    func member(_ name: String) -> StructuralSchema? { properties[name] ?? additionalProperties.schema }
}

extension StructuralSchema.Limits {
    init(_ json: JSONValue) {
        func number(_ name: String) -> Double? {
            guard case .number(let digits)? = json[name] else { return nil }
            return Double(digits)
        }
        minimum = number("minimum")
        maximum = number("maximum")
        isMinimumExclusive = json["exclusiveMinimum"] == .bool(true)
        isMaximumExclusive = json["exclusiveMaximum"] == .bool(true)
        multipleOf = number("multipleOf")
        minLength = json["minLength"]?.int
        maxLength = json["maxLength"]?.int
        pattern = json["pattern"]?.string
        formatKeyword = json["format"]?.string
        format = formatKeyword.flatMap { StringFormat(keyword: $0) }
        minItems = json["minItems"]?.int
        maxItems = json["maxItems"]?.int
        minProperties = json["minProperties"]?.int
        maxProperties = json["maxProperties"]?.int
        allowed = json["enum"]?.array
    }
}
