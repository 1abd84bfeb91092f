import ControllerTestKit
import EndToEndSupport
import KubeClient
import Subprocess
import Testing

/// Binaries that end, in whatever way, and what the next one makes of it.
@Suite(.timeLimit(.minutes(3))) struct LedgerTests {
    private static let names = (0..<30).map { "w\($0)" }
    private let server = TestAPIServer()
    private let ledger = ObjectKey(namespace: "ops", name: "reloader-ledger")
    private let lock = ObjectKey(namespace: "ops", name: "stakater-reloader-lock")

    init() throws {
        for name in ["shop", "ops"] { server.createNamespaceIfAbsent(name) }
        try server.create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"},"data":{"k":"1"}}"#
        )
        for name in Self.names {
            try server.create(
                json: """
                    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"\(name)","namespace":"shop",\
                    "annotations":{"reloader.stakater.com/auto":"true"}},"spec":{"selector":{"matchLabels":{"app":"x"}},\
                    "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"app",\
                    "image":"busybox","envFrom":[{"configMapRef":{"name":"a"}}]}]}}}}
                    """)
        }
    }

    private func change(to value: String) throws {
        try server.patch(
            .configMaps, ObjectKey(namespace: "shop", name: "a"), merge: #"{"data":{"k":"\#(value)"}}"#)
    }

    /// How often each template was changed.
    private var reloads: Set<Int> {
        Set(
            Self.names.map { name in
                let object = server.find(.deployments, ObjectKey(namespace: "shop", name: name))
                return (object?["metadata"]?["generation"]?.int ?? 0) - 1
            })
    }

    /// Runs a binary until `body` returns.
    private func run(
        _ kubeconfig: String, _ flags: [String] = [], name: String = "first", endingBy signal: Signal = .terminate,
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await ReloaderProcess.run(
            ["--listen-address=127.0.0.1:0", "--reload-delay=0", "--log-level=debug"] + flags,
            environment: [
                "KUBECONFIG": kubeconfig, "RELOADER_NAMESPACE": "ops", "POD_NAME": "\(name)", "POD_NAMESPACE": "ops",
            ], endingBy: signal, body)
    }

    private func withServer(_ body: @Sendable (_ kubeconfig: String) async throws -> Void) async throws {
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in try await body(path) }
        }
    }

    /// Waits until all is reloaded and the ledger says so.
    private func settled(_ count: Int) async throws {
        for name in Self.names {
            try await server.waitForObject(.deployments, ObjectKey(namespace: "shop", name: name)) {
                $0?["metadata"]?["generation"]?.int == count + 1
            }
        }
        try await server.waitForObject(.configMaps, ledger) { $0?["data"]?["shop"]?.string?.contains("*") == false }
    }

    @Test func `a change while no Reloader runs at all is reloaded once, by the next one`() async throws {
        try await withServer { path in
            let first = try await run(path) { _ in try await server.waitForObject(.configMaps, ledger) { $0 != nil } }
            #expect(first.exitCode == 0)
            try change(to: "2")
            let second = try await run(path) { _ in try await settled(1) }
            #expect(second.lines.contains { $0.contains("ops/reloader-ledger was last written, one config changed") })
            let third = try await run(path) { process in
                _ = await process.line { $0.contains("was last written, nothing changed") }
            }
            #expect(third.exitCode == 0)
        }
        #expect(reloads == [1])
    }

    @Test(
        "SIGKILL with reloads in flight loses none, and repeats none",
        arguments: ["env-vars", "annotations"])
    func killed(strategy: String) async throws {
        let flags = ["--reload-strategy=\(strategy)"]
        try await withServer { path in
            let first = try await run(path, flags, endingBy: .kill) { _ in
                try await server.waitForObject(.configMaps, ledger) { $0 != nil }
                try change(to: "2")
                try await server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
            }
            #expect(first.exitCode == -1)
            let second = try await run(path, flags) { process in
                _ = await process.line { $0.contains("was last written") }
                try await settled(1)
            }
            #expect(second.exitCode == 0)
        }
        #expect(reloads == [1])
    }

    @Test func `a leader that is killed with reloads in flight leaves them to the standby, once`() async throws {
        let flags = ["--enable-ha"]
        try await withServer { path in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (mayDie, isDead) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
                group.addTask {
                    _ = try await run(path, flags, endingBy: .kill) { _ in for await _ in mayDie.stream {} }
                    isDead.continuation.finish()
                }
                try await server.waitForObject(.configMaps, ledger) { $0 != nil }
                let second = try await run(path, flags, name: "second") { process in
                    _ = await process.line { $0.contains("new leader is first") }
                    try change(to: "2")
                    try await server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
                    mayDie.continuation.finish()
                    for await _ in isDead.stream {}
                    // Its lease runs out, only sooner.
                    try server.patch(.leases, lock, merge: #"{"spec":{"holderIdentity":""}}"#)
                    _ = await process.line { $0.contains("was last written") }
                    try await settled(1)
                }
                #expect(second.exitCode == 0)
                try await group.waitForAll()
            }
        }
        #expect(reloads == [1])
    }
}
