import KubeClient

/// What apply knows about a place in an object: how it merges there, and what is below.
///
/// Source: the `x-kubernetes-list-type`, `-list-map-keys` and `-map-type` of the built-in types' OpenAPI. Where nothing
/// is known objects merge and lists are replaced, as in the API server for custom resources without a schema.
struct FieldShape: Sendable {
    /// How two values of a place become one.
    enum Merge: Hashable, Sendable {
        /// A value without parts.
        case scalar(TypeSchema.Scalar)
        /// One value, whatever its parts.
        case atomic
        /// Members merge; only the declared ones may occur.
        case structure
        /// Members merge; any may occur.
        case map
        /// The elements are a set.
        case set
        /// Elements with the same values in these fields merge.
        case keyed([String])
        /// Decided by the value.
        case deduced
    }

    private enum Source: Sendable {
        case type(TypeSchema, TypeSchema.FieldType, TypeSchema.ListMerge)
        /// The root of a custom resource, with its schema if it has one.
        case customResource(TypeSchema, StructuralSchema?)
        /// Inside of a custom resource.
        case custom(StructuralSchema)
        case unknown
    }

    let merge: Merge
    private let source: Source

    /// The root of a kind's objects.
    init(_ kind: ResourceKind) {
        if let type = kind.type {
            self.init(kind.schema, .structure(type))
        } else {
            let isOpen = kind.customSchema?.preservesUnknownFields ?? true
            self.init(isOpen ? .deduced : .structure, .customResource(kind.schema, kind.customSchema))
        }
    }

    private init(_ merge: Merge, _ source: Source) {
        self.merge = merge
        self.source = source
    }

    private init(
        _ schema: TypeSchema, _ type: TypeSchema.FieldType, listMerge: TypeSchema.ListMerge = .replace,
        isAtomic: Bool = false
    ) {
        let merge: Merge =
            switch type {
            case _ where isAtomic: .atomic
            case .scalar(.any): .deduced
            case .scalar(let scalar): .scalar(scalar)
            case .structure(let name): Self.atomicTypes.contains(name) ? .atomic : .structure
            case .map: .map
            case .list(let element): Self.merge(of: element, listMerge)
            }
        self.init(merge, .type(schema, type, listMerge))
    }

    private static func merge(of element: TypeSchema.FieldType, _ listMerge: TypeSchema.ListMerge) -> Merge {
        switch listMerge {
        case .replace: return .atomic
        case .set: return .set
        case .byKey(let key):
            guard case .structure(let name) = element else { return .keyed([key]) }
            return .keyed([key] + (furtherKeys[name] ?? []))
        }
    }

    /// The place of a member; nil when the type has no such field.
    func member(_ name: String) -> FieldShape? {
        switch source {
        case .customResource(let schema, _) where name == "metadata": FieldShape(schema, .structure("ObjectMeta"))
        case .customResource where name == "kind" || name == "apiVersion": FieldShape(.scalar(.string), .unknown)
        case .customResource(_, let schema?), .custom(let schema): schema.shape(ofMember: name)
        case .customResource, .unknown: FieldShape(.deduced, .unknown)
        case .type(_, .scalar, _): FieldShape(.deduced, .unknown)
        case .type(let schema, .map(let value), _): FieldShape(schema, value)
        case .type(let schema, .list(let element), _): FieldShape(schema, element).member(name)
        case .type(let schema, .structure(let type), _):
            schema.fields(of: type)?.first { $0.name == name }.map {
                FieldShape(
                    schema, $0.type, listMerge: $0.listMerge,
                    isAtomic: Self.atomicFields.contains("\(type).\(name)"))
            }
        }
    }

    /// The place of an element of a list.
    var element: FieldShape {
        switch source {
        case .type(let schema, .list(let element), _): FieldShape(schema, element)
        case .custom(let schema): schema.items.schema.map { FieldShape($0) } ?? FieldShape(.deduced, .unknown)
        default: FieldShape(.deduced, .unknown)
        }
    }

    /// A place in a custom resource.
    fileprivate init(_ schema: StructuralSchema) {
        let merge: Merge =
            switch schema.type {
            case _ where schema.isIntOrString: .scalar(.intOrString)
            case "object" where schema.isAtomicMap: .atomic
            case "object" where schema.preservesUnknownFields || schema.additionalProperties.schema != nil: .map
            case "object": .structure
            case "array" where schema.listType == "set": .set
            case "array" where schema.listType == "map": .keyed(schema.listMapKeys)
            case "array": .atomic
            case "string": .scalar(.string)
            case "boolean": .scalar(.bool)
            case "integer", "number": .scalar(.int64)
            default: .deduced
            }
        self.init(merge, .custom(schema))
    }

    fileprivate static let anything = FieldShape(.deduced, .unknown)

    /// The value of a key field that an element leaves out.
    static func defaultKey(_ name: String) -> JSONValue? { name == "protocol" ? .string("TCP") : nil }

    /// Key fields beside the one that strategic merge patch goes by.
    private static let furtherKeys = [
        "ContainerPort": ["protocol"], "ServicePort": ["protocol"],
        "TopologySpreadConstraint": ["whenUnsatisfiable"],
    ]

    private static let atomicFields: Set = ["PodSpec.nodeSelector", "ServiceSpec.selector"]

    private static let atomicTypes: Set = [
        "LabelSelector", "ObjectReference", "LocalObjectReference", "TypedLocalObjectReference", "OwnerReference",
        "ConfigMapKeySelector", "SecretKeySelector", "FileKeySelector", "ObjectFieldSelector", "ResourceFieldSelector",
        "RoleRef", "Subject",
    ]
}

extension FieldShape {
    /// How a value of this place is taken apart; what is not known is decided by the value.
    func merge(for value: JSONValue) -> Merge {
        guard merge == .deduced else { return merge }
        return switch value {
        case .object: .map
        default: .atomic
        }
    }

    /// The name of an element of a list with these key fields.
    static func pathElement(of element: JSONValue, keys: [String]) -> PathElement {
        .key(
            keys.compactMap { key in
                (element[key] ?? defaultKey(key)).map { (key, $0) }
            })
    }
}

extension StructuralSchema {
    /// The place of a member; nil when the schema has no such field.
    fileprivate func shape(ofMember name: String) -> FieldShape? {
        member(name).map { FieldShape($0) } ?? (preservesUnknownFields || type == nil ? .anything : nil)
    }
}
