import KubeClient
import Synchronization

extension TestAPIServer {
    /// A request that has been logged and has met its fault, if there is one.
    struct Exchange: Sendable {
        fileprivate var request: ServerRequest
        fileprivate var attributes: RequestAttributes
        var number: Int
        fileprivate var fault: Fault.Effect?
        fileprivate var outcome: ServerOutcome?

        var path: String { request.path }

        /// Whether the answer is a stream that begins at once.
        var isWatch: Bool {
            guard fault == nil, case .watch? = outcome else { return false }
            return true
        }

        /// The answer, when it needs no time.
        var immediate: ServerResponse? {
            guard fault == nil, case .response(let response)? = outcome else { return nil }
            return response
        }
    }

    /// Takes a request in: logs it, and answers it when nothing has to be waited for.
    func begin(_ request: ServerRequest) -> Exchange {
        var request = request
        request.ignoresProtobuf = !answersProtobuf
        let policy = policy.withLock { $0 }
        // Who sent it, as long as it is not known whom it acts as.
        var attributes = RequestAttributes(request, user: .anonymous)
        do throws(APIFailure) {
            attributes.user = try policy.user(of: request)
            if let impersonation = ImpersonationRequest(request) {
                attributes.user = try impersonation.user(attributes, policy)
            }
        } catch {
            return Exchange(
                request: request, attributes: attributes, number: log.append(request, attributes),
                outcome: .response(.failure(error, for: request)))
        }
        var exchange = Exchange(
            request: request, attributes: attributes, number: log.append(request, attributes),
            fault: faults.withLock { $0.take(for: attributes) })
        hub.notify([Self.requestLog])
        if exchange.fault == nil { exchange.outcome = outcome(of: exchange, hasWaited: false) }
        return exchange
    }

    /// Notes in the log that an answer has begun.
    func noteAnswer(_ exchange: Exchange, status: Int) {
        log.answered(exchange.number, status: status)
        hub.notify([Self.requestLog])
    }

    /// Carries an exchange to its end: waits, delays, streams.
    ///
    /// An error means that the connection is to be closed.
    func finish(_ exchange: Exchange, _ writer: any ResponseWriter) async throws {
        var exchange = exchange
        var writer: any ResponseWriter = LoggingWriter(next: writer, server: self, exchange: exchange)
        switch exchange.fault {
        case nil, .delayedAnswer, .lostAnswer: break
        case .status(let code, let reason, let message, let retryAfter):
            exchange.outcome = .response(
                .failure(.injected(code, reason, message, retryAfter), for: exchange.request))
        case .foreignAnswer(let code, let contentType, let body):
            exchange.outcome = .response(
                ServerResponse(status: code, contentType: contentType, body: Array(body.utf8)))
        case .hang:
            while true { _ = try await Mailbox().next() }
        case .delay(let duration): try await clock.sleep(for: duration)
        case .reset: throw ConnectionLost()
        case .truncatedAnswer(let bytes): writer = TruncatingWriter(next: writer, allowance: bytes)
        case .chunks(let bytes): writer = ChunkingWriter(next: writer, size: bytes)
        }
        var outcome = exchange.outcome ?? outcome(of: exchange, hasWaited: false)
        if case .awaitVersion(let version) = outcome {
            try await waitForVersion(version, exchange)
            outcome = self.outcome(of: exchange, hasWaited: true)
        }
        if case .delayedAnswer(let duration) = exchange.fault { try await clock.sleep(for: duration) }
        if exchange.fault == .lostAnswer { throw ConnectionLost() }
        switch outcome {
        case .response(let response): try await writer.send(response)
        case .watch(let plan): try await stream(plan, to: writer)
        case .awaitVersion: throw ConnectionLost()
        }
    }

    private func outcome(of exchange: Exchange, hasWaited: Bool) -> ServerOutcome {
        let policy = policy.withLock { $0 }
        return transaction { state in
            do throws(APIFailure) {
                return try state.respond(to: exchange.request, exchange.attributes, policy, hasWaited: hasWaited)
            } catch {
                return .response(.failure(error, for: exchange.request))
            }
        }
    }

