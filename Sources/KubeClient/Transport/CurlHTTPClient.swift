import Synchronization

/// Posts to one endpoint over libcurl: TLS verified against the system's authorities, redirects not followed.
///
/// A thread of its own starts with the first request, so a slow endpoint cannot touch the API server's traffic. Each
/// request gets a connection of its own: requests are rare, and a connection that was kept would mostly be dead by then.
/// The proxy is the one given, or none; `https_proxy` and its like mean nothing here.
package struct CurlHTTPClient: HTTPPoster {
    /// How many bytes of an answer's body are kept; the exchange ends there.
    package static let bodyLimit = 64 << 10

    private let endpoint: EndpointURL
    private let timeout: Duration
    private let engine: CurlEngine

    /// Creates a client; `timeout` is for a whole exchange.
    package init(_ endpoint: EndpointURL, proxyURL: String? = nil, timeout: Duration, userAgent: String) {
        self.endpoint = endpoint
        self.timeout = timeout
        // Empty means none; nil would leave it to the environment.
        var configuration = KubeConfiguration(server: endpoint.description, proxyURL: proxyURL ?? "")
        configuration.userAgent = userAgent
        var settings = CurlSettings(configuration, server: endpoint.server)
        settings.keepsConnections = false
        engine = CurlEngine(settings: settings)
    }

    /// Sends `body`; see ``HTTPPoster/post(_:contentType:)``.
    package func post(_ body: [UInt8], contentType: String) async throws(HTTPPostError) -> HTTPPostAnswer {
        let collector = AnswerCollector(limit: Self.bodyLimit)
        let exchange = Exchange(
            method: .post, url: endpoint.text,
            // Without the last line libcurl would wait a second for 100 Continue before a large body.
            headerLines: ["Content-Type: \(contentType)", "Accept-Encoding: identity", "Expect:"], body: body,
            channel: .requests, deadline: .now + timeout, receiver: collector, tls: TLSMaterial(),
            holdsUnauthorized: false,
            label: "POST \(endpoint)")
        let outcome = await engine.perform(exchange).outcome
        if let answer = collector.answer(isComplete: outcome.isComplete) { return answer }
        guard case .failed(let error) = outcome else { throw .failed(.other) }
        throw HTTPPostError(error)
    }
}

extension TransferStateMachine.Outcome {
    /// Whether the receiver has the whole answer.
    fileprivate var isComplete: Bool { if case .completed = self { true } else { false } }
}

/// Keeps the status and the beginning of the body.
private final class AnswerCollector: ResponseReceiver {
    private let limit: Int
    private let state = Mutex<(status: Int?, body: [UInt8], isFull: Bool)>((nil, [], false))

    init(limit: Int) { self.limit = limit }

    /// The answer, if it is complete or as much as is wanted.
    func answer(isComplete: Bool) -> HTTPPostAnswer? {
        state.withLock { state in
            guard let status = state.status, isComplete || state.isFull else { return nil }
            return HTTPPostAnswer(status: status, body: state.body)
        }
    }

    func receive(_ head: HTTPResponseHead) throws(KubeError) { state.withLock { $0.status = head.status } }

    func receive(_ bytes: RawSpan) throws(KubeError) {
        let isFull = state.withLock { state in
            let space = limit - state.body.count
            unsafe bytes.withUnsafeBytes { unsafe state.body += $0.prefix(space) }
            state.isFull = bytes.byteCount > space
            return state.isFull
        }
        if isFull { throw KubeError(.decoding, "the answer is longer than what is wanted of it") }
    }
}
