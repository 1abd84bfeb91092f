import KubeClient

extension ServerState {
    /// How large a request body may be, in bytes.
    static let bodyLimit = 3 * 1024 * 1024

    /// Answers a request whose user is known: permission, route, form, then the verb's handler.
    mutating func respond(
        to request: ServerRequest, _ attributes: RequestAttributes, _ policy: AccessPolicy, hasWaited: Bool
    ) throws(APIFailure) -> ServerOutcome {
        try policy.check(attributes)
        guard request.body.count <= Self.bodyLimit else { throw .tooLarge("limit is \(Self.bodyLimit)") }
        if let review = try policy.review(request, attributes, now: now) { return .response(review) }
        guard attributes.isResourceRequest else { return .response(try document(request) ?? .pageNotFound) }
        guard let kind = kinds.kind(attributes) else { return .response(.pageNotFound) }
        guard request.method != "HEAD" else { throw .methodNotAllowed() }
        try Self.checkRoute(attributes, kind)
        if let answer = try Self.timeout(request, attributes) { return .response(answer) }
        var context = RequestContext(
            request: request, attributes: attributes, kind: kind,
            form: try AnswerForm(request, protobufType: kind.protobufType(attributes)))
        context.hasWaited = hasWaited
        guard let warning = kind.deprecationWarning else { return try handle(context) }
        let outcome = try APIFailure.warning([warning]) { () throws(APIFailure) in try handle(context) }
        guard case .response(var response) = outcome else { return outcome }
        response.headers.insert(("Warning", "299 - \(goQuoted(warning))"), at: 0)
        return .response(response)
    }

    /// Which combinations of method, scope and subresource there are.
    private static func checkRoute(_ attributes: RequestAttributes, _ kind: ResourceKind) throws(APIFailure) {
        let hasName = !attributes.name.isEmpty && !["list", "deletecollection", "watch"].contains(attributes.verb)
        if !attributes.subresource.isEmpty, !kind.hasSubresource(attributes.subresource) { throw .unknownResource() }
        if !kind.resource.isNamespaced, !attributes.namespace.isEmpty, !kind.isNamespace { throw .unknownResource() }
        if kind.resource.isNamespaced, attributes.namespace.isEmpty {
            if hasName { throw .unknownResource() }
            if attributes.verb != "list", attributes.verb != "watch" { throw .methodNotAllowed() }
        }
        let isAllowed =
            switch attributes.verb {
            case "get", "update", "patch", "delete": hasName
            case "create": !hasName
            case "list", "watch", "deletecollection": true
            default: false
            }
        guard isAllowed else { throw .methodNotAllowed() }
    }

    /// The `timeout` parameter: nothing here takes long, so only what is over at once runs out.
    private static func timeout(
        _ request: ServerRequest, _ attributes: RequestAttributes
    ) throws(APIFailure) -> ServerResponse? {
        guard let text = request.parameter("timeout"), !text.isEmpty, attributes.verb != "watch" else { return nil }
        let units = ["ns", "us", "µs", "ms", "s", "m", "h"]
        let digits = text.drop { $0 == "-" || $0 == "+" }.prefix { $0.isNumber || $0 == "." }
        let unit = text.drop { $0 == "-" || $0 == "+" || $0.isNumber || $0 == "." }
        let isDuration = text == "0" || !digits.isEmpty && units.contains { unit.hasPrefix($0) }
        guard isDuration else {
            throw .badRequest(
                "invalid timeout specified in the request URL - time: invalid duration \(goQuoted(text))")
        }
        guard unit == "ns", !text.hasPrefix("-") else { return nil }
        let body = JSONValue.dict(
            ("metadata", .dict()), ("status", .string("Failure")),
            ("message", .string("Timeout: request did not complete within the allotted timeout")),
            ("reason", .string("Timeout")), ("details", .dict()), ("code", .int(504)))
        return .text(goJSON(body), status: 504)
    }
}

extension ResourceKind {
    /// The type of an answer that can be sent in protobuf; nil for none.
    fileprivate func protobufType(_ attributes: RequestAttributes) -> String? {
        guard let type, attributes.subresource != "scale", schema.hasProtobuf(type) else { return nil }
        return type
    }
}
