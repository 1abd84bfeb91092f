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
        /// The root of a custom resource.
        case customResource(TypeSchema)
        case unknown
    }

    let merge: Merge
    private let source: Source

    /// The root of a kind's objects.
    init(_ kind: ResourceKind) {
        if let type = kind.type {
            self.init(kind.schema, .structure(type))
        } else {
            self.init(.deduced, .customResource(kind.schema))
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
        case .customResource(let schema) where name == "metadata": FieldShape(schema, .structure("ObjectMeta"))
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
        guard case .type(let schema, .list(let element), _) = source else { return FieldShape(.deduced, .unknown) }
        return FieldShape(schema, element)
    }

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
