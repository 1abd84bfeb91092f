import KubeClient

/// Who is known and what they may do.
struct AccessPolicy: Sendable {
    /// The user of a bearer token; nil refuses it with 401.
    ///
    /// Without an authenticator everybody is the administrator.
    var authenticator: (@Sendable (String) -> RequestUser?)?
    var authorizer: @Sendable (RequestAttributes) -> AuthorizationDecision = { _ in .allow() }

    /// Who sends the request; without a token it is anonymous.
    func user(of request: ServerRequest) throws(APIFailure) -> RequestUser {
        guard let authenticator else { return .admin }
        let words = (request.header("authorization") ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return .anonymous }
        guard let user = authenticator(String(words[1])) else { throw .unauthorized() }
        return user
    }

    func check(_ attributes: RequestAttributes) throws(APIFailure) {
        if authorizer(attributes) == .deny { throw refusal(of: attributes) }
    }

    /// The 403 for what may not be done.
    func refusal(of attributes: RequestAttributes) -> APIFailure {
        let user = "User \(goQuoted(attributes.user.name))"
        guard attributes.isResourceRequest else {
            return APIFailure(
                code: 403, reason: "Forbidden",
                message: "forbidden: \(user) cannot \(attributes.verb) path \(goQuoted(attributes.path))",
                details: JSONObject())
        }
        let resource =
            attributes.subresource.isEmpty
            ? attributes.resource : "\(attributes.resource)/\(attributes.subresource)"
        let scope =
            attributes.namespace.isEmpty
            ? "at the cluster scope" : "in the namespace \(goQuoted(attributes.namespace))"
        return .forbidden(
            APIResource(group: attributes.group, version: attributes.version, plural: attributes.resource, kind: ""),
            name: attributes.name,
            why: "\(user) cannot \(attributes.verb) resource \(goQuoted(resource)) in API group "
                + "\(goQuoted(attributes.group)) \(scope)")
    }
}

extension AccessPolicy {
    /// Answers access and identity reviews; nil for another request.
    func review(
        _ request: ServerRequest, _ attributes: RequestAttributes, now: APITime
    ) throws(APIFailure) -> ServerResponse? {
        guard attributes.verb == "create" else { return nil }
        switch (attributes.group, attributes.resource) {
        case ("authorization.k8s.io", "selfsubjectaccessreviews"):
            return try accessReview(request, attributes, kind: "SelfSubjectAccessReview") { _ in attributes.user }
        case ("authorization.k8s.io", "subjectaccessreviews"):
            return try accessReview(request, attributes, kind: "SubjectAccessReview", user: Self.subject)
        case ("authorization.k8s.io", "localsubjectaccessreviews"):
            return try accessReview(request, attributes, kind: "LocalSubjectAccessReview", user: Self.subject)
        case ("authentication.k8s.io", "tokenreviews"): return try tokenReview(request, now: now)
        case ("authentication.k8s.io", "selfsubjectreviews"):
            return .json(
                .dict(
                    ("kind", .string("SelfSubjectReview")), ("apiVersion", .string("authentication.k8s.io/v1")),
                    ("metadata", .dict(("creationTimestamp", .string(now.text(.seconds))))),
                    ("status", .dict(("userInfo", attributes.user.json)))), status: 201)
        default: return nil
        }
    }

    /// Who a token belongs to, by the authenticator; without one no token belongs to anybody.
    private func tokenReview(_ request: ServerRequest, now: APITime) throws(APIFailure) -> ServerResponse {
        let document: JSONValue
        do { document = try GoJSONParser.parse(request.body).value } catch { throw .badRequest(error.message) }
        let token = document["spec", "token"]?.string ?? ""
        let status: JSONValue
        if let user = authenticator?(token) {
            status = .dict(("authenticated", .bool(true)), ("user", user.json))
        } else {
            status = .dict(("user", .dict()), ("error", .string("invalid bearer token")))
        }
        return .json(
            .dict(
                ("kind", .string("TokenReview")), ("apiVersion", .string("authentication.k8s.io/v1")),
                ("metadata", .dict()), ("spec", document["spec"] ?? .dict()), ("status", status)), status: 201)
    }

    private static func subject(_ spec: JSONValue) -> RequestUser {
        let extra = (spec["extra"]?.object?.members ?? []).map { ($0.name, $0.value.array?.compactMap(\.string) ?? []) }
        return RequestUser(
            name: spec["user"]?.string ?? "", groups: spec["groups"]?.array?.compactMap(\.string) ?? [],
            uid: spec["uid"]?.string ?? "", extra: Dictionary(extra) { $1 })
    }

    private func accessReview(
        _ request: ServerRequest, _ attributes: RequestAttributes, kind: String, user: (JSONValue) -> RequestUser
    ) throws(APIFailure) -> ServerResponse {
        var document = TypeSchema.builtIn.object(fromProtobuf: request.body) ?? .null
        if document.isNull {
            do { document = try GoJSONParser.parse(request.body).value } catch { throw .badRequest(error.message) }
        }
        let spec = document["spec"] ?? .dict()
        var asked = RequestAttributes(user: user(spec), verb: "")
        if let wanted = spec["resourceAttributes"] {
            func text(_ name: String) -> String { wanted[name]?.string ?? "" }
            asked.verb = text("verb")
            asked.group = text("group")
            asked.version = text("version")
            asked.resource = text("resource")
            asked.subresource = text("subresource")
            asked.namespace = text("namespace")
            asked.name = text("name")
        } else if let wanted = spec["nonResourceAttributes"] {
            asked.verb = wanted["verb"]?.string ?? ""
            asked.path = wanted["path"]?.string ?? ""
        } else {
            throw .invalid(
                group: "authorization.k8s.io", kind: "", name: "",
                [
                    .invalid(
                        "spec.resourceAttributes", .null,
                        "exactly one of nonResourceAttributes or resourceAttributes must be specified")
                ])
        }
        var status = JSONObject()
        switch authorizer(asked) {
        case .allow(let reason):
            status["allowed"] = .bool(true)
            if !reason.isEmpty { status["reason"] = .string(reason) }
        case .deny: status["allowed"] = .bool(false)
        }
        var shown = JSONObject()
        for name in ["resourceAttributes", "nonResourceAttributes", "user", "groups", "uid", "extra"] {
            shown[name] = spec[name]
        }
        let namespace = attributes.namespace
        let metadata = namespace.isEmpty ? JSONValue.dict() : .dict(("namespace", .string(namespace)))
        return .json(
            .dict(
                ("kind", .string(kind)), ("apiVersion", .string("authorization.k8s.io/v1")), ("metadata", metadata),
                ("spec", .object(shown)), ("status", .object(status))), status: 201)
    }
}

extension RequestUser {
    /// As reviews show it.
    fileprivate var json: JSONValue {
        var object = JSONObject([("username", .string(name))])
        if !uid.isEmpty { object["uid"] = .string(uid) }
        object["groups"] = .array(groups.map(JSONValue.string))
        if !extra.isEmpty {
            let sorted = extra.sorted { bytesPrecede($0.key, $1.key) }
            object["extra"] = .object(JSONObject(sorted.map { ($0.key, .array($0.value.map(JSONValue.string))) }))
        }
        return .object(object)
    }
}
