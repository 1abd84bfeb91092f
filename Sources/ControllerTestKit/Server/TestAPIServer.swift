public import KubeClient
public import Logging
import Synchronization

/// A Kubernetes API server inside the process: real list, watch, version and patch semantics, no cluster.
///
/// Answers as kube-apiserver 1.36 does, down to the wording of its errors; what it has been checked against, and what
/// it leaves out, stands in <doc:TestAPIServer#Differences>. It serves in-process clients (``client(logger:token:)``) and
/// sockets (``listen(host:port:)``) at the same time. All of it is safe to use from any task.
///
/// ```swift
/// let server = TestAPIServer()
/// try server.create(json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}"#)
/// let client = server.client(logger: logger)
/// ```
///
/// ## Differences
///
/// - JSON only: no protobuf and no indented answers. Where a client's `Accept` lists JSON after protobuf, it gets JSON.
/// - No `managedFields`: apply is a strategic merge that creates what is absent, and never conflicts.
/// - No admission plugins, quotas, webhooks, priority and fairness. Custom resources are declared at start, without schema.
/// - The garbage collector and the namespace controller act at the end of the write that causes them.
/// - Other controllers do not run: a Deployment stays what it was created as until a test plays its controller.
public final class TestAPIServer: Sendable {
    /// The clock of time-outs, bookmarks, delays and of the times in objects.
    public let clock: any Clock<Duration>

    private let time: ServerTime
    private let state: Mutex<ServerState>
    private let policy = Mutex(AccessPolicy())
    private let faults = Mutex(FaultPlan())
    private let log = RequestLog()
    let hub = WatchHub()
    /// The hub's name for the request log.
    private static let requestLog = "@requests"

