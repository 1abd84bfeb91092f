import ControllerTestKit
import EndToEndSupport
import KubeClient
import Testing

/// Two binaries of which one acts.
@Suite(.timeLimit(.minutes(2))) struct LeaderElectionTests {
    private let shop: Shop
    private let lock = ObjectKey(namespace: "ops", name: "stakater-reloader-lock")

    init() throws {
        shop = try Shop()
        shop.server.createNamespaceIfAbsent("ops")
        try shop.createConfigMap("a")
        try shop.createDeployment("web", configMaps: ["a"])
    }

    /// The writes to workloads; Events are patched as well, when they are counted up.
    private var patches: [RecordedRequest] {
        shop.server.requests.filter { $0.method == "PATCH" && $0.attributes.resource != "events" }
    }

    private func patched(_ count: Int) async throws {
        try await shop.server.waitForRequest { $0.method == "PATCH" && patches.count >= count }
        #expect(patches.count == count)
    }

    /// Runs a replica until `body` returns.
    private func replica(
        _ name: String, _ url: String, strategy: String,
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        // Long enough for the leader to be told to stop before it acts on the second change.
        try await shop.start(
            url, ["--enable-ha", "--reload-strategy=\(strategy)"],
            environment: ["POD_NAME": name, "POD_NAMESPACE": "ops"], delay: "1s", body)
    }

    @Test(
        "SIGTERM of the leader hands over at once, and a change during that is reloaded exactly once",
        arguments: ["env-vars", "annotations"])
    func handOver(strategy: String) async throws {
        let server = shop.server
        try await shop.serving { listener in
            let url = listener.url
            let leaderMayStop = AsyncStream<Void>.makeStream()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let (exitCode, lines) = try await replica("first", url, strategy: strategy) { process in
                        _ = await process.line { $0.contains("became leader, starting controllers") }
                        for await _ in leaderMayStop.stream {}
                    }
                    #expect(exitCode == 0)
                    #expect(lines.contains { $0.contains("lease released") })
                }
                try await server.waitForObject(.leases, lock) { $0?["spec"]?["holderIdentity"]?.string == "first" }
                let (exitCode, lines) = try await replica("second", url, strategy: strategy) { process in
                    _ = await process.line { $0.contains("new leader is first") }
                    try await process.untilReady()
                    let live = try await process.get("/live")
                    #expect(live.body == "alive")

                    // The leader's work is not repeated by the standby, neither now nor later.
                    try shop.change("a", to: "2")
                    try await patched(1)

                    try shop.change("a", to: "3")
                    leaderMayStop.continuation.finish()
                    _ = await process.line { $0.contains("became leader, starting controllers") }
                    try await patched(2)
                    try shop.change("a", to: "4")
                    try await patched(3)
                    #expect(patches.count == 3)
                }
                #expect(exitCode == 0)
                #expect(lines.filter { $0.contains("Changes detected in 'a'") }.count == 2)
                try await group.waitForAll()
            }
        }
        #expect(try server.get(.leases, lock)["spec"]?["leaseTransitions"]?.int == 1)
        #expect(try server.get(.leases, lock)["spec"]?["holderIdentity"]?.string == "")
    }
}
