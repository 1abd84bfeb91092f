public import KubeClient
import Synchronization

/// What tests read and write without a client: synchronous, as the administrator, unlogged and without faults.
extension TestAPIServer {
    /// Creates an object, and its namespace when that is absent; the kind decides where it goes.
    ///
    /// Its fields belong to `fieldManager` afterwards. Throws the server's answer as a client would see it. Source: POST
    /// of the resource.
    @discardableResult
    public func create(_ object: JSONValue, fieldManager: String = "test") throws(KubeError) -> JSONValue {
        let kind = try kind(of: object)
        let meta = ObjectMeta(object)
        if kind.resource.isNamespaced { createNamespaceIfAbsent(meta.namespace.isEmpty ? "default" : meta.namespace) }
        return try request(
            "POST", kind.resource.path(in: scope(of: kind, meta)) + "?fieldManager=\(percentEncoded(fieldManager))",
            goJSONBytes(object))
    }

    /// Creates an object from its JSON text.
    @discardableResult
    public func create(json: String) throws(KubeError) -> JSONValue { try create(try parsed(json)) }

    /// Replaces an object.
    ///
    /// Source: PUT of the resource.
    @discardableResult
    public func update(_ object: JSONValue, subresource: Subresource? = nil) throws(KubeError) -> JSONValue {
        let kind = try kind(of: object)
        let meta = ObjectMeta(object)
        return try request(
            "PUT", kind.resource.path(of: key(of: kind, meta), subresource: subresource) + "?fieldManager=test",
            goJSONBytes(object))
    }

    /// Creates an object or applies it to what is there, by force, as `kubectl apply --server-side` does.
    ///
    /// What `fieldManager` applied before and leaves out now is removed.
    @discardableResult
    public func apply(_ object: JSONValue, fieldManager: String = "test") throws(KubeError) -> JSONValue {
        let kind = try kind(of: object)
        let meta = ObjectMeta(object)
        if kind.resource.isNamespaced { createNamespaceIfAbsent(meta.namespace.isEmpty ? "default" : meta.namespace) }
        return try patch(
            kind.resource, key(of: kind, meta), .apply(goJSONBytes(object), force: true), fieldManager: fieldManager)
    }

    /// Creates or applies an object from its JSON text.
    @discardableResult
    public func apply(json: String) throws(KubeError) -> JSONValue { try apply(try parsed(json)) }

    /// Patches an object.
    ///
    /// Source: PATCH of the resource.
    @discardableResult
    public func patch(
        _ resource: APIResource, _ key: ObjectKey, _ patch: Patch, subresource: Subresource? = nil,
        fieldManager: String = "test"
    ) throws(KubeError) -> JSONValue {
        let (type, body) =
            switch patch {
            case .json(let body): ("application/json-patch+json", body)
            case .merge(let body): ("application/merge-patch+json", body)
            case .strategicMerge(let body): ("application/strategic-merge-patch+json", body)
            case .apply(let body, _): ("application/apply-patch+yaml", body)
            }
        var query = "?fieldManager=\(percentEncoded(fieldManager))"
        if case .apply(_, let force) = patch { query += "&force=\(force)" }
        return try request("PATCH", resource.path(of: key, subresource: subresource) + query, body, contentType: type)
    }

    /// Merges a JSON text into an object (RFC 7386).
    @discardableResult
    public func patch(_ resource: APIResource, _ key: ObjectKey, merge json: String) throws(KubeError) -> JSONValue {
        try patch(resource, key, .merge(Array(json.utf8)))
    }

    /// Deletes an object.
    ///
    /// Source: DELETE of the resource.
    public func delete(
        _ resource: APIResource, _ key: ObjectKey, propagation: DeleteOptions.Propagation? = nil,
        gracePeriodSeconds: Int? = nil
    ) throws(KubeError) {
        var options: [String] = []
        if let propagation { options.append("propagationPolicy=\(propagation.rawValue)") }
        if let gracePeriodSeconds { options.append("gracePeriodSeconds=\(gracePeriodSeconds)") }
        let query = options.isEmpty ? "" : "?" + options.joined(separator: "&")
        _ = try request("DELETE", resource.path(of: key) + query, [])
    }

