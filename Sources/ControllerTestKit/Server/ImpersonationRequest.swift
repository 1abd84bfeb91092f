/// Who a request wants to act as, by its `Impersonate-*` headers.
///
/// Source: the impersonation filter of the API server.
struct ImpersonationRequest: Hashable, Sendable {
    private var name: String
    private var uid: String
    private var groups: [String]
    private var extra: [String: [String]] = [:]

    /// Reads the headers; nil when there are none.
    init?(_ request: ServerRequest) {
        let prefix = "impersonate-"
        let headers = request.headers.map { ($0.name.lowercased(), $0.value) }.filter { $0.0.hasPrefix(prefix) }
        guard !headers.isEmpty else { return nil }
        func values(_ name: String) -> [String] { headers.filter { $0.0 == prefix + name }.map(\.1) }
        name = values("user").first ?? ""
        uid = values("uid").first ?? ""
        groups = values("group")
        for (name, value) in headers where name.hasPrefix(prefix + "extra-") {
            extra[percentDecoded(name.dropFirst(prefix.count + "extra-".count)), default: []].append(value)
        }
    }

    /// The user that the request counts as, if whoever sent it may act as that one.
    func user(_ attributes: RequestAttributes, _ policy: AccessPolicy) throws(APIFailure) -> RequestUser {
        guard !name.isEmpty else { throw .impersonationWithoutName(goText) }
        for question in questions(from: attributes.user) where policy.authorizer(question) == .deny {
            // The server tries first what it has always asked, then the rights that are limited to a verb, and tells of those.
            var limited = attributes
            limited.verb = "impersonate-on:user-info:\(attributes.verb)"
            throw policy.refusal(of: limited)
        }
        return RequestUser(name: name, groups: effectiveGroups, uid: uid, extra: extra)
    }

    private var serviceAccount: (namespace: String, name: String)? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return nil }
        return (parts[2], parts[3])
    }

    private var effectiveGroups: [String] {
        var groups = groups
        if groups.isEmpty, let account = serviceAccount {
            groups = ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"]
        }
        let (authenticated, unauthenticated) = ("system:authenticated", "system:unauthenticated")
        if groups.contains(authenticated) || groups.contains(unauthenticated) { return groups }
        return groups + [name == RequestUser.anonymous.name ? unauthenticated : authenticated]
    }

    /// What has to be allowed: the verb `impersonate` on each part of the identity.
    private func questions(from user: RequestUser) -> [RequestAttributes] {
        var all: [RequestAttributes] = []
        func ask(
            _ resource: String, _ name: String, group: String = "", namespace: String = "", subresource: String = ""
        ) {
            all.append(
                RequestAttributes(
                    user: user, verb: "impersonate", group: group, version: "v1", resource: resource,
                    subresource: subresource, namespace: namespace, name: name))
        }
        if let account = serviceAccount {
            ask("serviceaccounts", account.name, namespace: account.namespace)
        } else {
            ask("users", name)
        }
        for group in groups { ask("groups", group) }
        if !uid.isEmpty { ask("uids", uid, group: "authentication.k8s.io") }
        for (key, values) in extra.sorted(by: { bytesPrecede($0.key, $1.key) }) {
            for value in values { ask("userextras", value, group: "authentication.k8s.io", subresource: key) }
        }
        return all
    }

    /// The identity as Go prints it.
    private var goText: String {
        func list(_ values: [String]) -> String { "{\(values.map(goQuoted).joined(separator: ", "))}" }
        let groups = groups.isEmpty ? "[]string(nil)" : "[]string\(list(groups))"
        let members = extra.sorted { bytesPrecede($0.key, $1.key) }
            .map { "\(goQuoted($0.key)):[]string\(list($0.value))" }
        let type = "map[string][]string"
        let extra = members.isEmpty ? "\(type)(nil)" : "\(type){\(members.joined(separator: ", "))}"
        return "&user.DefaultInfo{Name:\"\", UID:\(goQuoted(uid)), Groups:\(groups), Extra:\(extra)}"
    }
}

extension APIFailure {
    fileprivate static func impersonationWithoutName(_ identity: String) -> APIFailure {
        .badRequest("requested \(identity) without impersonating a user name")
    }
}
