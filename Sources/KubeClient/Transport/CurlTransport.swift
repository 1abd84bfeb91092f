public import Logging

/// The transport over libcurl: HTTP/2 by ALPN, else HTTP/1.1, TLS verified.
///
/// One thread, started with the first request, runs all exchanges; it ends, and the connections close, when the last
/// copy of the transport is gone and no exchange is under way. Watches, ordinary requests and the lease use connections
/// of their own. Redirects are not followed, answers are not compressed, no write is ever repeated blindly. A 401 is
/// tried once more when ``Credentials`` has something new by then.
public struct CurlTransport: Transport {
    private let engine: CurlEngine
    private let settings: CurlSettings
    private let credentials: any Credentials
    private let commonHeaders: [(name: String, value: String)]
    private let logger: Logger

    /// Checks the configuration; connects with the first request.
    ///
    /// Logs the configuration's warnings.
    public init(configuration: KubeConfiguration, logger: Logger) throws(KubeError) {
        try self.init(configuration: configuration, logger: logger, authenticatesWithoutTLS: false)
    }

    /// `authenticatesWithoutTLS` is for tests alone: anyone on the path can read what it sends.
    package init(
        configuration: KubeConfiguration, logger: Logger, authenticatesWithoutTLS: Bool
    ) throws(KubeError) {
        guard let server = ServerAddress(configuration.server) else {
            throw KubeError(
                .configuration, "the server must be a URL such as https://host:6443, without user, query or fragment")
        }
        settings = CurlSettings(configuration, server: server)
        engine = CurlEngine(settings: settings)
        commonHeaders = configuration.impersonation?.headers ?? []
        self.logger = logger
        for warning in configuration.warnings { logger.warning("\(warning)") }
        if !server.isSecure, !authenticatesWithoutTLS, !(configuration.credentials is NoCredentials) {
            credentials = NoCredentials()
            logger.warning("credentials are not sent to \(server), because it is not https; requests are anonymous")
        } else {
            credentials = configuration.credentials
        }
    }

    /// Performs one exchange; see ``Transport/perform(_:deliveringTo:)``.
    public func perform(
        _ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver
    ) async throws(KubeError) {
        let deadline = request.timeout.map { ContinuousClock.now + $0 }
        // Who sets the header knows better.
        let isAuthorized = request.headers.contains { $0.name.lowercased() == "authorization" }
        let authorization = isAuthorized ? [] : try await credentials.headers()
        var exchange = try exchange(request, authorization, deadline, receiver)
        exchange.holdsUnauthorized = !authorization.isEmpty
        let result = await engine.perform(exchange)
        guard case .unauthorized(let head) = result.outcome else { return try settle(result.outcome) }

        if let renewed = await renewed(authorization) {
            let second = try self.exchange(request, renewed, deadline, receiver)
            return try settle(await engine.perform(second).outcome)
        }
        try await deliver(head, result.heldBody, to: receiver)
    }

    /// Other credentials than the rejected ones, if there are any.
    private func renewed(_ rejected: [(name: String, value: String)]) async -> [(name: String, value: String)]? {
        await credentials.rejected(rejected)
        do {
            let fresh = try await credentials.headers()
            return fresh.isEmpty || fresh.elementsEqual(rejected, by: ==) ? nil : fresh
        } catch {
            logger.warning("the server rejected the credentials, and there are no others: \(error)")
            return nil
        }
    }

    /// Gives the receiver the answer that was held back, from the thread that it expects.
    private func deliver(
        _ head: HTTPResponseHead, _ body: [UInt8], to receiver: any ResponseReceiver
    ) async throws(KubeError) {
        let delivery = await engine.run { () -> Result<Void, KubeError> in
            Result { () throws(KubeError) in
                try receiver.receive(head)
                if !body.isEmpty { try unsafe receiver.receive(body.span.bytes) }
            }
        }
        try delivery.get().get()
    }

    private func settle(_ outcome: TransferStateMachine.Outcome) throws(KubeError) {
        switch outcome {
        case .completed, .unauthorized: return
        case .failed(let error): throw error
        }
    }

    private func exchange(
        _ request: HTTPRequest, _ authorization: [(name: String, value: String)], _ deadline: ContinuousClock.Instant?,
        _ receiver: any ResponseReceiver
    ) throws(KubeError) -> Exchange {
        let label = "\(request.method.rawValue) \(settings.server)\(request.path)"
        guard request.path.hasPrefix("/"), request.path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw KubeError(.transport, "\(request.method.rawValue): a path must begin with / and be percent-encoded")
        }
        var headers = commonHeaders + request.headers + authorization
        func add(_ name: String, _ value: String) {
            if !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) { headers.append((name, value)) }
        }
        // Decompressing costs more than everything else together; the API server is near.
        add("Accept-Encoding", "identity")
        if let host = settings.hostHeader { add("Host", host) }
        if request.body != nil { add("Content-Type", "application/json") }
        var lines: [String] = []
        for (name, value) in headers {
            guard isHeaderName(name), isHeaderValue(value) else {
                throw KubeError(.transport, "\(label): the header \(name) cannot be sent: control characters")
            }
            // libcurl's way to write an empty header.
            lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // libcurl would wait a second for 100 Continue before a large body, and would call an empty POST a form.
        lines.append("Expect:")
        if request.body == nil { lines.append("Content-Type:") }
        return Exchange(
            method: request.method, url: settings.baseURL + request.target, headerLines: lines, body: request.body,
            channel: request.channel, deadline: deadline, receiver: receiver, holdsUnauthorized: false, label: label)
    }
}

private func isHeaderName(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ";") }
}