    /// Runs a step on the state and wakes who waits for what it changed.
    func transaction<Result: Sendable>(_ body: (inout ServerState) -> Result) -> Result {
        let now = time.now
        let (result, changed) = state.withLock { state -> (Result, Set<String>) in
            state.now = now
            let result = body(&state)
            return (result, state.takeChangedCollections())
        }
        hub.notify(changed)
        return result
    }

    /// Waits at most three seconds until a version exists.
    private func waitForVersion(_ version: UInt64, _ exchange: Exchange) async throws {
        let collection = APIResource(
            group: exchange.attributes.group, version: "", plural: exchange.attributes.resource, kind: ""
        ).qualifiedName
        try await hub.listening(to: collection) { mailbox in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let clock = clock
                group.addTask {
                    try await clock.sleep(for: .seconds(3))
                    mailbox.post(.timeout)
                }
                defer { group.cancelAll() }
                while state.withLock({ $0.version }) < version {
                    if try await mailbox.next().contains(.timeout) { break }
                }
            }
        }
    }

    /// Sends the frames of a watch until its end.
    private func stream(_ plan: WatchPlan, to writer: any ResponseWriter) async throws {
        try await hub.listening(to: plan.kind.collection, attributes: plan.attributes) { mailbox in
            try await writer.begin(status: 200, headers: [("Content-Type", plan.form.watchContentType)])
            var cursor = WatchCursor(plan)
            for frame in cursor.initialFrames(now: time.now) { try await writer.write(frame) }
            if plan.failure != nil { return }
            try await withThrowingTaskGroup(of: Void.self) { group in
                let clock = clock
                group.addTask {
                    for entry in WatchTimetable(timeout: plan.timeout) {
                        try await clock.sleep(for: entry.wait)
                        mailbox.post(entry.isEnd ? .timeout : .bookmark)
                    }
                }
                defer { group.cancelAll() }
                var signals: Mailbox.Signals = .changed
                while true {
                    let (changes, latest, trimmed, isServed) = state.withLock { state in
                        let collection = state.collection(plan.kind.collection)
                        return (
                            Array(collection.changes(after: cursor.position)), collection.latest, collection.trimmed,
                            state.kinds.kind(storedIn: plan.kind.collection) != nil
                        )
                    }
                    guard cursor.position >= trimmed else {
                        return try await writer.write(cursor.expired(oldest: trimmed))
                    }
                    for frame in cursor.frames(for: changes[...], now: time.now) { try await writer.write(frame) }
                    if signals.contains(.bookmark), let frame = cursor.bookmark(latest: latest, now: time.now) {
                        try await writer.write(frame)
                    }
                    // What was written before the end is sent before it.
                    if !isServed || signals.contains(.timeout) || signals.contains(.closed) { return }
                    signals = try await mailbox.next()
                }
            }
        }
    }
}

extension ResponseWriter {
    /// Sends a whole answer.
    func send(_ response: ServerResponse) async throws {
        let headers = [("Content-Type", response.contentType), ("Content-Length", String(response.body.count))]
        try await begin(status: response.status, headers: headers + response.headers)
        if !response.body.isEmpty { try await write(response.body) }
    }
}

extension APIFailure {
    fileprivate static func injected(_ code: Int, _ reason: String, _ message: String, _ retryAfter: Int?) -> APIFailure
    {
        APIFailure(
            code: code, reason: reason.isEmpty ? nil : reason, message: message,
            details: retryAfter.map { details(retryAfterSeconds: $0) })
    }
}

/// Notes the status of the answer.
private struct LoggingWriter: ResponseWriter {
    var next: any ResponseWriter
    var server: TestAPIServer
    var exchange: TestAPIServer.Exchange

    func begin(status: Int, headers: [(name: String, value: String)]) async throws {
        try await next.begin(status: status, headers: headers)
        server.noteAnswer(exchange, status: status)
    }

    func write(_ bytes: [UInt8]) async throws { try await next.write(bytes) }
}
