import ControllerTestKit
import EndToEndSupport
import KubeClient
import Subprocess
import Testing

/// Binaries that end, in whatever way, and what the next one makes of it.
@Suite(.timeLimit(.minutes(3))) struct LedgerTests {
    private static let names = (0..<30).map { "w\($0)" }
    private let shop: Shop
    private let ledger = ObjectKey(namespace: "ops", name: "reloader-ledger")
    private let lock = ObjectKey(namespace: "ops", name: "stakater-reloader-lock")

    init() throws {
        shop = try Shop()
        shop.server.createNamespaceIfAbsent("ops")
        try shop.createConfigMap("a")
        for name in Self.names { try shop.createDeployment(name, configMaps: ["a"]) }
    }

    /// How often each template was changed.
    private var reloads: Set<Int> {
        Set(
            Self.names.map { name in
                let object = shop.server.find(.deployments, ObjectKey(namespace: "shop", name: name))
                return (object?["metadata"]?["generation"]?.int ?? 0) - 1
            })
    }

    /// Runs a binary until `body` returns.
    private func run(
        _ url: String, _ flags: [String] = [], name: String = "first", endingBy signal: Signal = .terminate,
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await shop.start(
            url, flags, environment: ["RELOADER_NAMESPACE": "ops", "POD_NAME": name, "POD_NAMESPACE": "ops"],
            endingBy: signal, body)
    }

    /// Waits until all is reloaded and the ledger says so.
    private func settled(_ count: Int) async throws {
        for name in Self.names {
            try await shop.server.waitForObject(.deployments, ObjectKey(namespace: "shop", name: name)) {
                $0?["metadata"]?["generation"]?.int == count + 1
            }
        }
        try await shop.server.waitForObject(.configMaps, ledger) {
            $0?["data"]?["shop"]?.string?.contains("*") == false
        }
    }

    @Test func `a change while no Reloader runs at all is reloaded once, by the next one`() async throws {
        try await shop.serving { listener in
            let url = listener.url
            let first = try await run(url) { _ in
                try await shop.server.waitForObject(.configMaps, ledger) { $0 != nil }
            }
            #expect(first.exitCode == 0)
            try shop.change("a", to: "2")
            let second = try await run(url) { _ in try await settled(1) }
            #expect(second.lines.contains { $0.contains("ops/reloader-ledger was last written, one config changed") })
            let third = try await run(url) { process in
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
        try await shop.serving { listener in
            let url = listener.url
            let first = try await run(url, flags, endingBy: .kill) { _ in
                try await shop.server.waitForObject(.configMaps, ledger) { $0 != nil }
                try shop.change("a", to: "2")
                try await shop.server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
            }
            #expect(first.exitCode == -1)
            let second = try await run(url, flags) { process in
                _ = await process.line { $0.contains("was last written") }
                try await settled(1)
            }
            #expect(second.exitCode == 0)
        }
        #expect(reloads == [1])
    }

    @Test func `a leader that is killed with reloads in flight leaves them to the standby, once`() async throws {
        let flags = ["--enable-ha"]
        try await shop.serving { listener in
            let url = listener.url
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (mayDie, isDead) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
                group.addTask {
                    _ = try await run(url, flags, endingBy: .kill) { _ in for await _ in mayDie.stream {} }
                    isDead.continuation.finish()
                }
                try await shop.server.waitForObject(.configMaps, ledger) { $0 != nil }
                let second = try await run(url, flags, name: "second") { process in
                    _ = await process.line { $0.contains("new leader is first") }
                    try shop.change("a", to: "2")
                    try await shop.server.waitForRequest { $0.attributes.verb == "patch" && $0.status == 200 }
                    mayDie.continuation.finish()
                    for await _ in isDead.stream {}
                    // Its lease runs out, only sooner.
                    try shop.server.patch(.leases, lock, merge: #"{"spec":{"holderIdentity":""}}"#)
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
