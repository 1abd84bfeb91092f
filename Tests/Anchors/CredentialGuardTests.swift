import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// When credentials are renewed; the names in capitals are those of client-go's tests of the same rule
/// (`plugin/pkg/client/auth/exec/exec_test.go`, `transport/token_source_test.go`, `transport/cert_rotation_test.go`).
@Suite(.timeLimit(.minutes(1))) struct CredentialGuardTests {
    private static let start = Timestamp(seconds: 1_800_000_000)

    /// A plugin without a program: each run gives the next token.
    private final class Plugin: Sendable {
        let runs = Atomic(0)
        let now = Mutex(CredentialGuardTests.start)
        private let status: @Sendable (Int) -> String

        init(_ status: @escaping @Sendable (Int) -> String = { #"{"token":"token-\#($0)"}"# }) { self.status = status }

        func credentials(_ plugin: ExecPlugin = ExecPlugin(command: "p", version: .v1)) -> ExecCredentials {
            ExecCredentials(
                plugin,
                runner: ProgramRunner { [self] (_) throws(Program.Failure) in
                    let run = runs.wrappingAdd(1, ordering: .relaxed).newValue
                    await Task.yield()
                    let text =
                        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":\#(status(run))}"#
                    return Program.Outcome(ending: .exited(0), output: Array(text.utf8))
                }, wallClock: { [self] in now.withLock { $0 } }, hasTerminal: { false })
        }
    }

    @Test func `TestRefreshCreds: a plugin runs when there is none, when it expired, and not in between`() async throws
    {
        let plugin = Plugin { run in
            let time = Timestamp(seconds: CredentialGuardTests.start.seconds + Int64(run) * 3600)
            return #"{"token":"token-\#(run)","expirationTimestamp":"\#(time.rfc3339)"}"#
        }
        let credentials = plugin.credentials()
        var seen: [String] = []
        for minutes in [0, 30, 61, 90, 121] {
            plugin.now.withLock { $0.seconds = Self.start.seconds + Int64(minutes) * 60 }
            seen += try await credentials.headers().map(\.value)
        }
        #expect(seen == [1, 1, 2, 2, 3].map { "Bearer token-\($0)" })
    }

    @Test func `TestConcurrentUpdateTransportConfig: a burst of 401s runs the plugin once`() async throws {
        let plugin = Plugin()
        let credentials = plugin.credentials()
        let stale = try await credentials.credential()
        let renewed = try await withThrowingTaskGroup(of: RequestCredential.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await credentials.rejected(stale)
                    return try await credentials.credential()
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(renewed.allSatisfy { $0.headers.first?.value == "Bearer token-2" })
        #expect(plugin.runs.load(ordering: .relaxed) == 2)
    }

    @Test func `TestTLSCredentials: a pair from a plugin is presented, and another one makes other connections`()
        async throws
    {
        @Sendable func pair(_ number: Int) -> String {
            #"{"clientCertificateData":"-----BEGIN CERTIFICATE-----\#(number)","#
                + #""clientKeyData":"-----BEGIN PRIVATE KEY-----\#(number)"}"#
        }
        let plugin = Plugin(pair)
        let credentials = plugin.credentials()
        let source = CertificateSource(TLSSettings(), files: .system, clock: ContinuousClock(), logger: .silent)
        let first = try await credentials.credential()
        let material = source.material(for: first.clientIdentity)
        let again = try await credentials.credential()
        #expect(source.material(for: again.clientIdentity) === material)
        await credentials.rejected(first)
        let second = try await credentials.credential()
        #expect(source.material(for: second.clientIdentity) !== material)
    }

    @Test func `TestAuthorizationHeaderPresentCancelsExecAction: a request's own header runs no plugin`() async throws {
        let plugin = Plugin()
        // Nobody listens there: what matters is what happens before.
        let configuration = KubeConfiguration(server: "https://127.0.0.1:1", credentials: plugin.credentials())
        let transport = try CurlTransport(configuration: configuration, logger: .silent)
        final class Nobody: ResponseReceiver {
            func receive(_ head: HTTPResponseHead) throws(KubeError) {}
            func receive(_ bytes: RawSpan) throws(KubeError) {}
        }
        let request = HTTPRequest(.get, "/", headers: [("Authorization", "Bearer mine")])
        await #expect(throws: KubeError.self) { try await transport.perform(request, deliveringTo: Nobody()) }
        #expect(plugin.runs.load(ordering: .relaxed) == 0)
    }

    @Test func `TestCacheKey: every part of the configuration tells plugins apart`() {
        let plain = ExecPlugin(command: "cache-key", version: .v1)
        var variants = [plain]
        func add(_ change: (inout ExecPlugin) -> Void) {
            var plugin = plain
            change(&plugin)
            variants.append(plugin)
        }
        add { $0.command = "other" }
        add { $0.arguments = ["x"] }
        add { $0.environment = ["X": "y"] }
        add { $0.version = .v1beta1 }
        add { $0.interactiveMode = .never }
        add { $0.cluster = ExecPlugin.Cluster(server: "https://h") }
        add { $0.cluster = ExecPlugin.Cluster(server: "https://h", certificateAuthority: [1]) }
        add { $0.cluster = ExecPlugin.Cluster(server: "https://h", extra: ["a": 1]) }
        let shared = variants.map { ExecCredentials.shared($0) }
        #expect(Set(shared.map { ObjectIdentifier($0) }).count == variants.count)
        for (plugin, credentials) in zip(variants, shared) { #expect(ExecCredentials.shared(plugin) === credentials) }
    }

    @Test
    func `TestCachingTokenSource: a file is read again when the token is 50 seconds old, and kept when it cannot be`()
        async throws
    {
        let clock = StoppedClock()
        let text = Mutex<String?>("one")
        let token = TokenFile(
            path: "/t", clock: clock,
            files: FileReader { (path) throws(FileError) in
                guard let text = text.withLock({ $0 }) else { throw FileError(path: path, code: 2) }
                return Array(text.utf8)
            })
        func header() async throws -> String? { try await token.headers().first?.value }
        #expect(try await header() == "Bearer one")
        text.withLock { $0 = "two" }
        clock.advance(by: .seconds(49))
        #expect(try await header() == "Bearer one")
        clock.advance(by: .seconds(1))
        #expect(try await header() == "Bearer two")
        // A projected volume in the middle of its swap.
        text.withLock { $0 = nil }
        clock.advance(by: .seconds(3600))
        #expect(try await header() == "Bearer two")
    }

    @Test func `TestCachingTokenSourceRace: many readers at once all get a token`() async throws {
        let reads = Atomic(0)
        let token = TokenFile(
            path: "/t", clock: StoppedClock(),
            files: FileReader { (_) throws(FileError) in
                reads.wrappingAdd(1, ordering: .relaxed)
                return Array("one".utf8)
            })
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { try await token.headers().first?.value == "Bearer one" } }
            for try await isRight in group { #expect(isRight) }
        }
        #expect((1...100).contains(reads.load(ordering: .relaxed)))
    }

    @Test func `TestCertRotationContinuous: a renewed pair is taken, half a renewal does no harm`() throws {
        let clock = StoppedClock()
        let files = Mutex(["/crt": "-----BEGIN CERTIFICATE-----1", "/key": "-----BEGIN PRIVATE KEY-----1"])
        func bytes(_ path: String) -> [UInt8] { Array((files.withLock { $0[path] } ?? "").utf8) }
        var tls = TLSSettings(clientIdentity: ClientIdentity(certificate: bytes("/crt"), privateKey: bytes("/key")))
        tls.files = TLSFiles(clientCertificate: "/crt", clientKey: "/key")
        let source = CertificateSource(
            tls,
            files: FileReader { (path) throws(FileError) in
                guard let text = files.withLock({ $0[path] }) else { throw FileError(path: path, code: 2) }
                return Array(text.utf8)
            }, clock: clock, logger: .silent)
        let first = source.material(for: nil)
        files.withLock { $0 = [:] }
        clock.advance(by: .seconds(300))
        #expect(source.material(for: nil) === first)
        files.withLock { $0 = ["/crt": "-----BEGIN CERTIFICATE-----2", "/key": "-----BEGIN PRIVATE KEY-----2"] }
        clock.advance(by: .seconds(300))
        #expect(source.material(for: nil) !== first)
    }
}
