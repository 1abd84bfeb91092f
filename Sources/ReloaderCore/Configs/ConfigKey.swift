public import KubeClient

/// Type and name of a config, as a pod template refers to it: the namespace is that of the template.
public struct ConfigName: Hashable, Sendable {
    /// The type.
    public var type: ConfigType
    /// The object's name.
    public var name: String

    /// Creates a name.
    public init(_ type: ConfigType, _ name: String) {
        self.type = type
        self.name = name
    }
}

/// Identity of a config: type, namespace and name.
///
/// Written `CONFIGMAP namespace/name`.
public struct ConfigKey: Hashable, Sendable, CustomStringConvertible {
    /// The namespace.
    public var namespace: String
    /// The object's name.
    public var name: String
    /// The type.
    public var type: ConfigType

    /// Creates a key.
    public init(_ type: ConfigType, namespace: String, name: String) {
        self.type = type
        self.namespace = namespace
        self.name = name
    }

    /// The key of what `name` means to a workload in `namespace`.
    public init(_ name: ConfigName, in namespace: String) {
        self.init(name.type, namespace: namespace, name: name.name)
    }

    /// Type and name without the namespace.
    public var configName: ConfigName { ConfigName(type, name) }

    /// Namespace and name without the type: the key in the type's store.
    public var objectKey: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// Tag, namespace and name.
    public var description: String { "\(type.tag) \(namespace)/\(name)" }
}
