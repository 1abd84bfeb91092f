import ControllerTestKit
import EndToEndSupport
import KubeClient
import Subprocess
import Testing

@testable import Sandbox

/// Two binaries of which one acts.
@Suite(.timeLimit(.minutes(2))) struct LeaderElectionTests {
    private let server = TestAPIServer()
    private let lock = ObjectKey(namespace: "ops", name: "stakater-reloader-lock")

    init() throws {
        for name in ["shop", "ops"] { server.createNamespaceIfAbsent(name) }
        try server.create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop"},"data":{"k":"1"}}"#
        )
        try server.create(
            json: """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop",\
                "annotations":{"reloader.stakater.com/auto":"true"}},"spec":{"selector":{"matchLabels":{"app":"web"}},\
                "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"busybox",\
                "envFrom":[{"configMapRef":{"name":"a"}}]}]}}}}
                """)
    }

    private func change(to value: String) throws {
        try server.patch(
            .configMaps, ObjectKey(namespace: "shop", name: "a"), merge: #"{"data":{"k":"\#(value)"}}"#)
    }

    private var patches: [RecordedRequest] { server.requests.filter { $0.method == "PATCH" } }

    private func patched(_ count: Int) async throws {
        try await server.waitForRequest { $0.method == "PATCH" && patches.count >= count }
        #expect(patches.count == count)
    }

    /// Runs a replica until `body` returns.
    private func replica(
        _ name: String, _ kubeconfig: String, _ flags: [String] = [],
        _ body: @escaping @Sendable (ReloaderProcess) async throws -> Void
    ) async throws -> (exitCode: Int, lines: [String]) {
        try await ReloaderProcess.run(
            ["--enable-ha", "--listen-address=127.0.0.1:0", "--log-level=debug"] + flags,
            environment: ["KUBECONFIG": kubeconfig, "POD_NAME": "\(name)", "POD_NAMESPACE": "ops"], body)
    }

    private func isReady(_ process: ReloaderProcess) async throws {
        let line = try #require(await process.line { $0.contains("address=") })
        let text = try #require(line.split(separator: "127.0.0.1:").last)
        let port = try #require(Int(text.prefix { $0.isNumber }))
        while try await HTTPGet.get(port: port, path: "/ready", timeout: .seconds(30)).status != 200 {
            await Task.yield()
        }
        let live = try await HTTPGet.get(port: port, path: "/live", timeout: .seconds(30))
        #expect(live.body == "alive")
    }

    @Test(
        "SIGTERM of the leader hands over at once, and a change during that is reloaded exactly once",
        arguments: ["env-vars", "annotations"])
    func handOver(strategy: String) async throws {
        // Long enough for the leader to be told to stop before it acts on the second change.
        let flags = ["--reload-strategy=\(strategy)", "--reload-delay=1s"]
        try await server.withHTTPListener { url in
            try await Kubeconfig.withFile(server: url) { path in
                let leaderMayStop = AsyncStream<Void>.makeStream()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let (exitCode, lines) = try await replica("first", path, flags) { process in
                            _ = await process.line { $0.contains("became leader, starting controllers") }
                            for await _ in leaderMayStop.stream {}
                        }
                        #expect(exitCode == 0)
                        #expect(lines.contains { $0.contains("lease released") })
                    }
                    try await server.waitForObject(.leases, lock) {
                        $0?["spec"]?["holderIdentity"]?.string == "first"
                    }
                    let (exitCode, lines) = try await replica("second", path, flags) { process in
                        _ = await process.line { $0.contains("new leader is first") }
                        try await isReady(process)

                        // The leader's work is not repeated by the standby, neither now nor later.
                        try change(to: "2")
                        try await patched(1)

                        try change(to: "3")
                        leaderMayStop.continuation.finish()
                        _ = await process.line { $0.contains("became leader, starting controllers") }
                        try await patched(2)
                        try change(to: "4")
                        try await patched(3)
                        #expect(patches.count == 3)
                    }
                    #expect(exitCode == 0)
                    #expect(lines.filter { $0.contains("Changes detected in 'a'") }.count == 2)
                    try await group.waitForAll()
                }
            }
        }
        #expect(try server.get(.leases, lock)["spec"]?["leaseTransitions"]?.int == 1)
        #expect(try server.get(.leases, lock)["spec"]?["holderIdentity"]?.string == "")
    }
}
