import KubeClient

/// The query parameters of lists and watches, checked.
///
/// Source: `ListOptions` of meta/v1.
struct ListParameters: Sendable {
    var limit: Int
    var continuation: ContinueToken?
    /// Nil for none, which asks for the most recent state.
    var version: UInt64?
    var match: String
    var sendInitialEvents: Bool?
    var allowsBookmarks: Bool
    var timeout: Duration?

    init(_ request: ServerRequest, isWatch: Bool) throws(APIFailure) {
        limit = try Self.integer(request.parameter("limit"))
        let seconds = try Self.integer(request.parameter("timeoutSeconds"))
        timeout = seconds > 0 ? .seconds(seconds) : nil
        match = request.parameter("resourceVersionMatch") ?? ""
        allowsBookmarks = Self.bool(request.parameter("allowWatchBookmarks")) ?? false
        sendInitialEvents = Self.bool(request.parameter("sendInitialEvents"))
        let text = request.parameter("resourceVersion") ?? ""
        let errors =
            isWatch
            ? Self.watchErrors(match: match, sendInitialEvents: sendInitialEvents)
            : Self.listErrors(
                match: match, version: text, hasContinue: request.parameter("continue").map { !$0.isEmpty } ?? false,
                sendInitialEvents: sendInitialEvents)
        guard errors.isEmpty else { throw .invalidOptions("ListOptions", errors) }
        version = text.isEmpty ? nil : UInt64(text)
        if version == nil, !text.isEmpty {
            let message = ServerState.invalidVersionMessage(text)
            throw isWatch ? .unclassified(message) : .badRequest("invalid resource version: \(message)")
        }
        if !isWatch, let token = request.parameter("continue"), !token.isEmpty {
            guard (version ?? 0) == 0 else {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
            continuation = try ContinueToken(parsing: token)
        }
    }

    private static func integer(_ text: String?) throws(APIFailure) -> Int {
        guard let text, !text.isEmpty else { return 0 }
        guard let number = Int(text) else {
            throw .badRequest("strconv.ParseInt: parsing \(goQuoted(text)): invalid syntax")
        }
        return number
    }

    private static func bool(_ text: String?) -> Bool? { text.map { !["false", "0"].contains($0.lowercased()) } }

    private static func listErrors(
        match: String, version: String, hasContinue: Bool, sendInitialEvents: Bool?
    ) -> [FieldError] {
        var errors: [FieldError] = []
        if !match.isEmpty {
            if version.isEmpty {
                errors.append(
                    .forbidden(
                        "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"))
            }
            if hasContinue {
                errors.append(
                    .forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"))
            }
            if match != "Exact" && match != "NotOlderThan" {
                errors.append(
                    .notSupported(
                        "resourceVersionMatch", .string(match), supported: ["Exact", "NotOlderThan", ""]))
            }
            if match == "Exact", version == "0" {
                errors.append(
                    .forbidden(
                        "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
                )
            }
        }
        if sendInitialEvents != nil {
            errors.append(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
        }
        return errors
    }

    private static func watchErrors(match: String, sendInitialEvents: Bool?) -> [FieldError] {
        var errors: [FieldError] = []
        if sendInitialEvents != nil {
            if match != "NotOlderThan" {
                errors.append(
                    .forbidden(
                        "resourceVersionMatch",
                        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
            }
        } else if !match.isEmpty {
            errors.append(
                .forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
                ))
        }
        if !match.isEmpty, match != "NotOlderThan" {
            errors.append(
                .notSupported("resourceVersionMatch", .string(match), supported: ["NotOlderThan"]))
        }
        return errors
    }
}

/// Where the next page of a list begins: base64 of `{"v":"meta.k8s.io/v1","rv":…,"start":…}`.
struct ContinueToken: Sendable {
    /// The version of the snapshot; nil to go on from the newest state.
    var version: UInt64?
    /// The first key of the page, relative to the namespace listed.
    var start: String

    init(version: UInt64?, start: String) {
        self.version = version
        self.start = start
    }

    init(parsing text: String) throws(APIFailure) {
        func invalid(_ why: String) -> APIFailure {
            .badRequest("invalid continue token: continue key is not valid: \(why)")
        }
        guard let bytes = Base64.urlDecode(text) else { throw invalid("illegal base64 data at input byte 0") }
        let token: JSONValue
        do { token = try GoJSONParser.parse(bytes).value } catch { throw invalid(error.message) }
        guard token["v"]?.string == "meta.k8s.io/v1" else {
            throw invalid("server does not recognize this encoded version \(token["v"]?.string ?? "")")
        }
        guard let number = token["rv"]?.int, number != 0 else {
            throw invalid("incorrect encoded start resourceVersion (version meta.k8s.io/v1)")
        }
        guard let start = token["start"]?.string, !start.isEmpty else {
            throw invalid("encoded start key empty (version meta.k8s.io/v1)")
        }
        self.init(
            version: number < 0 ? nil : UInt64(number), start: start.hasPrefix("/") ? String(start.dropFirst()) : start)
    }

    var text: String {
        let number = version.map { String($0) } ?? "-1"
        let slash = version == nil ? "" : "/"
        let token = JSONValue.dict(
            ("v", .string("meta.k8s.io/v1")), ("rv", .number(number)), ("start", .string(slash + start)))
        return Base64.urlEncode(goJSONBytes(token))
    }
}
