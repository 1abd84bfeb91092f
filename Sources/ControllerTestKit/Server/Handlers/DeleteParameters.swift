import KubeClient

/// How a deletion is to be done, from the body or, when there is none, from the query.
///
/// Source: `DeleteOptions` of meta/v1.
struct DeleteParameters: Sendable {
    enum Propagation: String, Sendable { case orphan = "Orphan", background = "Background", foreground = "Foreground" }

    var propagation: Propagation?
    var gracePeriodSeconds: Int?
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false

    /// What the garbage collector asks for.
    init(propagation: Propagation) { self.propagation = propagation }

    init(_ request: ServerRequest) throws(APIFailure) {
        var options = JSONValue.object(JSONObject())
        if request.body.isEmpty {
            if let policy = request.parameter("propagationPolicy") { options.set("propagationPolicy", .string(policy)) }
            if let orphan = request.parameter("orphanDependents") {
                options.set("orphanDependents", .bool(orphan == "true"))
            }
            if let grace = request.parameter("gracePeriodSeconds") { options.set("gracePeriodSeconds", .number(grace)) }
            let dryRun = request.parameters("dryRun")
            if !dryRun.isEmpty { options.set("dryRun", .array(dryRun.map(JSONValue.string))) }
        } else {
            options = try Self.body(request.body)
        }
        try self.init(options)
    }

    private init(_ options: JSONValue) throws(APIFailure) {
        let dryRun = options["dryRun"]?.array?.compactMap(\.string) ?? []
        isDryRun = try WriteParameters.isDryRun(dryRun, optionsKind: "DeleteOptions")
        gracePeriodSeconds = options["gracePeriodSeconds"]?.int
        uid = options["preconditions", "uid"]?.string
        resourceVersion = options["preconditions", "resourceVersion"]?.string
        let orphans = options["orphanDependents"]?.bool
        guard let policy = options["propagationPolicy"]?.string else {
            propagation = orphans.map { $0 ? .orphan : .background }
            return
        }
        if orphans != nil {
            throw .invalidOptions(
                "DeleteOptions",
                [
                    .invalid(
                        "propagationPolicy", .string(policy),
                        "orphanDependents and deletionPropagation cannot be both set")
                ])
        }
        guard let propagation = Propagation(rawValue: policy) else {
            throw .invalidOptions(
                "DeleteOptions",
                [
                    .notSupported(
                        "propagationPolicy", .string(policy),
                        supported: ["Foreground", "Background", "Orphan", "nil"])
                ])
        }
        self.propagation = propagation
    }

    private static func body(_ bytes: [UInt8]) throws(APIFailure) -> JSONValue {
        if let options = TypeSchema.builtIn.object(fromProtobuf: bytes) { return try checked(options) }
        let json: JSONValue
        do {
            json = try GoJSONParser.parse(bytes).value
        } catch {
            throw .badRequest("couldn't get version/kind; json parse error: \(error.message)")
        }
        return try checked(json)
    }

    private static func checked(_ json: JSONValue) throws(APIFailure) -> JSONValue {
        let kind = json["kind"]?.string ?? "DeleteOptions"
        guard kind == "DeleteOptions" else {
            let version = json["apiVersion"]?.string ?? ""
            throw .badRequest(
                "no kind \(goQuoted(kind)) is registered for version \(goQuoted(version)) in scheme "
                    + "\"pkg/apis/meta/internalversion/scheme/register.go:27\"")
        }
        return json
    }
}
