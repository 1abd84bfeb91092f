import ControllerKit
import ControllerTestKit
import KubeClient
import Logging
import ReloaderCore

/// A server, a Reloader on it, and what tests do with both.
struct Stage: Sendable {
    let server = TestAPIServer()
    let clock = ManualClock()
    let metrics = PrometheusRegistry(reportsProcess: false)
    let log = LogCapture()
    static let namespace = "shop"
    /// 2026-08-10T05:33:20Z, the moment of the reference's example.
    static let wallClock = Timestamp(seconds: 1_786_340_000)

    init() { server.createNamespaceIfAbsent(Self.namespace) }

    /// Runs a Reloader until `body` returns; what it asked for while starting is not in the request log.
    func run(_ options: ReloaderOptions, _ body: (Stage) async throws -> Void) async throws {
        let logger = log.logger
        let runtime = ReloaderRuntime(
            client: server.client(logger: logger), options: options, metrics: metrics, clock: clock,
            wallClock: { Self.wallClock }, logger: logger)
        var manager = ControllerManager(options: ManagerOptions(probeAddress: "off"), metrics: metrics, logger: logger)
        runtime.install(in: &manager)
        try await withThrowingTaskGroup(of: Void.self) { [manager] group in
            group.addTask { try await manager.run() }
            await until { manager.health.readiness().isHealthy }
            server.clearRequests()
            try await body(self)
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
        }
    }

    /// Waits, without sleeping, for something that other tasks bring about.
    func until(_ isTrue: @Sendable () -> Bool) async {
        while !isTrue(), !Task.isCancelled { await Task.yield() }
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

    func change(configMap name: String, to value: String) throws {
        try server.patch(
            .configMaps, ObjectKey(namespace: "shop", name: name), merge: #"{"data":{"key":"\#(value)"}}"#)
    }

    func change(secret name: String, to value: String) throws {
        try server.patch(
            .secrets, ObjectKey(namespace: "shop", name: name), merge: #"{"stringData":{"password":"\#(value)"}}"#)
    }

    // MARK: what happened

    /// The requests that came from the Reloader, without its watches.
    var calls: [RecordedRequest] { server.requests.filter { $0.attributes.verb != "watch" } }

    var patches: [RecordedRequest] { calls.filter { $0.attributes.verb == "patch" } }

    @discardableResult
    func patch(of name: String) async throws -> RecordedRequest {
        try await server.waitForRequest { $0.attributes.verb == "patch" && $0.attributes.name == name }
    }

    @discardableResult
    func event() async throws -> RecordedRequest {
        try await server.waitForRequest { $0.attributes.verb == "create" && $0.attributes.resource == "events" }
    }

    /// The markers of a workload's first container, as the server has them.
    func markers(of name: String, _ resource: APIResource = .deployments) throws -> [String: String] {
        let object = try server.get(resource, ObjectKey(namespace: "shop", name: name))
        let environment = object["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"]?.array ?? []
        return environment.reduce(into: [:]) { $0[$1["name"]?.string ?? ""] = $1["value"]?.string }
    }
}
