/// What every projection needs of `metadata`: the key, the uid and the version.
///
/// ```swift
/// init(from reader: inout JSONReader) throws(JSONError) {
///     try reader.forEachField { (name, reader) throws(JSONError) in
///         switch name {
///         case "metadata": identity = try ObjectIdentity(metadata: &reader)
///         …
/// ```
public struct ObjectIdentity: Hashable, Sendable {
    /// Namespace and name.
    public var key: ObjectKey
    /// The server's identity of this incarnation of the object.
    public var uid: String
    /// The version of this state of the object.
    public var resourceVersion: ResourceVersion

    /// Creates an identity; the default is that of no object.
    public init(
        key: ObjectKey = ObjectKey(name: ""), uid: String = "",
        resourceVersion: ResourceVersion = ResourceVersion(rawValue: "")
    ) {
        self.key = key
        self.uid = uid
        self.resourceVersion = resourceVersion
    }

    /// Reads the `metadata` object that the reader is at; its other fields are lent to `body`, or skipped.
    public init(
        metadata reader: inout JSONReader,
        otherFields body: (borrowing FieldName, inout JSONReader) throws(JSONError) -> Void = { (_, _) in }
    ) throws(JSONError) {
        self.init()
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "name": key.name = try reader.stringOrEmpty()
            case "namespace":
                guard try reader.peek() == .string else { return try reader.skip() }
                let namespace = try reader.withStringBytes { (text) throws(JSONError) in
                    NamespaceCache.shared.string(text)
                }
                key.namespace = namespace.isEmpty ? nil : namespace
            case "uid": uid = try reader.stringOrEmpty()
            case "resourceVersion": resourceVersion = ResourceVersion(rawValue: try reader.stringOrEmpty())
            default: try body(name, &reader)
            }
        }
    }
}
