import ControllerTestKit
import ControllerTestKitTLS
import EndToEndSupport
import KubeClient
import Subprocess

/// A server with a few configs, each of them used by a Deployment of the same name, and the binary on it.
struct Shop: Sendable {
    let server: TestAPIServer

    init(_ names: String..., plainResources: [APIResource] = [], answersProtobuf: Bool = true) throws {
        server = TestAPIServer(plainResources: plainResources, answersProtobuf: answersProtobuf)
        server.createNamespaceIfAbsent("shop")
        for name in names {
            try createConfigMap(name)
            try createDeployment(name, configMaps: [name])
        }
    }

    func createConfigMap(_ name: String) throws {
        try server.create(
            json: """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\(name)","namespace":"shop"},"data":{"k":"1"}}
                """)
    }

    /// A Deployment that asks for reloads and has its environment from these configs.
    func createDeployment(_ name: String, configMaps: [String], secrets: [String] = []) throws {
        let sources =
            configMaps.map { #"{"configMapRef":{"name":"\#($0)"}}"# }
            + secrets.map { #"{"secretRef":{"name":"\#($0)"}}"# }
        try server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"\(name)","namespace":"shop",\
                "annotations":{"reloader.stakater.com/auto":"true"}},"spec":{"selector":{"matchLabels":{"app":"web"}},\
                "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"busybox",\
                "envFrom":[\(sources.joined(separator: ","))]}]}}}}
                """)
    }

    /// Serves a port for the length of `body`; afterwards nobody listens there, and all connections are broken.
    func serving<Result: Sendable>(
        port: Int = 0, tls: ListenerTLS? = nil, _ body: (HTTPListener) async throws -> Result
    ) async throws -> Result {
        let listener =
            if let tls { try await server.listen(port: port, tls: tls) } else { try await server.listen(port: port) }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            let result: Result
            do {
                result = try await body(listener)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            while let end = await group.nextResult() { _ = end }
            return result
        }
    }

    /// Runs the binary against the server until `body` returns, which it calls once the binary is ready.
    func run(
        _ arguments: [String] = [], environment: [String: String] = [:], delay: String? = "0",
        tls: ListenerTLS? = nil, kubeconfig: String? = nil,
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await serving(tls: tls) { listener in
            try await start(
                listener.url, arguments, environment: environment, delay: delay, kubeconfig: kubeconfig
            ) { process in
                try await process.untilReady()
                server.clearRequests()
                try await body(process)
            }
        }
    }

    /// Starts the binary; `kubeconfig` is a text with `SERVER` in the place of the address, and no `delay` is the default one.
    func start(
        _ url: String, _ arguments: [String] = [], environment: [String: String] = [:], delay: String? = "0",
        kubeconfig: String? = nil, endingBy signal: Signal = .terminate,
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        @Sendable func run(_ path: String) async throws -> (exitCode: Int, lines: [String]) {
            let delays = delay.map { ["--reload-delay=\($0)"] } ?? []
            return try await ReloaderProcess.run(
                ["--listen-address=127.0.0.1:0", "--log-level=debug"] + delays + arguments,
                environment: environment.merging(["KUBECONFIG": path]) { $1 }, endingBy: signal, body)
        }
        guard let kubeconfig else { return try await Kubeconfig.withFile(server: url, run) }
        let parts = kubeconfig.split(separator: "SERVER", omittingEmptySubsequences: false)
        return try await Kubeconfig.withFile(text: parts.joined(separator: url), run)
    }

    // MARK: what tests do and look at

    func change(_ name: String, to value: String) throws {
        try server.patch(
            .configMaps, ObjectKey(namespace: "shop", name: name), merge: #"{"data":{"k":"\#(value)"}}"#)
    }

    /// The statuses of the writes to a Deployment, in order; nil for one without an answer.
    func writes(to name: String) -> [Int?] {
        server.requests.filter { $0.method == "PATCH" && $0.attributes.name == name }.map(\.status)
    }

    /// Waits until a Deployment was written, or has been refused so many times.
    func written(_ name: String, _ status: Int = 200, times: Int = 1) async throws {
        _ = try await server.waitForRequest { _ in writes(to: name).count { $0 == status } >= times }
    }

    /// Changes a config of its own, so that what came before it has been dealt with.
    func canary() async throws {
        try change("canary", to: "changed")
        try await written("canary")
    }
}
