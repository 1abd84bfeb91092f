import KubeClient

/// One whole answer.
struct ServerResponse: Sendable {
    var status: Int
    var contentType: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]

    static func json(_ value: JSONValue, status: Int = 200, warnings: [String] = []) -> ServerResponse {
        ServerResponse(
            status: status, contentType: "application/json", headers: warnings.map { ("Warning", $0) },
            body: goJSONBytes(value) + [UInt8(ascii: "\n")])
    }

    static func text(_ text: String, status: Int = 200) -> ServerResponse {
        ServerResponse(
            status: status, contentType: "text/plain; charset=utf-8", headers: [("X-Content-Type-Options", "nosniff")],
            body: Array(text.utf8))
    }

    static func failure(_ failure: APIFailure, for request: ServerRequest) -> ServerResponse {
        var form = AnswerForm.plain
        form.isProtobuf = AnswerForm.prefersProtobuf(request)
        let answer = try? form.answer(failure.statusJSON, status: failure.code)
        var response = answer ?? json(failure.statusJSON, status: failure.code)
        if let seconds = failure.retryAfterSeconds { response.headers.append(("Retry-After", String(seconds))) }
        response.headers += failure.warnings.map { ("Warning", "299 - \(goQuoted($0))") }
        if failure.code == 403 { response.headers.append(("X-Content-Type-Options", "nosniff")) }
        return response
    }

    /// Paths that no API has.
    static var pageNotFound: ServerResponse { text("404 page not found\n", status: 404) }
}

/// What the handlers make of a request.
enum ServerOutcome: Sendable {
    case response(ServerResponse)
    /// A stream of frames.
    case watch(WatchPlan)
    /// The request names a version that is not there yet: try again when it is, or fail after a while.
    case awaitVersion(UInt64)
}

/// Takes one answer, piece by piece; an error ends the exchange.
protocol ResponseWriter {
    func begin(status: Int, headers: [(name: String, value: String)]) async throws
    func write(_ bytes: [UInt8]) async throws
}

/// Ends an exchange without the rest of its answer, as a broken connection does.
struct ConnectionLost: Error {}
