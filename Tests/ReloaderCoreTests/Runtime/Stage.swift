import ControllerKit
import ControllerTestKit
import KubeClient
import Logging
import ReloaderCore
import Synchronization
import TestSupport

/// A server, a Reloader on it, and what tests do with both.
struct Stage: Sendable {
    let server: TestAPIServer
    let clock = ManualClock()
    /// The clock of the server, of its clients, and of informers.
    let serverClock = ManualClock()
    let metrics = PrometheusRegistry(reportsProcess: false)
    let log = LogCapture()
    private let executor: SerialExecutor?
    static let namespace = "shop"
    /// 2026-08-10T05:33:20Z, the moment of the reference's example: what the wall clock shows when ``clock`` shows zero.
    static let wallClock = Timestamp(seconds: 1_786_340_000)

    /// A wall clock that goes with ``clock``.
    var wallClock: @Sendable () -> Timestamp {
        { [clock] in Self.wallClock.advanced(by: clock.now.offset) }
    }

    /// Creates a stage on which everything happens in one order, unless it goes `inParallel`.
    init(resources: [APIResource] = [], plainResources: [APIResource] = [], inParallel: Bool = false) {
        executor = inParallel ? nil : SerialExecutor()
        server = TestAPIServer(clock: serverClock, resources: resources, plainResources: plainResources)
        // The Reloader's own is the second.
        for namespace in [Self.namespace, "ops"] { server.createNamespaceIfAbsent(namespace) }
    }

    /// Runs a Reloader until `body` returns; what it asked for while starting is not in the request log, unless that is
    /// wanted.
    ///
    /// With an elector it acts only while it leads.
    func run(
        _ options: ReloaderOptions, elector: LeaderElector? = nil, logsStart: Bool = false,
        waitsUntilReady: Bool = true, informerClock: (any Clock<Duration>)? = nil,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let logger = log.logger
        let runtime = ReloaderRuntime(
            client: server.client(logger: logger), options: options, metrics: metrics, leaderElector: elector,
            clock: clock, informerClock: informerClock ?? serverClock, wallClock: wallClock, logger: logger)
        var manager = ControllerManager(
            options: ManagerOptions(probeAddress: "off"), metrics: metrics, leaderElector: elector, logger: logger)
        runtime.install(in: &manager)
        try await withTaskExecutorPreference(executor) {
            try await withThrowingTaskGroup(of: Void.self) { [manager] group in
                group.addTask { try await manager.run() }
                if waitsUntilReady { await until { manager.health.readiness().isHealthy } }
                if !logsStart { server.clearRequests() }
                try await body(self)
                group.cancelAll()
                while let result = await group.nextResult() { _ = result }
            }
        }
    }

    /// Waits, without sleeping, for something that other tasks bring about.
    ///
    /// Waits of the server, its clients and informers pass meanwhile: delays, and pauses after failures.
    func until(_ isTrue: @Sendable () -> Bool) async {
        while !isTrue(), !Task.isCancelled {
            await settle()
            if let next = serverClock.timeToNextSleeper, next <= .seconds(30) { serverClock.advance(by: next) }
        }
    }

    /// Lets everything that is ready go on until it waits, for the clock or from outside.
    func settle() async {
        guard let executor else { return await Task.yield() }
        await executor.settle()
    }

    /// How long until somebody wakes up; the server and its clients always wait for something.
    private var timeToNextSleeper: Duration {
        let next = [clock, serverClock].compactMap(\.timeToNextSleeper).min() ?? .seconds(60)
        return max(next, .zero)
    }

    /// Moves both clocks, and waits for nobody.
    func moveClocks(by duration: Duration) {
        serverClock.advance(by: duration)
        clock.advance(by: duration)
    }

    private func advance(by duration: Duration) async {
        moveClocks(by: duration)
        await settle()
    }

    /// Lets this much time pass, stopping wherever somebody wakes up until that is done.
    func pass(_ duration: Duration) async {
        let end = clock.now.advanced(by: duration)
        await settle()
        while clock.now < end { await advance(by: min(timeToNextSleeper, clock.now.duration(to: end))) }
    }

    /// Lets time pass, as fast as somebody waits for it, until something has come about; false when it never does.
    func pump(rounds: Int = 10_000, until isDone: () -> Bool) async -> Bool {
        for _ in 0..<rounds where !Task.isCancelled {
            if isDone() { return true }
            await advance(by: timeToNextSleeper)
        }
        return isDone()
    }

