import KubeClient

/// A request on a resource that exists, with what the handlers need to know of it.
struct RequestContext: Sendable {
    var request: ServerRequest
    var attributes: RequestAttributes
    var kind: ResourceKind
    var form: AnswerForm
    /// Set when the wait for a version has been in vain.
    var hasWaited = false

    var namespace: String { attributes.namespace }
    var name: String { attributes.name }
    var key: ObjectKey { ObjectKey(namespace: kind.resource.isNamespaced ? namespace : nil, name: name) }
    var address: ObjectAddress { kind.address(of: key) }
    var isStatus: Bool { attributes.subresource == "status" }
    var isScale: Bool { attributes.subresource == "scale" }
}

/// The query parameters of requests that write.
///
/// Source: `CreateOptions`, `UpdateOptions`, `PatchOptions`.
struct WriteParameters: Sendable {
    var isDryRun: Bool
    var fieldValidation: FieldValidation
    var fieldManager: String

    init(_ request: ServerRequest, optionsKind: String) throws(APIFailure) {
        isDryRun = try Self.isDryRun(request.parameters("dryRun"), optionsKind: optionsKind)
        fieldManager = request.parameter("fieldManager") ?? ""
        let faults = Self.faults(ofManager: fieldManager)
        guard faults.isEmpty else { throw .invalidOptions(optionsKind, faults) }
        fieldValidation = try FieldValidation(
            parameter: request.parameter("fieldValidation"), options: optionsKind)
    }

    private static func faults(ofManager name: String) -> [FieldError] {
        if name.utf8.count > 128 { return [.tooLong("fieldManager", maximum: 128)] }
        guard let index = name.unicodeScalars.firstIndex(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return []
        }
        let hex = String(name.unicodeScalars[index].value, radix: 16, uppercase: true)
        let code = String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        let position = name.utf8.distance(from: name.startIndex, to: index)
        return [
            .invalid(
                "fieldManager", .string(name), "invalid character U+\(code) (at position \(position))")
        ]
    }

    static func isDryRun(_ values: [String], optionsKind: String) throws(APIFailure) -> Bool {
        guard values.allSatisfy({ $0 == "All" }) else {
            throw .invalidOptions(
                optionsKind, [.notSupported("dryRun", .array(values.map(JSONValue.string)), supported: ["All"])])
        }
        return !values.isEmpty
    }
}

extension RequestContext {
    /// Storage takes no object over 1.5 MiB.
    func checkSize(of object: JSONValue) throws(APIFailure) {
        let limit = 1536 * 1024
        // Objects grow by less than this, and encoding each once more has its price.
        guard request.body.count > limit / 2, goJSONBytes(object).count > limit else { return }
        throw .unclassified("etcdserver: request is too large")
    }
}

extension ServerState {
    /// The object that a request is about, as the version of its path shows it.
    func current(_ context: RequestContext) -> StoredObject? {
        object(at: context.address)?.shown(as: context.kind)
    }

    /// Answers a request that has passed authentication and authorization.
    mutating func handle(_ context: RequestContext) throws(APIFailure) -> ServerOutcome {
        switch context.attributes.verb {
        case "get": return try get(context)
        case "list": return try list(context)
        case "watch": return try watch(context)
        case "create": return .response(try create(context))
        case "update": return .response(try update(context))
        case "patch": return .response(try patch(context))
        case "delete": return .response(try delete(context))
        case "deletecollection": return .response(try deleteCollection(context))
        default: throw .methodNotAllowed()
        }
    }
}