    /// Reads an object.
    public func get(_ resource: APIResource, _ key: ObjectKey) throws(KubeError) -> JSONValue {
        try request("GET", resource.path(of: key), [])
    }

    /// Reads an object; nil when there is none.
    public func find(_ resource: APIResource, _ key: ObjectKey) -> JSONValue? { try? get(resource, key) }

    /// Reads a collection in the order of lists.
    ///
    /// Items of built-in kinds come without kind and apiVersion.
    public func list(
        _ resource: APIResource, in scope: Scope = .all, labelSelector: String? = nil
    ) throws(KubeError) -> [JSONValue] {
        let query = labelSelector.map { "?labelSelector=\(percentEncoded($0))" } ?? ""
        return try request("GET", resource.path(in: scope) + query, [])["items"]?.array ?? []
    }

    /// Creates a namespace unless there is one of the name.
    public func createNamespaceIfAbsent(_ name: String) {
        let body = JSONValue.dict(
            ("apiVersion", .string("v1")), ("kind", .string("Namespace")), ("metadata", .dict(("name", .string(name)))))
        _ = try? request("POST", "/api/v1/namespaces", goJSONBytes(body))
    }

    private func request(
        _ method: String, _ target: String, _ body: [UInt8], contentType: String = "application/json"
    ) throws(KubeError) -> JSONValue {
        let request = ServerRequest(
            method: method, target: target, headers: [("Content-Type", contentType)], body: body)
        let attributes = RequestAttributes(request, user: .admin)
        let outcome = transaction { state -> Result<ServerOutcome, APIFailure> in
            do throws(APIFailure) {
                return .success(try state.respond(to: request, attributes, AccessPolicy(), hasWaited: true))
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .failure(let failure): throw failure.kubeError("\(method) \(target)")
        case .success(.response(let response)):
            guard let json = try? GoJSONParser.parse(response.body).value, response.status < 400 else {
                throw KubeError(.decoding, "\(method) \(target): \(String(decoding: response.body, as: UTF8.self))")
            }
            return json
        case .success: throw KubeError(.decoding, "\(method) \(target): not an answer in one piece")
        }
    }

    private func parsed(_ text: String) throws(KubeError) -> JSONValue {
        do {
            return try GoJSONParser.parse(Array(text.utf8)).value
        } catch {
            throw KubeError(.decoding, "The object is not JSON: \(error.message)")
        }
    }

    private func kind(of object: JSONValue) throws(KubeError) -> ResourceKind {
        let (apiVersion, kind) = (object["apiVersion"]?.string ?? "", object["kind"]?.string ?? "")
        guard let found = transaction({ $0.kinds.kind(apiVersion: apiVersion, kind: kind) }) else {
            throw KubeError(
                .configuration,
                "The test server has no kind \(kind) in \(apiVersion): name its resource when creating the server")
        }
        return found
    }

    private func key(of kind: ResourceKind, _ meta: ObjectMeta) -> ObjectKey {
        let namespace = meta.namespace.isEmpty ? "default" : meta.namespace
        return ObjectKey(namespace: kind.resource.isNamespaced ? namespace : nil, name: meta.name)
    }

    private func scope(of kind: ResourceKind, _ meta: ObjectMeta) -> Scope { key(of: kind, meta).scope }
}

extension APIFailure {
    /// The failure as a client sees it.
    fileprivate func kubeError(_ what: String) -> KubeError {
        let causes = details?["causes"]?.array ?? []
        let status = Status(
            code: code, reason: reason ?? "", message: message, retryAfterSeconds: retryAfterSeconds,
            causes: causes.map {
                Status.Cause(
                    reason: $0["reason"]?.string ?? "", message: $0["message"]?.string ?? "",
                    field: $0["field"]?.string ?? "")
            })
        return KubeError(.status, "\(what): \(message)", status: status)
    }
}
