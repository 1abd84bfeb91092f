/// Who asks for what: how authorizers and faults see a request.
///
/// Source: `authorizer.Attributes` of the API server. For a path that is no resource's, `resource` is empty and `verb`
/// is the HTTP method in lower case.
public struct RequestAttributes: Hashable, Sendable {
    /// Who asks, or who the one that asks acts as.
    public var user: RequestUser
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    public var verb: String
    /// The API group, empty for the core group.
    public var group = ""
    /// The version inside the group.
    public var version = ""
    /// The lower-case plural, empty for other paths.
    public var resource = ""
    /// The subresource, empty for the object itself.
    public var subresource = ""
    /// The namespace, empty for requests across namespaces.
    public var namespace = ""
    /// The object's name, empty for collections.
    public var name = ""
    /// The path as sent.
    public var path: String

    /// Creates attributes, for an access review or a test of an authorizer.
    public init(
        user: RequestUser = .admin, verb: String, group: String = "", version: String = "", resource: String = "",
        subresource: String = "", namespace: String = "", name: String = "", path: String = ""
    ) {
        self.user = user
        self.verb = verb
        self.group = group
        self.version = version
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.path = path
    }

    /// Whether the request is about a resource.
    public var isResourceRequest: Bool { !resource.isEmpty }
    /// Whether the request only reads.
    public var isReadOnly: Bool { ["get", "list", "watch", "head", "options"].contains(verb) }
}

/// A user and the groups that count for permissions.
public struct RequestUser: Hashable, Sendable {
    /// The name, such as `system:serviceaccount:default:reloader`.
    public var name: String
    /// The groups, such as `system:authenticated`.
    public var groups: [String]
    /// What tells users of one name apart, empty for nothing.
    public var uid: String
    /// Further attributes, each with its values.
    public var extra: [String: [String]]

    /// Creates a user.
    public init(name: String, groups: [String] = [], uid: String = "", extra: [String: [String]] = [:]) {
        self.name = name
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }

    /// A member of `system:masters`.
    public static let admin = RequestUser(name: "admin", groups: ["system:masters", "system:authenticated"])
    /// Who sends no credentials.
    public static let anonymous = RequestUser(name: "system:anonymous", groups: ["system:unauthenticated"])
    /// A service account.
    public static func serviceAccount(namespace: String, name: String) -> RequestUser {
        RequestUser(
            name: "system:serviceaccount:\(namespace):\(name)",
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"])
    }
}

/// What an authorizer says.
public enum AuthorizationDecision: Hashable, Sendable {
    /// The request may pass; the reason shows in access reviews.
    case allow(reason: String = "")
    /// The request may not pass.
    case deny
}

extension RequestAttributes {
    /// What a request is about, by its method and its path with the query.
    package init(method: String, target: String) {
        self.init(ServerRequest(method: method, target: target), user: .anonymous)
    }

    /// Reads verb, resource and names from method and path.
    init(_ request: ServerRequest, user: RequestUser) {
        self.init(user: user, verb: request.method.lowercased(), path: request.path)
        var rest = request.segments[...]
        switch rest.popFirst() {
        case "api":
            guard let version = rest.popFirst() else { return }
            self.version = version
        case "apis":
            guard rest.count >= 2, let group = rest.popFirst(), let version = rest.popFirst() else { return }
            self.group = group
            self.version = version
        default: return
        }
        // The deprecated form /api/v1/watch/… of a watch.
        let hasWatchPrefix = rest.first == "watch"
        if hasWatchPrefix { rest.removeFirst() }
        guard !rest.isEmpty else { return }
        takeNames(from: &rest)
        verb = Self.verb(request, hasName: !name.isEmpty, hasWatchPrefix: hasWatchPrefix)
        if name.isEmpty, let selector = request.parameter("fieldSelector") { name = Self.nameSelected(by: selector) }
    }

    private mutating func takeNames(from rest: inout ArraySlice<String>) {
        if rest.first == "namespaces", rest.count > 1 {
            rest.removeFirst()
            let namespace = rest.removeFirst()
            self.namespace = namespace
            if rest.isEmpty || rest.count == 1 && ["status", "finalize"].contains(rest[rest.startIndex]) {
                resource = "namespaces"
                name = namespace
                subresource = rest.first ?? ""
                return
            }
        }
        resource = rest.popFirst() ?? ""
        name = rest.popFirst() ?? ""
        subresource = rest.joined(separator: "/")
    }

    private static func verb(_ request: ServerRequest, hasName: Bool, hasWatchPrefix: Bool) -> String {
        switch request.method {
        case "GET", "HEAD":
            if hasWatchPrefix { return "watch" }
            if hasName { return "get" }
            // Any value but "false" and "0" asks for a watch, also an empty one.
            let isWatch = request.parameter("watch").map { !["false", "0"].contains($0.lowercased()) } ?? false
            return isWatch ? "watch" : "list"
        case "POST": return "create"
        case "PUT": return "update"
        case "PATCH": return "patch"
        case "DELETE": return hasName ? "delete" : "deletecollection"
        default: return request.method.lowercased()
        }
    }

    private static func nameSelected(by selector: String) -> String {
        for term in selector.split(separator: ",") where term.hasPrefix("metadata.name=") {
            return String(term.dropFirst("metadata.name=".count).drop { $0 == "=" })
        }
        return ""
    }
}
