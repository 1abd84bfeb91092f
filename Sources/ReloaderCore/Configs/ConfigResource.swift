public import KubeClient

/// Says at compile time which type of config a ``ConfigResource`` holds.
public protocol ConfigSource: Sendable {
    /// The type.
    static var configType: ConfigType { get }
}

/// The source of ConfigMaps.
public enum ConfigMapSource: ConfigSource {
    /// ``ConfigType/configMap``.
    public static var configType: ConfigType { .configMap }
}

/// The source of Secrets.
public enum SecretSource: ConfigSource {
    /// ``ConfigType/secret``.
    public static var configType: ConfigType { .secret }
}

/// A ConfigMap as clients and informers decode it; use ``ConfigResource/config``.
public typealias ConfigMapResource = ConfigResource<ConfigMapSource>
/// A Secret as clients and informers decode it; use ``ConfigResource/config``.
public typealias SecretResource = ConfigResource<SecretSource>

/// A ``ConfigObject`` bound to one API resource, so that clients, stores and informers know what to ask for.
public struct ConfigResource<Source: ConfigSource>: StaticResource, Hashable {
    /// The config itself.
    public let config: ConfigObject

    /// Reads an object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        config = try ConfigObject(Source.configType, from: &reader)
    }

    /// The table of the type's fields.
    public static var protobufMessage: ProtobufMessage? { Source.configType == .secret ? .secret : .configMap }
    /// The watched resource.
    public static var apiResource: APIResource { Source.configType.watchedResource }
    /// Namespace and name.
    public var id: ObjectKey { config.key.objectKey }
    /// The server's identity of this incarnation of the object.
    public var uid: String { config.uid }
    /// The version of this state of the object.
    public var resourceVersion: ResourceVersion { config.resourceVersion }
}
