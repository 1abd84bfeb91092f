public import KubeClient

/// A write that is about to be stored, as an admission webhook sees it.
///
/// Source: `AdmissionReview.request`, without the parts that repeat each other.
public struct AdmissionRequest: Sendable {
    /// Who asks for what; `verb` is `create`, `update`, `patch`, `delete` or `deletecollection`.
    public var attributes: RequestAttributes
    /// The object to be stored, complete and valid; nil for a deletion.
    public var object: JSONValue?
    /// The object as it is; nil for a creation.
    public var oldObject: JSONValue?
    /// Whether nothing will be stored.
    public var isDryRun: Bool
}

/// What an admission stub says of a write.
public enum AdmissionVerdict: Hashable, Sendable {
    /// It may pass as it is.
    case allow
    /// It may pass as this object, in which identity cannot be changed; ignored for deletions.
    case change(JSONValue)
    /// The client gets an error with this message; the code is raised to 400.
    case deny(_ message: String, code: Int = 403)
    /// The webhook cannot be reached and its failure policy is `Fail`: 500.
    case unreachable
}

/// The admission stubs of a server, in the order in which they are asked.
struct AdmissionChain: Sendable {
    typealias Stub = @Sendable (AdmissionRequest) -> AdmissionVerdict

    private var stubs: [(id: Int, name: String, body: Stub)] = []
    private var next = 0

    mutating func add(_ name: String, _ body: @escaping Stub) -> Int {
        next += 1
        stubs.append((next, name, body))
        return next
    }

    mutating func remove(_ id: Int) { stubs.removeAll { $0.id == id } }

    /// What the stubs make of a write; nil when they leave the object alone.
    func verdict(_ request: AdmissionRequest) throws(APIFailure) -> JSONValue? {
        var request = request
        var changed: JSONValue?
        for stub in stubs {
            switch stub.body(request) {
            case .allow: break
            case .change(let object):
                guard request.object != nil else { break }
                request.object = object
                changed = object
            case .deny(let message, let code): throw .deniedByWebhook(stub.name, message, code)
            case .unreachable: throw .webhookUnreachable(stub.name)
            }
        }
        return changed
    }
}

extension TestAPIServer {
    /// Asks `body` before a write is stored, as the API server asks an admission webhook called `name`.
    ///
    /// Stubs are asked in the order of their registration, each seeing what those before it made of the object; the
    /// result withdraws the stub. `body` runs under the server's lock and must not call the server. What the server
    /// itself writes (garbage collection) is not asked about. Source: admission webhooks of the API server.
    @discardableResult
    public func admit(
        _ name: String = "test.example.com", _ body: @escaping @Sendable (AdmissionRequest) -> AdmissionVerdict
    ) -> @Sendable () -> Void {
        let id = transaction { $0.admission.add(name, body) }
        return { [self] in transaction { $0.admission.remove(id) } }
    }
}

extension ServerState {
    /// The object that admission lets pass.
    func admitted(
        _ object: JSONValue, replacing old: JSONValue?, _ context: RequestContext, isDryRun: Bool
    ) throws(APIFailure) -> JSONValue {
        let request = AdmissionRequest(
            attributes: context.attributes, object: object, oldObject: old, isDryRun: isDryRun)
        guard let changed = try admission.verdict(request) else { return object }
        // A webhook's patch is decoded and completed like a client's.
        return try context.kind.admit(
            updating: changed, from: old ?? object, subresource: context.isStatus ? "status" : nil
        ).object
    }

    /// Whether admission lets an object be deleted.
    func checkDeletion(_ object: JSONValue, _ context: RequestContext, isDryRun: Bool) throws(APIFailure) {
        _ = try admission.verdict(
            AdmissionRequest(attributes: context.attributes, object: nil, oldObject: object, isDryRun: isDryRun))
    }
}

extension APIFailure {
    /// The answer when a webhook denies a request.
    fileprivate static func deniedByWebhook(_ name: String, _ message: String, _ code: Int) -> APIFailure {
        let denied = "admission webhook \(goQuoted(name)) denied the request"
        let code = max(code, 400)
        return APIFailure(
            code: code, reason: [403: "Forbidden", 422: "Invalid", 429: "TooManyRequests"][code],
            message: message.isEmpty ? "\(denied) without explanation" : "\(denied): \(message)")
    }

    /// The answer when a webhook that must be asked does not answer.
    fileprivate static func webhookUnreachable(_ name: String) -> APIFailure {
        let why =
            "failed calling webhook \(goQuoted(name)): failed to call webhook: Post \"https://\(name)/\": "
            + "dial tcp 127.0.0.1:1: connect: connection refused"
        return APIFailure(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(why)",
            details: details(causes: [Cause(message: why)]))
    }
}
