/// Sends documents to one endpoint that is not an API server.
package protocol HTTPPoster: Sendable {
    /// Sends `body` with POST, once, and returns the answer whatever its status.
    ///
    /// Cancelling the calling task ends the exchange at once.
    func post(_ body: [UInt8], contentType: String) async throws(HTTPPostError) -> HTTPPostAnswer
}

/// What an endpoint answered.
package struct HTTPPostAnswer: Hashable, Sendable {
    /// The status code.
    package var status: Int
    /// The body, cut off where the client's limit is.
    package var body: [UInt8]

    /// Creates an answer.
    package init(status: Int, body: [UInt8] = []) {
        self.status = status
        self.body = body
    }
}

/// Why there is no answer, in fixed words: libcurl's own can quote a URL or a proxy with its password.
package enum HTTPPostError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The calling task was cancelled.
    case cancelled
    /// The whole exchange took too long.
    case timedOut
    /// The exchange failed below HTTP.
    case failed(TransportFailure.Kind)

    init(_ error: KubeError) {
        switch error.code {
        case .cancelled: self = .cancelled
        case .timeout: self = .timedOut
        default: self = .failed((error.underlying as? TransportFailure)?.kind ?? .other)
        }
    }

    /// What happened.
    package var description: String {
        switch self {
        case .cancelled: "cancelled"
        case .timedOut: "no complete answer in time"
        case .failed(.unknownHost): "the name of the host or of the proxy has no address"
        case .failed(.cannotConnect): "no connection; is the address right, and does the network let it through?"
        case .failed(.tls): "TLS failed: the certificate is not trusted, or not for that name"
        case .failed(.connectionLost): "the connection ended before the answer was complete"
        case .failed(.other): "the URL or the proxy cannot be used, or the answer is not HTTP"
        }
    }
}
