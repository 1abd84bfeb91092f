import ControllerTestKit
import ControllerTestKitTLS
import EndToEndSupport
import KubeClient
import Subprocess
import Testing

@testable import Sandbox

/// A server with a few configs, each of them used by a Deployment of the same name, and the binary on it.
struct Shop: Sendable {
    let server: TestAPIServer

    init(_ names: String..., plainResources: [APIResource] = [], answersProtobuf: Bool = true) throws {
        server = TestAPIServer(plainResources: plainResources, answersProtobuf: answersProtobuf)
        server.createNamespaceIfAbsent("shop")
        for name in names {
            try server.create(
                json: """
                    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"\(name)","namespace":"shop"},\
                    "data":{"k":"1"}}
                    """)
            try server.create(
                json: """
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"\(name)","namespace":"shop",\
                    "annotations":{"reloader.stakater.com/auto":"true"}},"spec":{"selector":{"matchLabels":{"app":"web"}},\
                    "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app",\
                    "image":"busybox","envFrom":[{"configMapRef":{"name":"\(name)"}}]}]}}}}
                    """)
        }
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
        _ arguments: [String] = [], environment: [String: String] = [:], tls: ListenerTLS? = nil,
        kubeconfig: String? = nil, _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await serving(tls: tls) { listener in
            try await start(listener.url, arguments, environment, kubeconfig) { process in
                try await ready(process)
                server.clearRequests()
                try await body(process)
            }
        }
    }

    /// Starts the binary; `kubeconfig` is a text with `SERVER` in the place of the address.
    func start(
        _ url: String, _ arguments: [String] = [], _ environment: [String: String] = [:], _ kubeconfig: String? = nil,
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        @Sendable func run(_ path: String) async throws -> (exitCode: Int, lines: [String]) {
            var variables = environment
            variables["KUBECONFIG"] = path
            return try await ReloaderProcess.run(
                ["--listen-address=127.0.0.1:0", "--log-level=debug", "--reload-delay=0"] + arguments,
                environment: Dictionary(
                    uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) }), body)
        }
        guard let kubeconfig else { return try await Kubeconfig.withFile(server: url, run) }
        let parts = kubeconfig.split(separator: "SERVER", omittingEmptySubsequences: false)
        return try await Kubeconfig.withFile(text: parts.joined(separator: url), run)
    }

    /// Waits until the binary says that it is.
    func ready(_ process: ReloaderProcess) async throws {
        while try await get("/ready", process).status != 200 { await Task.yield() }
    }

    /// Asks the binary's own endpoint.
    func get(_ path: String, _ process: ReloaderProcess) async throws -> (status: Int, body: String) {
        let line = try #require(await process.line { $0.contains("address=") })
        let text = try #require(line.split(separator: "127.0.0.1:").last)
        let port = try #require(Int(text.prefix { $0.isNumber }))
        let answer = try await HTTPGet.get(port: port, path: path, timeout: .seconds(30))
        return (answer.status, answer.body)
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
