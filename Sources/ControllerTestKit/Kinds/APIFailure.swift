package import KubeClient

/// An answer of the API server that is not a success: HTTP status, `reason`, message and `details` of a `v1 Status`.
///
/// The constructors give the wording and the shape of `details` of kube-apiserver 1.36.
package struct APIFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The HTTP status code, also `code` of the Status.
    package var code: Int
    /// The machine-readable reason; several 500 answers of the real server have none.
    package var reason: String?
    /// The sentence for people.
    package var message: String
    /// `details`, in the order of the API type; nil leaves the member out.
    package var details: JSONObject?
    /// Texts of `Warning` headers: what decoding found before something else was wrong.
    package var warnings: [String] = []
    /// `metadata.continue` of an Expired list: where an inconsistent continuation may go on.
    package var continueToken: String?

    package init(code: Int, reason: String?, message: String, details: JSONObject? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    /// The body that the server sends: a `v1 Status`.
    package var statusJSON: JSONValue {
        var status = JSONObject()
        status["kind"] = .string("Status")
        status["apiVersion"] = .string("v1")
        var metadata = JSONObject()
        metadata["continue"] = continueToken.map(JSONValue.string)
        status["metadata"] = .object(metadata)
        status["status"] = .string("Failure")
        status["message"] = .string(message)
        status["reason"] = reason.map(JSONValue.string)
        status["details"] = details.map(JSONValue.object)
        status["code"] = .number(String(code))
        return .object(status)
    }

    /// The value of the `Retry-After` header, when the answer has one.
    package var retryAfterSeconds: Int? { details?["retryAfterSeconds"]?.int }

    /// Runs a step of a request whose body was decoded with warnings, which a failure carries, too.
    static func warning<Result>(
        _ warnings: [String], _ body: () throws(APIFailure) -> Result
    ) throws(APIFailure) -> Result {
        do { return try body() } catch {
            var failure = error
            failure.warnings = warnings + failure.warnings
            throw failure
        }
    }

    package var description: String { "\(code) \(reason ?? "-"): \(message)" }
}

extension APIFailure {
    /// One entry of `details.causes`; empty parts are left out.
    package struct Cause: Hashable, Sendable {
        package var reason: String
        package var message: String
        package var field: String

        package init(reason: String = "", message: String, field: String = "") {
            self.reason = reason
            self.message = message
            self.field = field
        }

        var json: JSONValue {
            var object = JSONObject()
            if !reason.isEmpty { object["reason"] = .string(reason) }
            object["message"] = .string(message)
            if !field.isEmpty { object["field"] = .string(field) }
            return .object(object)
        }
    }

    static func details(
        name: String = "", group: String = "", kind: String = "", causes: [Cause] = [], retryAfterSeconds: Int? = nil
    ) -> JSONObject {
        var details = JSONObject()
        if !name.isEmpty { details["name"] = .string(name) }
        if !group.isEmpty { details["group"] = .string(group) }
        if !kind.isEmpty { details["kind"] = .string(kind) }
        if !causes.isEmpty { details["causes"] = .array(causes.map(\.json)) }
        details["retryAfterSeconds"] = retryAfterSeconds.map { .number(String($0)) }
        return details
    }

    /// 404: no object of that name.
    package static func notFound(_ resource: APIResource, name: String) -> APIFailure {
        APIFailure(
            code: 404, reason: "NotFound", message: "\(resource.qualifiedName) \"\(name)\" not found",
            details: details(name: name, group: resource.group, kind: resource.plural))
    }

    /// 404 for a path that names no resource.
    ///
    /// The real server sends it as `text/plain` with a Status inside.
    package static func unknownResource() -> APIFailure {
        APIFailure(
            code: 404, reason: "NotFound", message: "the server could not find the requested resource",
            details: JSONObject())
    }

    /// 409: the name is taken.
    ///
    /// `isTerminating`: by an object that waits for its finalizers.
    package static func alreadyExists(_ resource: APIResource, name: String, isTerminating: Bool = false) -> APIFailure
    {
        let detail = details(name: name, group: resource.group, kind: resource.plural)
        let message =
            isTerminating
            ? "object is being deleted: \(resource.qualifiedName) \"\(name)\" already exists"
            : "\(resource.qualifiedName) \"\(name)\" already exists"
        return APIFailure(code: 409, reason: "AlreadyExists", message: message, details: detail)
    }

