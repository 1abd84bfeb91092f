import KubeClient

/// The value of the last-reloaded-from annotation: which config caused the last reload, as compact JSON.
public struct LastReload: Hashable, Sendable {
    /// The config.
    public var config: ConfigKey
    /// Its fingerprint, or ``Fingerprint/deletion``.
    public var fingerprint: Fingerprint
    /// The container that would carry the marker.
    public var container: String
    /// When the change was handled, in Unix seconds.
    public var observedAt: Int

    /// Creates a value.
    public init(config: ConfigKey, fingerprint: Fingerprint, container: String, observedAt: Int) {
        self.config = config
        self.fingerprint = fingerprint
        self.container = container
        self.observedAt = observedAt
    }

    /// Reads an annotation; nil when it is not one that a Reloader wrote.
    public init?(annotation: String) {
        let value = Array(annotation.utf8)
        guard let fields = try? unsafe JSONReader.read(value.span.bytes, Fields.init(from:)),
            let type = ConfigType(tag: fields.type), let fingerprint = Fingerprint(hex: fields.hash)
        else { return nil }
        self.init(
            config: ConfigKey(type, namespace: fields.namespace, name: fields.name), fingerprint: fingerprint,
            container: fields.container, observedAt: fields.observedAt)
    }

    private struct Fields {
        var (type, name, namespace, hash, container, observedAt) = ("", "", "", "", "", 0)

        init(from reader: inout JSONReader) throws(JSONError) {
            try reader.forEachFieldIfObject { (field, reader) throws(JSONError) in
                switch field {
                case "type": type = try reader.stringOrEmpty()
                case "name": name = try reader.stringOrEmpty()
                case "namespace": namespace = try reader.stringOrEmpty()
                case "hash": hash = try reader.stringOrEmpty()
                case "containerRefs": container = try reader.stringArray().first ?? ""
                case "observedAt": observedAt = try reader.intOrNil() ?? 0
                default: break
                }
            }
        }
    }
}