    /// As ``until(_:)``, letting short waits on the clock pass: a reload that follows another one of the same workload waits
    /// until the watch has told of the first.
    func untilSettled(_ isTrue: @Sendable () -> Bool) async {
        await until {
            if let next = clock.timeToNextSleeper, next <= .milliseconds(20) { clock.advance(by: next) }
            return isTrue()
        }
    }

    /// Waits until the Reloader has been told of this many changed or created configs, since its start.
    func untilReceived(_ count: Int, _ event: String = "update") async {
        await until {
            let lines = String(decoding: metrics.exposition(), as: UTF8.self).split(separator: "\n")
            let values = lines.filter {
                $0.hasPrefix("reloader_events_received_total") && $0.contains("event_type=\"\(event)\"")
            }
            return values.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
                >= Double(count)
        }
    }

    /// Ends the watch of a kind that may not be watched any more, and waits until its informer gives up for a minute.
    func turnOff(_ plural: String, _ informerClock: ManualClock) async {
        server.closeWatches { $0.resource == plural }
        await until {
            guard let next = informerClock.timeToNextSleeper, next < .seconds(60) else {
                return informerClock.timeToNextSleeper == .seconds(60)
            }
            informerClock.advance(by: next)
            return false
        }
    }

    // MARK: objects

    func createConfigMap(_ name: String, _ value: String, annotations: String = "{}") throws {
        try server.create(
            json: """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\(name)","namespace":"shop",\
                "annotations":\(annotations)},"data":{"key":"\(value)"}}
                """)
    }

    func createSecret(_ name: String, _ value: String) throws {
        try server.create(
            json: """
                {"apiVersion":"v1","kind":"Secret","metadata":{"name":"\(name)","namespace":"shop"},\
                "stringData":{"password":"\(value)"}}
                """)
    }

