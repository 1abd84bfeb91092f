public import KubeClient
public import Logging
import Synchronization

/// A Kubernetes API server inside the process: real list, watch, version and patch semantics, no cluster.
///
/// Answers as kube-apiserver 1.36 does, down to the wording of its errors; what it has been checked against, and what
/// it leaves out, stands in <doc:Differences>. It serves in-process clients (``client(logger:token:impersonation:)``) and
/// sockets (``listen(host:port:)``) at the same time. All of it is safe to use from any task.
///
/// ```swift
/// let server = TestAPIServer()
/// try server.create(json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}"#)
/// let client = server.client(logger: logger)
/// ```
public final class TestAPIServer: Sendable {
    /// The clock of time-outs, bookmarks, delays and of the times in objects.
    public let clock: any Clock<Duration>

    let time: ServerTime
    let state: Mutex<ServerState>
    let policy = Mutex(AccessPolicy())
    let faults = Mutex(FaultPlan())
    let log = RequestLog()
    let hub = WatchHub()
    let answersProtobuf: Bool
    /// The hub's name for the request log.
    static let requestLog = "@requests"

    /// Creates a server with the namespaces of a new cluster and nothing else.
    ///
    /// - Parameters:
    ///   - clock: What time-outs and bookmarks are measured with; a ``ManualClock`` puts them into the test's hands.
    ///   - resources: Custom resources to serve besides the built-in kinds, without schemas; each has a status
    ///     subresource. One with a schema is created as a CustomResourceDefinition, like any object. OpenShift's
    ///     DeploymentConfigs are served as its aggregated API server does: with strategic merge.
    ///   - plainResources: Custom resources without a status subresource: their status is written with the rest.
    ///   - collectsGarbage: Whether dependents of deleted owners, foreground deletions and contents of deleted
    ///     namespaces are cleaned up.
    ///   - answersProtobuf: Whether objects are sent in protobuf to clients that ask for it; if not, they get JSON.
    ///   - seed: Decides uids, generated names and the watches' own time-outs; random by default.
    public init(
        clock: any Clock<Duration> = ContinuousClock(), resources: [APIResource] = [],
        plainResources: [APIResource] = [],
        collectsGarbage: Bool = true, answersProtobuf: Bool = true,
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        self.clock = clock
        self.answersProtobuf = answersProtobuf
        time = ServerTime(clock: clock)
        var registry = KindRegistry.builtIn
        for resource in resources {
            registry.register(KindRegistry.aggregated.kind(of: resource) ?? .custom(resource, hasStatus: true))
        }
        for resource in plainResources { registry.register(.custom(resource)) }
        state = Mutex(ServerState(kinds: KindTable(registry), collectsGarbage: collectsGarbage, seed: seed))
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] { createNamespaceIfAbsent(name) }
    }

    // MARK: Clients

    /// A client wired straight to the server, without sockets.
    ///
    /// Its retries wait on the server's clock.
    ///
    /// - Parameters:
    ///   - logger: The client's.
    ///   - token: Sent as a bearer token, for servers that ask who is there (``authenticate(_:)``).
    ///   - impersonation: Whom the client acts as.
    public func client(logger: Logger, token: String? = nil, impersonation: Impersonation? = nil) -> KubeClient {
        var headers = impersonation?.headers ?? []
        if let token { headers.append(("Authorization", "Bearer \(token)")) }
        return KubeClient(transport: InProcessTransport(server: self, headers: headers), clock: clock, logger: logger)
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
    /// Until this is called everything may be done. To act as somebody else is the verb `impersonate` on `users`, `groups`,
    /// `serviceaccounts`, and `uids` and `userextras` of `authentication.k8s.io`; from then on it is that one who asks.
    public func authorize(_ authorizer: @escaping @Sendable (RequestAttributes) -> AuthorizationDecision) {
        policy.withLock { $0.authorizer = authorizer }
    }

    // MARK: What nodes know

    /// Has the logs of pods asked for here, as a real server asks their nodes; until this is called they are empty.
    ///
    /// `lines` must not call the server. They are sent whole, or the last ones where `tailLines` says so; nothing is followed.
    public func serveLogs(_ lines: @escaping @Sendable (_ pod: ObjectKey) -> [String]) {
        state.withLock { $0.podLogs = lines }
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
    /// The watches that run, in the order in which they began.
    public var watches: [RequestAttributes] { hub.watches }

    /// Returns the first request in the log that matches, now or when it comes.
    ///
    /// - Parameters:
    ///   - answered: Whether to wait for its answer too; false also finds requests that hang.
    ///   - matches: Whether it is the one.
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