    /// Creates a server with the namespaces of a new cluster and nothing else.
    ///
    /// - Parameters:
    ///   - clock: What time-outs and bookmarks are measured with; a ``ManualClock`` puts them into the test's hands.
    ///   - resources: Custom resources to serve besides the built-in kinds; each has a status subresource.
    ///   - collectsGarbage: Whether dependents of deleted owners, foreground deletions and contents of deleted
    ///     namespaces are cleaned up.
    ///   - seed: Decides uids, generated names and the watches' own time-outs; random by default.
    public init(
        clock: any Clock<Duration> = ContinuousClock(), resources: [APIResource] = [], collectsGarbage: Bool = true,
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        self.clock = clock
        time = ServerTime(clock: clock)
        var registry = KindRegistry.builtIn
        for resource in resources { registry.register(.custom(resource, hasStatus: true)) }
        state = Mutex(ServerState(kinds: KindTable(registry), collectsGarbage: collectsGarbage, seed: seed))
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] { createNamespaceIfAbsent(name) }
    }

    // MARK: Clients

    /// A client wired straight to the server, without sockets.
    ///
    /// Its retries wait on the server's clock.
    ///
    /// - Parameter token: Sent as a bearer token, for servers that ask who is there (``authenticate(_:)``).
    public func client(logger: Logger, token: String? = nil) -> KubeClient {
        KubeClient(transport: InProcessTransport(server: self, token: token), clock: clock, logger: logger)
    }

    // MARK: Who may do what

    /// Decides who a bearer token belongs to; nil refuses it with 401.
    ///
    /// Requests without one are anonymous. Until this is called everybody is ``RequestUser/admin``.
    public func authenticate(_ authenticator: @escaping @Sendable (_ token: String) -> RequestUser?) {
        policy.withLock { $0.authenticator = authenticator }
    }

    /// Decides what may be done; refused requests get the server's 403.
    ///
    /// Until this is called everything may be done.
    public func authorize(_ authorizer: @escaping @Sendable (RequestAttributes) -> AuthorizationDecision) {
        policy.withLock { $0.authorizer = authorizer }
    }

    // MARK: Faults

    /// Makes a fault wait for its requests; the result withdraws it.
    @discardableResult
    public func inject(_ fault: Fault) -> @Sendable () -> Void {
        let id = faults.withLock { $0.add(fault) }
        return { [self] in faults.withLock { $0.remove(id) } }
    }

    /// Withdraws all faults.
    public func removeFaults() { faults.withLock { $0.removeAll() } }

    /// Ends the watches that match, cleanly, as a server that shuts down does; returns how many.
    @discardableResult
    public func closeWatches(where isClosed: (RequestAttributes) -> Bool = { _ in true }) -> Int {
        hub.close(where: isClosed)
    }

    /// Hides the next change of a resource from all watches, as no real server should.
    public func dropNextEvent(of resource: APIResource) {
        state.withLock { $0.eventsToDrop[resource.qualifiedName, default: 0] += 1 }
    }

    /// Lets all history expire: watches, exact reads and continue tokens of older versions get 410 from now on.
    ///
    /// Watches that run go on.
    public func compact() { state.withLock { $0.compact() } }

    // MARK: Requests

    /// The requests that came in, in order; the oldest are forgotten after some ten thousand.
    public var requests: [RecordedRequest] { log.entries }
    /// Forgets the requests that came in.
    public func clearRequests() { log.removeAll() }
    /// The watches that run, in no order.
    public var watches: [RequestAttributes] { hub.watches }

    /// Returns the first request in the log that matches, now or when it comes.
    ///
    /// - Parameter answered: Whether to wait for its answer too; false also finds requests that hang.
    @discardableResult
    public func waitForRequest(
        answered: Bool = true, where matches: (RecordedRequest) -> Bool
    ) async throws(CancellationError) -> RecordedRequest {
        try await waiting(for: Self.requestLog) {
            log.entries.first { matches($0) && (!answered || $0.status != nil) }
        }
    }

    /// Waits until an object satisfies a condition and returns it; nil when the condition is that it is absent.
    @discardableResult
    public func waitForObject(
        _ resource: APIResource, _ key: ObjectKey, where isDone: (JSONValue?) -> Bool
    ) async throws(CancellationError) -> JSONValue? {
        let address = ObjectAddress(collection: resource.qualifiedName, key: key.description)
        return try await waiting(for: address.collection) { () -> JSONValue?? in
            let object = state.withLock { $0.object(at: address)?.json }
            return isDone(object) ? .some(object) : nil
        }
    }

    /// Waits until the watches that run satisfy a condition.
    public func waitForWatches(where isDone: ([RequestAttributes]) -> Bool) async throws(CancellationError) {
        try await waiting(for: WatchHub.watchList) { isDone(watches) ? () : nil }
    }

    private func waiting<Value>(
        for collection: String, _ value: () -> Value?
    ) async throws(CancellationError) -> Value {
        do {
            return try await hub.listening(to: collection) { mailbox in
                while true {
                    if let value = value() { return value }
                    _ = try await mailbox.next()
                }
            }
        } catch {
            throw CancellationError()
        }
    }
}

// MARK: - One exchange

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
        let policy = policy.withLock { $0 }
        let user: RequestUser
        do {
            user = try policy.user(of: request)
        } catch {
            let attributes = RequestAttributes(request, user: .anonymous)
            return Exchange(
                request: request, attributes: attributes, number: log.append(request, attributes),
                outcome: .response(.failure(error)))
        }
        let attributes = RequestAttributes(request, user: user)
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
            exchange.outcome = .response(.failure(.injected(code, reason, message, retryAfter)))
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
                return .response(.failure(error))
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
            try await writer.begin(status: 200, headers: [("Content-Type", "application/json")])
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
                    let (changes, latest, trimmed) = state.withLock { state in
                        let collection = state.collection(plan.kind.collection)
                        return (
                            Array(collection.changes(after: cursor.position)), collection.latest, collection.trimmed
                        )
                    }
                    guard cursor.position >= trimmed else {
                        return try await writer.write(WatchCursor.expired(position: cursor.position, oldest: trimmed))
                    }
                    for frame in cursor.frames(for: changes[...], now: time.now) { try await writer.write(frame) }
                    if signals.contains(.bookmark), let frame = cursor.bookmark(latest: latest, now: time.now) {
                        try await writer.write(frame)
                    }
                    // What was written before the end is sent before it.
                    if signals.contains(.timeout) || signals.contains(.closed) { return }
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