    /// Creates a workload with one container `app` that takes its environment from configs.
    func createWorkload(
        _ name: String, kind: String = "Deployment", configMaps: [String] = [], secrets: [String] = [],
        annotations: String = #"{"reloader.stakater.com/auto":"true"}"#
    ) throws {
        let sources =
            configMaps.map { #"{"configMapRef":{"name":"\#($0)"}}"# }
            + secrets.map { #"{"secretRef":{"name":"\#($0)"}}"# }
        try server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"\(kind)","metadata":{"name":"\(name)","namespace":"shop",\
                "annotations":\(annotations)},"spec":{"selector":{"matchLabels":{"app":"\(name)"}},"serviceName":"x",\
                "template":{"metadata":{"labels":{"app":"\(name)"}},"spec":{"containers":[{"name":"app",\
                "image":"busybox","envFrom":[\(sources.joined(separator: ","))]}]}}}}
                """)
    }

    static let auto = #"{"reloader.stakater.com/auto":"true"}"#

    /// The pod template of batch workloads: one container `app` that takes its environment from a ConfigMap.
    private func batchTemplate(_ configMap: String, _ metadata: String) -> String {
        """
        {"metadata":\(metadata),"spec":{"restartPolicy":"Never","containers":[{"name":"app","image":"busybox",\
        "env":[{"name":"PLAIN","value":"x"}],"envFrom":[{"configMapRef":{"name":"\(configMap)"}}]}]}}
        """
    }

    /// Creates a CronJob whose Jobs take their environment from a ConfigMap.
    func createCronJob(
        _ name: String, configMap: String, isSuspended: Bool = false, annotations: String = auto,
        templateMetadata: String = "{}"
    ) throws {
        try server.create(
            json: """
                {"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"\(name)","namespace":"shop",\
                "annotations":\(annotations)},"spec":{"schedule":"0 0 * * *","suspend":\(isSuspended),\
                "jobTemplate":{"metadata":\(templateMetadata),"spec":{"backoffLimit":2,\
                "template":\(batchTemplate(configMap, "{}"))}}}}
                """)
    }

    /// Creates a Job that takes its environment from a ConfigMap.
    @discardableResult
    func createJob(
        _ name: String, configMap: String, annotations: String = auto, owners: String = "[]", finalizers: String = "[]"
    ) throws -> JSONValue {
        try server.create(
            json: """
                {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"\(name)","namespace":"shop",\
                "annotations":\(annotations),"ownerReferences":\(owners),"finalizers":\(finalizers)},\
                "spec":{"backoffLimit":2,"template":\(batchTemplate(configMap, #"{"labels":{"own":"label"}}"#))}}
                """)
    }

    /// Creates an Argo Rollout that takes its environment from a ConfigMap.
    func createRollout(
        _ name: String, configMap: String, annotations: String = auto, environment: String? = nil
    ) throws {
        let env = environment.map { #","env":\#($0)"# } ?? ""
        try server.create(
            json: """
                {"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","metadata":{"name":"\(name)","namespace":"shop",\
                "annotations":\(annotations)},"spec":{"replicas":2,"strategy":{"canary":{"steps":[{"setWeight":20}]}},\
                "template":{"metadata":{"labels":{"app":"\(name)"}},"spec":{"containers":[{"name":"app",\
                "image":"busybox"\(env),"envFrom":[{"configMapRef":{"name":"\(configMap)"}}]}]}}}}
                """)
    }

    /// Says that a Job has completed, as its controller would.
    func complete(job name: String) throws {
        try server.patch(
            .jobs, ObjectKey(namespace: "shop", name: name),
            .merge(Array(#"{"status":{"conditions":[{"type":"Complete","status":"True"}]}}"#.utf8)),
            subresource: .status)
    }

    func change(configMap name: String, to value: String) throws {
        try server.patch(
            .configMaps, ObjectKey(namespace: "shop", name: name), merge: #"{"data":{"key":"\#(value)"}}"#)
    }

    func change(secret name: String, to value: String) throws {
        try server.patch(
            .secrets, ObjectKey(namespace: "shop", name: name), merge: #"{"stringData":{"password":"\#(value)"}}"#)
    }

    // MARK: what happened

    /// The requests that came from the Reloader, without its watches and its look for parked Jobs at start.
    var calls: [RecordedRequest] {
        server.requests.filter {
            $0.attributes.verb != "watch" && $0[query: "labelSelector"] != "reloader.stakater.com/parked-job=true"
        }
    }

    /// The writes to workloads; Events are patched as well, when they are counted up.
    var patches: [RecordedRequest] {
        calls.filter { $0.attributes.verb == "patch" && $0.attributes.resource != "events" }
    }

    /// Waits for a patch of a workload, as ``untilSettled(_:)`` does, that contains a text.
    @discardableResult
    func patch(of name: String, containing text: String = "") async throws -> RecordedRequest {
        @Sendable func isWanted(_ request: RecordedRequest) -> Bool {
            request.attributes.verb == "patch" && request.attributes.name == name
                && (text.isEmpty || request.bodyText.contains(text))
        }
        await untilSettled { server.requests.contains(where: isWanted) }
        return try await server.waitForRequest(where: isWanted)
    }

    /// What was asked for besides Events: verb and resource, in order.
    var writes: [String] {
        calls.filter { $0.attributes.resource != "events" }.map { "\($0.attributes.verb) \($0.attributes.resource)" }
    }

    /// Waits for the creation of a Job that is not another one's copy.
    @discardableResult
    func createdJob() async throws -> RecordedRequest {
        try await server.waitForRequest {
            $0.attributes.verb == "create" && $0.attributes.resource == "jobs" && !$0.bodyText.contains("parked-job")
        }
    }

    /// Lets something go wrong with the creations of Jobs, but not with the first, which is that of a copy.
    @discardableResult
    func failCreations(_ effect: Fault.Effect, times: Int? = 1) -> @Sendable () -> Void {
        let count = Atomic(0)
        return server.inject(
            Fault(effect, times: times) { request in
                guard request.verb == "create", request.resource == "jobs" else { return false }
                return count.wrappingAdd(1, ordering: .relaxed).newValue > 1
            })
    }

    /// What it takes to create a Job again: a copy before, and its removal after.
    static let recreation = ["get jobs", "create jobs", "delete jobs", "create jobs", "delete jobs"]

    /// Waits for a line of the log.
    func untilLogged(_ text: String) async { await until { log.lines.contains { $0.contains(text) } } }

    /// Waits for an Event to be written, or for one that says the same to be counted up.
    @discardableResult
    func event() async throws -> RecordedRequest {
        try await server.waitForRequest {
            ["create", "patch"].contains($0.attributes.verb) && $0.attributes.resource == "events"
        }
    }

    /// The reasons of the Events that the Reloader has written, in order; also of those that the server refused, because the
    /// clock stands still and their names are times.
    var eventReasons: [String] {
        calls.filter { $0.attributes.resource == "events" }
            .compactMap { try? JSONValue(parsing: $0.body)["reason"]?.string }
    }

    /// The markers of a workload's first container, as the server has them.
    func markers(of name: String, _ resource: APIResource = .deployments) throws -> [String: String] {
        let object = try server.get(resource, ObjectKey(namespace: "shop", name: name))
        let environment = object["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"]?.array ?? []
        return environment.reduce(into: [:]) { $0[$1["name"]?.string ?? ""] = $1["value"]?.string }
    }
}
