import ControllerTestKit
import ControllerTestKitTLS
import EndToEndSupport
import KubeClient
import Synchronization
import Testing

/// The shipped binary on networks and servers as they are on a bad day: each change is one reload, never more, never fewer.
@Suite(.timeLimit(.minutes(2))) struct UnreliableServerTests {
    private let shop: Shop

    init() throws { shop = try Shop("web", "canary") }

    /// Ends all watches and lets new ones meet a fault, until the result is called.
    private func cut(_ effect: Fault.Effect) async throws -> @Sendable () -> Void {
        let withdraw = shop.server.inject(Fault(effect, times: nil) { $0.isReadOnly && $0.isResourceRequest })
        shop.server.closeWatches()
        try await shop.server.waitForWatches { $0.isEmpty }
        return withdraw
    }

    private func reloadedOnce() async throws {
        try await shop.written("web")
        try await shop.canary()
        #expect(shop.writes(to: "web") == [200])
    }

    @Test func `connections that the server breaks cost no change that comes meanwhile`() async throws {
        let (exitCode, _) = try await shop.run { process in
            let mend = try await cut(.reset)
            try shop.change("web", to: "2")
            _ = await process.line { $0.contains("cannot reach the API server") || $0.contains("failed") }
            mend()
            try await reloadedOnce()
        }
        #expect(exitCode == 0)
    }

    @Test func `when the history has been compacted meanwhile, the change in the gap is seen`() async throws {
        let (exitCode, lines) = try await shop.run { process in
            let mend = try await cut(.reset)
            try shop.change("web", to: "2")
            shop.server.compact()
            mend()
            try await reloadedOnce()
        }
        #expect(exitCode == 0)
        #expect(lines.contains { $0.contains("the watch was too far behind") })
    }

    @Test func `while nobody listens on the port it keeps trying, and then sees what has changed`() async throws {
        let (port, url) = try await shop.serving { ($0.port, $0.url) }
        let (exitCode, lines) = try await shop.start(url) { process in
            try await shop.serving(port: port) { _ in
                try await process.untilReady()
                shop.server.clearRequests()
            }
            try shop.change("web", to: "2")
            _ = await process.line { $0.contains("level=warning") && $0.contains("cannot reach the API server") }
            let live = try await process.get("/live")
            #expect(live.status == 200)
            try await shop.serving(port: port) { _ in try await reloadedOnce() }
        }
        #expect(exitCode == 0)
        #expect(!lines.contains { $0.contains("level=fatal") })
    }

    @Test func `a token that the server no longer takes is read again from its file`() async throws {
        let valid = Mutex("T0KEN-1")
        shop.server.authenticate { token in valid.withLock { $0 == token } ? .admin : nil }
        let (exitCode, lines) = try await Kubeconfig.withFile(text: "T0KEN-1") { path in
            try await Kubeconfig.withFile(text: TestCertificates.authority) { authority in
                // Over TLS, since tokens are not sent otherwise.
                try await shop.run(
                    tls: .test,
                    kubeconfig: """
                        apiVersion: v1
                        kind: Config
                        current-context: test
                        clusters: [{name: test, cluster: {server: "SERVER", certificate-authority: \(authority)}}]
                        users: [{name: me, user: {tokenFile: \(path)}}]
                        contexts: [{name: test, context: {cluster: test, user: me}}]

                        """
                ) { process in
                    valid.withLock { $0 = "T0KEN-2" }
                    shop.server.closeWatches()
                    try await shop.server.waitForWatches { $0.isEmpty }
                    try shop.change("web", to: "2")
                    _ = await process.line { $0.contains("401") || $0.contains("Unauthorized") }
                    try Kubeconfig.overwrite(path, with: "T0KEN-2")
                    try await reloadedOnce()
                }
            }
        }
        #expect(exitCode == 0)
        #expect(lines.contains { $0.contains("401") })
        #expect(!lines.contains { $0.contains("T0KEN") })
    }

    @Test func `a slow server makes one reload late, not two`() async throws {
        let (exitCode, _) = try await shop.run { _ in
            shop.server.inject(Fault(.delayedAnswer(.milliseconds(400)), times: nil))
            shop.server.closeWatches()
            try await shop.server.waitForWatches { $0.isEmpty }
            try shop.change("web", to: "2")
            try await reloadedOnce()
        }
        #expect(exitCode == 0)
    }

    @Test("a proxy that answers with a page is told, and outlived", arguments: [200, 502])
    func page(status: Int) async throws {
        let (exitCode, lines) = try await shop.run { process in
            let mend = try await cut(
                .foreignAnswer(
                    status, contentType: "text/html", body: "<html><head><title>Sign in</title></head></html>"))
            try shop.change("web", to: "2")
            _ = await process.line { $0.contains("level=warning") && $0.contains("HTML") }
            mend()
            try await reloadedOnce()
        }
        #expect(exitCode == 0)
        #expect(!lines.contains { $0.contains("level=fatal") })
    }

    // MARK: writes

    @Test func `a write that is told to wait is repeated after that time`() async throws {
        let clock = ContinuousClock()
        let (exitCode, _) = try await shop.run { _ in
            shop.server.inject(
                Fault(.status(429, reason: "TooManyRequests", retryAfter: 1), times: 2, verb: "patch"))
            let start = clock.now
            try shop.change("web", to: "2")
            try await shop.written("web")
            #expect(clock.now - start >= .seconds(2))
            try await shop.canary()
            #expect(shop.writes(to: "web") == [429, 429, 200])
        }
        #expect(exitCode == 0)
    }

    @Test func `a write that fails is repeated until it is done`() async throws {
        let (exitCode, lines) = try await shop.run { _ in
            shop.server.inject(Fault(.status(500), times: 3, verb: "patch", resource: "deployments"))
            try shop.change("web", to: "2")
            try await shop.written("web")
            try await shop.canary()
            #expect(shop.writes(to: "web") == [500, 500, 500, 200])
        }
        #expect(exitCode == 0)
        #expect(lines.count { $0.contains("level=error") && $0.contains("Update for 'web' of type 'Deployment'") } == 3)
        #expect(lines.count { $0.contains("updated 'web' of type 'Deployment'") } == 1)
    }

    @Test func `a write whose answer is lost is done once`() async throws {
        let (exitCode, _) = try await shop.run { _ in
            shop.server.inject(Fault(.lostAnswer, verb: "patch", name: "web"))
            try shop.change("web", to: "2")
            _ = try await shop.server.waitForRequest { $0.bodyText.contains("involvedObject") }
            try await shop.canary()
        }
        #expect(exitCode == 0)
        let web = try shop.server.get(.deployments, ObjectKey(namespace: "shop", name: "web"))
        #expect(web["metadata"]?["generation"]?.int == 2)
    }

    @Test("a workload that is refused delays no other", arguments: [403, 422])
    func refusal(status: Int) async throws {
        let (exitCode, _) = try await shop.run { _ in
            let relent = shop.server.inject(
                Fault(
                    .status(status, reason: status == 422 ? "Invalid" : "Forbidden", message: "denied by a webhook"),
                    times: nil, verb: "patch", name: "web"))
            try shop.change("web", to: "2")
            try await shop.written("web", status)
            try await shop.canary()
            relent()
            try await shop.written("web")
        }
        #expect(exitCode == 0)
    }

    // MARK: the end

    @Test func `SIGTERM waits for the write that is under way, and gives the lease back`() async throws {
        shop.server.createNamespaceIfAbsent("ops")
        let lock = ObjectKey(namespace: "ops", name: "stakater-reloader-lock")
        let clock = ContinuousClock()
        let told = Mutex(clock.now)
        let (exitCode, lines) = try await shop.run(
            ["--enable-ha"], environment: ["POD_NAME": "me", "POD_NAMESPACE": "ops"]
        ) { process in
            _ = await process.line { $0.contains("became leader, starting controllers") }
            shop.server.inject(Fault(.delayedAnswer(.seconds(1)), verb: "patch", resource: "deployments"))
            try shop.change("web", to: "2")
            try await shop.server.waitForRequest(answered: false) { $0.method == "PATCH" }
            told.withLock { $0 = clock.now }
        }
        #expect(exitCode == 0)
        let took = clock.now - told.withLock { $0 }
        #expect(took < .seconds(10))
        #expect(shop.writes(to: "web") == [200])
        #expect(lines.contains { $0.contains("updated 'web' of type 'Deployment'") })
        #expect(lines.contains { $0.contains("lease released") })
        #expect(try shop.server.get(.leases, lock)["spec"]?["holderIdentity"]?.string == "")
    }

    @Test func `SIGTERM ends the program in time, although a write is never answered`() async throws {
        let clock = ContinuousClock()
        let told = Mutex(clock.now)
        let (exitCode, lines) = try await shop.run { _ in
            shop.server.inject(Fault(.hang, times: nil, verb: "patch"))
            try shop.change("web", to: "2")
            try await shop.server.waitForRequest(answered: false) { $0.method == "PATCH" }
            told.withLock { $0 = clock.now }
        }
        #expect(exitCode == 0)
        let took = clock.now - told.withLock { $0 }
        #expect(took < .seconds(11))
        #expect(!lines.contains { $0.contains("level=fatal") })
    }
}
