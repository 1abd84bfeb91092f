public import KubeClient

/// All that is kept of a ConfigMap, Secret or SecretProviderClass: identity, version, fingerprint, and which annotations say `true`.
///
/// Values are hashed while the object is decoded and are gone afterwards; a Secret's bytes are wiped.
public struct ConfigObject: Hashable, Sendable {
    /// Type, namespace and name.
    public let key: ConfigKey
    /// The version of this state of the object.
    public let resourceVersion: ResourceVersion
    /// The fingerprint of the payload.
    public let fingerprint: Fingerprint
    /// The keys of the annotations whose value is exactly `true`, sorted.
    ///
    /// A config's annotations mean something only when they are exactly `true`, and the keys are configurable; so this
    /// is all there is to keep, and it is usually empty.
    public let trueAnnotations: [String]
    private let compactUID: CompactUID

    /// The server's identity of this incarnation of the object.
    public var uid: String { compactUID.text }

    /// Creates a config from parts.
    public init(
        _ key: ConfigKey, fingerprint: Fingerprint, uid: String = "",
        resourceVersion: ResourceVersion = .init(rawValue: ""), trueAnnotations: [String] = []
    ) {
        self.key = key
        self.fingerprint = fingerprint
        self.resourceVersion = resourceVersion
        self.trueAnnotations = trueAnnotations
        compactUID = CompactUID(uid)
    }

    /// Reads an object of a type whose payload lies in `data` and `binaryData`.
    init(_ type: ConfigType, from reader: inout JSONReader) throws(JSONError) {
        var identity = ObjectIdentity()
        var trueAnnotations: [String] = []
        var payload = PayloadHasher(isSecret: type == .secret)
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "metadata":
                identity = try ObjectIdentity(metadata: &reader) { (name, reader) throws(JSONError) in
                    if name == "annotations" { trueAnnotations = try Self.trueAnnotations(from: &reader) }
                }
            case "data" where type == .configMap: try payload.addText(from: &reader)
            case "data" where type == .secret: try payload.addDecodedBase64(from: &reader)
            case "binaryData" where type == .configMap: try payload.addNormalizedBase64(from: &reader)
            default: break
            }
        }
        guard let fingerprint = payload.finish() else {
            throw JSONError(offset: 0, reason: "no SHA-1 in this process's libcrypto; check the OpenSSL configuration")
        }
        self.init(
            ConfigKey(type, namespace: identity.key.namespace ?? "", name: identity.key.name),
            fingerprint: fingerprint, uid: identity.uid, resourceVersion: identity.resourceVersion,
            trueAnnotations: trueAnnotations)
    }

    /// The keys of the annotations at the reader's position whose value is exactly `true`, sorted.
    static func trueAnnotations(from reader: inout JSONReader) throws(JSONError) -> [String] {
        var keys: [String] = []
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            guard try reader.peek() == .string else { return }
            let isTrue = try reader.withStringBytes { (bytes) throws(JSONError) in
                unsafe bytes.withUnsafeBytes { unsafe $0.elementsEqual("true".utf8) }
            }
            if isTrue { keys.append(name.string) }
        }
        return keys.sorted()
    }

    /// Whether the annotation with this key is exactly `true`.
    public func isTrue(_ annotation: String) -> Bool { trueAnnotations.contains(annotation) }
}

extension ConfigObject: CustomStringConvertible {
    /// Type, namespace, name and version.
    public var description: String { "\(key)@\(resourceVersion)" }
}
