public import Logging

/// The transport over libcurl: HTTP/2 by ALPN, else HTTP/1.1, TLS verified.
///
/// One thread, started with the first request, runs all exchanges; it ends, and the connections close, when the last
/// copy of the transport is gone and no exchange is under way. Watches, ordinary requests and the lease use connections
/// of their own. Redirects are not followed, answers are not compressed, no write is ever repeated blindly. A 401 is
/// tried once more when ``Credentials``, or the files that certificates came from, have something new by then.
public struct CurlTransport: Transport {
    private let engine: CurlEngine
    private let settings: CurlSettings
    private let credentials: any Credentials
    private let certificates: CertificateSource
    private let commonHeaders: [(name: String, value: String)]
    private let logger: Logger

    /// Host and port of the server.
    public var host: String { settings.server.authority }

    /// Checks the configuration; connects with the first request.
    ///
    /// Logs the configuration's warnings.
    public init(configuration: KubeConfiguration, logger: Logger) throws(KubeError) {
        try self.init(configuration: configuration, logger: logger, authenticatesWithoutTLS: false)
    }

    /// `authenticatesWithoutTLS` is for tests alone: anyone on the path can read what it sends.
    ///
    /// So is `patience`, the silence after which a connection counts as dead on which an exchange was given up.
    package init(
        configuration: KubeConfiguration, logger: Logger, authenticatesWithoutTLS: Bool = false,
        patience: Duration? = nil, files: FileReader = .system, clock: any Clock<Duration> = ContinuousClock()
    ) throws(KubeError) {
        guard let server = ServerAddress(configuration.server) else {
            throw KubeError(
                .configuration, "the server must be a URL such as https://host:6443, without user, query or fragment")
        }
        var settings = CurlSettings(configuration, server: server)
        if let patience { settings.patience = patience }
        self.settings = settings
        engine = CurlEngine(settings: settings)
        certificates = CertificateSource(configuration.tls, files: files, clock: clock, logger: logger)
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
        let start = ContinuousClock.now
        // Who sets the header knows better.
        let isAuthorized = request.headers.contains { $0.name.lowercased() == "authorization" }
        let credential = isAuthorized ? RequestCredential() : try await credentials.credential()
        // Time that a person spent on a login is none that the server took; the lease's own schedule goes on, though.
        func deadline() -> ContinuousClock.Instant? {
            request.timeout.map { (request.channel == .lease ? start : ContinuousClock.now) + $0 }
        }
        let tls = certificates.material(for: credential.clientIdentity)
        var exchange = try exchange(request, credential, tls, deadline(), receiver)
        exchange.holdsUnauthorized = !isAuthorized && (!credential.isEmpty || certificates.isRenewable)
        let result = await engine.perform(exchange)
        guard case .unauthorized(let head) = result.outcome else { return try settle(result.outcome) }

        certificates.failed()
        if let renewed = await renewed(credential) {
            let material = certificates.material(for: renewed.clientIdentity)
            if renewed != credential || material !== tls {
                let second = try self.exchange(request, renewed, material, deadline(), receiver)
                return try settle(await engine.perform(second).outcome)
            }
        }
        try await deliver(head, result.heldBody, to: receiver)
    }

    /// What there is instead of a rejected credential, which may be the same.
    private func renewed(_ rejected: RequestCredential) async -> RequestCredential? {
        await credentials.rejected(rejected)
        do {
            return try await credentials.credential()
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
        case .failed(let error):
            if (error.underlying as? TransportFailure)?.kind == .tls { certificates.failed() }
            throw error
        }
    }

    private func exchange(
        _ request: HTTPRequest, _ credential: RequestCredential, _ tls: TLSMaterial,
        _ deadline: ContinuousClock.Instant?, _ receiver: any ResponseReceiver
    ) throws(KubeError) -> Exchange {
        let label = "\(request.method.rawValue) \(settings.server)\(request.path)"
        guard request.path.hasPrefix("/"), request.path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw KubeError(.transport, "\(request.method.rawValue): a path must begin with / and be percent-encoded")
        }
        var headers = commonHeaders + request.headers + credential.headers
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
            channel: request.channel, deadline: deadline, silenceLimit: request.silenceLimit, receiver: receiver,
            tls: tls, holdsUnauthorized: false, label: label)
    }
}

private func isHeaderName(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ";") }
}
