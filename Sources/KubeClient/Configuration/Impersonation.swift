/// On whose behalf requests are made.
///
/// Source: user impersonation in the Kubernetes authentication documentation.
public struct Impersonation: Hashable, Sendable {
    /// The user name.
    public var user: String
    /// The user's UID.
    public var uid: String?
    /// Group names.
    public var groups: [String]
    /// Further attributes, each with its values.
    public var extra: [(key: String, values: [String])]

    /// Creates an impersonation.
    public init(user: String, uid: String? = nil, groups: [String] = [], extra: [(key: String, values: [String])] = [])
    {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }

    /// The request headers that ask for it.
    package var headers: [(name: String, value: String)] {
        var headers = [(name: "Impersonate-User", value: user)]
        if let uid { headers.append(("Impersonate-Uid", uid)) }
        headers += groups.map { ("Impersonate-Group", $0) }
        for (key, values) in extra { headers += values.map { ("Impersonate-Extra-\(percentEncoded(key))", $0) } }
        return headers
    }

    /// Whether both ask for the same.
    public static func == (lhs: Impersonation, rhs: Impersonation) -> Bool {
        lhs.user == rhs.user && lhs.uid == rhs.uid && lhs.groups == rhs.groups
            && lhs.extra.elementsEqual(rhs.extra, by: ==)
    }

    /// Hashes user and groups.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(user)
        hasher.combine(groups)
    }
}
