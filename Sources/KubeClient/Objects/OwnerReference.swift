/// One entry of `metadata.ownerReferences`: an object that this one is deleted with.
public struct OwnerReference: Hashable, Sendable {
    /// The group and version of the owner, such as `apps/v1`.
    public var apiVersion: String
    /// The kind of the owner.
    public var kind: String
    /// The name of the owner; its namespace is that of the dependent, if it has one.
    public var name: String
    /// The identity of the owner.
    public var uid: String
    /// Whether the owner manages this object; at most one does.
    public var isController: Bool
    /// Whether a foreground deletion of the owner waits for this object.
    public var blocksOwnerDeletion: Bool

    /// Creates a reference.
    public init(
        apiVersion: String, kind: String, name: String, uid: String, isController: Bool = false,
        blocksOwnerDeletion: Bool = false
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
        self.blocksOwnerDeletion = blocksOwnerDeletion
    }
}

extension OwnerReference: KubeDecodable {
    /// Reads an entry of `ownerReferences`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(apiVersion: "", kind: "", name: "", uid: "")
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "apiVersion": apiVersion = try reader.stringOrEmpty()
            case "kind": kind = try reader.stringOrEmpty()
            case "name": self.name = try reader.stringOrEmpty()
            case "uid": uid = try reader.stringOrEmpty()
            case "controller": isController = try reader.boolOrFalse()
            case "blockOwnerDeletion": blocksOwnerDeletion = try reader.boolOrFalse()
            default: break
            }
        }
    }
}