    /// 409: the object is not at the version that the request names.
    package static func conflict(_ resource: APIResource, name: String) -> APIFailure {
        conflict(
            resource, name: name,
            why: "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// 409 with the sentence that follows the name, such as a failed precondition.
    package static func conflict(_ resource: APIResource, name: String, why: String) -> APIFailure {
        APIFailure(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(resource.qualifiedName) \"\(name)\": \(why)",
            details: details(name: name, group: resource.group, kind: resource.plural))
    }

    /// 422: validation refused the object.
    ///
    /// `group` and `kind` are those of the object, not of its resource.
    package static func invalid(group: String, kind: String, name: String, _ errors: [FieldError]) -> APIFailure {
        let qualified = group.isEmpty ? kind : "\(kind).\(group)"
        // Said once each, though the causes keep repetitions.
        let texts = errors.map(\.description).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        return APIFailure(
            code: 422, reason: "Invalid", message: "\(qualified) \"\(name)\" is invalid: \(list)",
            details: details(name: name, group: group, kind: kind, causes: errors.map(\.cause)))
    }

    /// 422 for an object of a resource.
    package static func invalid(_ resource: APIResource, name: String, _ errors: [FieldError]) -> APIFailure {
        invalid(group: resource.group, kind: resource.kind, name: name, errors)
    }

    /// 422 for request options; `kind` is `ListOptions`, `CreateOptions` or the like.
    package static func invalidOptions(_ kind: String, _ errors: [FieldError]) -> APIFailure {
        invalid(group: "meta.k8s.io", kind: kind, name: "", errors)
    }

    /// 422 as a patch that cannot be applied answers: one generic sentence, empty details.
    package static func unprocessablePatch() -> APIFailure {
        APIFailure(
            code: 422, reason: "Invalid", message: "the server rejected our request due to an error in our request",
            details: JSONObject())
    }

    /// 400.
    package static func badRequest(_ message: String) -> APIFailure {
        APIFailure(code: 400, reason: "BadRequest", message: message)
    }

    /// 401.
    package static func unauthorized() -> APIFailure {
        APIFailure(code: 401, reason: "Unauthorized", message: "Unauthorized")
    }

    /// 403: `why` follows "is forbidden: ", as in `this namespace may not be deleted`.
    package static func forbidden(
        _ resource: APIResource, name: String = "", why: String, causes: [Cause] = []
    ) -> APIFailure {
        let named = name.isEmpty ? resource.qualifiedName : "\(resource.qualifiedName) \"\(name)\""
        return APIFailure(
            code: 403, reason: "Forbidden", message: "\(named) is forbidden: \(why)",
            details: details(name: name, group: resource.group, kind: resource.plural, causes: causes))
    }

    /// 403: a create in a Namespace that is going away.
    package static func namespaceTerminating(_ resource: APIResource, name: String, namespace: String) -> APIFailure {
        forbidden(
            resource, name: name,
            why: "unable to create new content in namespace \(namespace) because it is being terminated",
            causes: [
                Cause(
                    reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated",
                    field: "metadata.namespace")
            ])
    }

    /// 405.
    package static func methodNotAllowed() -> APIFailure {
        APIFailure(
            code: 405, reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource", details: JSONObject())
    }

    /// 410: the requested version is no longer there.
    package static func expired(_ message: String = "The resourceVersion for the provided list is too old.")
        -> APIFailure
    {
        APIFailure(code: 410, reason: "Expired", message: message)
    }

    /// 410 for a continue token whose version was compacted; `continueToken` goes on from the newest state.
    package static func continueExpired(continueToken: String) -> APIFailure {
        var failure = expired(
            """
            The provided continue parameter is too old to display a consistent list result. You can start a new list \
            without the continue parameter, or use the continue token in this response to retrieve the remainder of \
            the results. Continuing with the provided token results in an inconsistent list - objects that were \
            created, modified, or deleted between the time the first chunk was returned and now may show up in the list.
            """)
        failure.continueToken = continueToken
        return failure
    }

    /// 413.
    package static func tooLarge(_ message: String) -> APIFailure {
        APIFailure(
            code: 413, reason: "RequestEntityTooLarge", message: "Request entity too large: \(message)")
    }

    /// 415 of a PATCH with a content type that is no patch type.
    package static func unsupportedPatchType() -> APIFailure {
        APIFailure(
            code: 415, reason: "UnsupportedMediaType", message: "415: Unsupported Media Type", details: JSONObject())
    }

    /// 415 of a patch type that the resource does not take, as of strategic merge on custom resources.
    package static func unsupportedMediaType(accepted: [String]) -> APIFailure {
        APIFailure(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", "))
    }

    /// 500 with reason InternalError.
    package static func internalError(_ message: String) -> APIFailure {
        APIFailure(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(message)",
            details: details(causes: [Cause(message: message)]))
    }

    /// 500 without a reason, as errors that the real server does not classify answer.
    package static func unclassified(_ message: String) -> APIFailure {
        APIFailure(code: 500, reason: nil, message: message)
    }

    /// 504: the requested version is newer than what the server has, after waiting for it.
    package static func resourceVersionTooLarge(requested: UInt64, current: UInt64) -> APIFailure {
        APIFailure(
            code: 504, reason: "Timeout",
            message: "Timeout: Too large resource version: \(requested), current: \(current)",
            details: details(
                causes: [Cause(reason: "ResourceVersionTooLarge", message: "Too large resource version")],
                retryAfterSeconds: 1))
    }
}
