import Synchronization
import Testing

@testable import KubeClient

/// Runs nothing: gives what the test says, when it says so.
final class ScriptedPrograms: Sendable {
    private struct State {
        var runs = 0
        var running = 0
        var mostAtOnce = 0
        var answers: [Result<String, Program.Failure>] = []
    }

    private let state = Mutex(State())
    private let gate: (@Sendable () async -> Void)?

    /// `gate` is passed by each run before it answers.
    init(_ statuses: String..., gate: (@Sendable () async -> Void)? = nil) {
        self.gate = gate
        state.withLock { $0.answers = statuses.map { .success($0) } }
    }

    var runs: Int { state.withLock { $0.runs } }
    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }

    func add(_ answer: Result<String, Program.Failure>) { state.withLock { $0.answers.append(answer) } }

    var runner: ProgramRunner {
        ProgramRunner { [self] (_) throws(Program.Failure) in
            let answer = state.withLock { state in
                state.runs += 1
                state.running += 1
                state.mostAtOnce = max(state.mostAtOnce, state.running)
                // The last answer stays.
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            }
            await gate?()
            state.withLock { $0.running -= 1 }
            if Task.isCancelled { throw .cancelled }
            let status = try answer.get()
            let text =
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":\#(status)}"#
            return Program.Outcome(ending: .exited(0), output: Array(text.utf8))
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct ExecCredentialsTests {
    private let now = WallClock()

    final class WallClock: Sendable {
        private let time = Mutex(Timestamp(seconds: 1_700_000_000))
        var value: Timestamp { time.withLock { $0 } }
        func advance(_ seconds: Int64) { time.withLock { $0.seconds += seconds } }
    }

    private func credentials(_ programs: ScriptedPrograms) -> ExecCredentials {
        ExecCredentials(
            ExecPlugin(command: "plugin", version: .v1), runner: programs.runner, wallClock: { [now] in now.value },
            hasTerminal: { false })
    }

    private func token(_ text: String, expiring seconds: Int64? = nil) -> String {
        guard let seconds else { return #"{"token":"\#(text)"}"# }
        let time = Timestamp(seconds: now.value.seconds + seconds).rfc3339
        return #"{"token":"\#(text)","expirationTimestamp":"\#(time)"}"#
    }

    private func header(_ credentials: ExecCredentials) async throws(KubeError) -> String? {
        try await credentials.credential().headers.first?.value
    }

    @Test func `a credential without an end is kept until it is rejected`() async throws {
        let programs = ScriptedPrograms(token("one"), token("two"))
        let credentials = credentials(programs)
        for _ in 0..<3 { #expect(try await header(credentials) == "Bearer one") }
        now.advance(1_000_000)
        #expect(try await header(credentials) == "Bearer one")
        await credentials.rejected(RequestCredential(headers: [("Authorization", "Bearer one")]))
        #expect(try await header(credentials) == "Bearer two")
        #expect(programs.runs == 2)
    }

    @Test func `a rejection of an older credential leaves the newer one alone`() async throws {
        let programs = ScriptedPrograms(token("one"), token("two"), token("three"))
        let credentials = credentials(programs)
        let one = try await credentials.credential()
        // A burst of 401s for the same credential.
        for _ in 0..<5 {
            await credentials.rejected(one)
            #expect(try await header(credentials) == "Bearer two")
        }
        #expect(programs.runs == 2)
    }

    @Test func `a credential is renewed before it expires`() async throws {
        let programs = ScriptedPrograms(token("one", expiring: 600), token("two", expiring: 1200))
        let credentials = credentials(programs)
        #expect(try await header(credentials) == "Bearer one")
        now.advance(589)
        #expect(try await header(credentials) == "Bearer one")
        now.advance(1)
        #expect(try await header(credentials) == "Bearer two")
    }

    @Test func `one that lives for seconds only is not renewed with every request`() async throws {
        let programs = ScriptedPrograms(token("one", expiring: 5))
        let credentials = credentials(programs)
        for _ in 0..<10 { #expect(try await header(credentials) == "Bearer one") }
        #expect(programs.runs == 1)
    }

    @Test func `while the plugin fails, the last credential stays in use until it has expired`() async throws {
        let programs = ScriptedPrograms(token("one", expiring: 600))
        programs.add(.failure(.timedOut))
        let credentials = credentials(programs)
        for seconds: Int64 in [0, 595, 4] {
            now.advance(seconds)
            #expect(try await header(credentials) == "Bearer one")
        }
        #expect(programs.runs == 3)
        now.advance(1)
        await #expect {
            try await header(credentials)
        } throws: {
            "\($0)" == "exec plugin plugin did not end in time and was killed"
        }
    }

    @Test func `however many ask at once, the plugin runs once, and all get what it gives`() async throws {
        let latch = Latch()
        let programs = ScriptedPrograms(token("one"), gate: { await latch.wait() })
        let credentials = credentials(programs)
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { try await self.header(credentials) } }
            latch.open()
            for try await header in group { #expect(header == "Bearer one") }
        }
        #expect(programs.runs == 1)
    }

    @Test func `a failure is shared by those who wait, and tried again by those who come later`() async throws {
        let latch = Latch()
        let programs = ScriptedPrograms(gate: { await latch.wait() })
        programs.add(.failure(.timedOut))
        programs.add(.success(token("late")))
        let credentials = credentials(programs)
        async let first = header(credentials)
        async let second = header(credentials)
        latch.open()
        let outcomes = [try? await first, try? await second]
        // The second may have come after the first had failed.
        #expect(outcomes.compactMap(\.self).allSatisfy { $0 == "Bearer late" })
        #expect(try await header(credentials) == "Bearer late")
        #expect(programs.mostAtOnce == 1)
    }

    @Test func `when the one who runs the plugin is cancelled, another runs it`() async throws {
        let (started, began) = AsyncStream<Void>.makeStream()
        let latch = Latch()
        let programs = ScriptedPrograms(
            token("one"),
            gate: {
                began.yield()
                await latch.wait()
            })
        let credentials = credentials(programs)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect {
                    try await self.header(credentials)
                } throws: {
                    ($0 as? KubeError)?.code == .cancelled
                }
            }
            for await _ in started { break }
            async let other = header(credentials)
            group.cancelAll()
            latch.open()
            let header = try? await other
            #expect(header == "Bearer one")
        }
        #expect(programs.mostAtOnce == 1)
    }

    @Test func `equal configurations share their credentials, others do not`() {
        let plugin = ExecPlugin(command: "shared-plugin", version: .v1)
        var other = plugin
        other.environment = ["X": "1"]
        let first = ExecCredentials.shared(plugin)
        #expect(ExecCredentials.shared(plugin) === first)
        #expect(ExecCredentials.shared(other) !== first)
    }

    @Test func `a description, a dump and a debugger show no credential`() async throws {
        let credentials = credentials(
            ScriptedPrograms(
                #"{"token":"hunter2","clientCertificateData":"-----BEGIN CERTIFICATE-----","#
                    + #""clientKeyData":"-----BEGIN PRIVATE KEY-----hunter2"}"#))
        let credential = try await credentials.credential()
        var text = "\(credentials) \(credential) \(String(reflecting: credential))"
        dump(credentials, to: &text)
        dump(credential, to: &text)
        #expect(!text.contains("hunter2"))
        #expect(!text.contains("104\n"), "the key's bytes")
        #expect("\(credential)" == "headers and client certificate")
    }

    @Test(
        "runs are counted as client-go counts them, and one that was cancelled is not",
        arguments: [
            (Result<Int32, Program.Failure>.success(0), String?("code=0,call_status=no_error")),
            (.success(3), "code=3,call_status=plugin_execution_error"),
            (.failure(.notStarted(2)), "code=1,call_status=plugin_not_found_error"),
            (.failure(.timedOut), "code=1,call_status=client_internal_error"), (.failure(.cancelled), nil),
        ])
    func counted(result: Result<Int32, Program.Failure>, labels: String?) async {
        let metrics = CountingMetrics()
        let runner = ProgramRunner { (_) throws(Program.Failure) in
            Program.Outcome(ending: .exited(try result.get()), output: [])
        }
        let credentials = ExecCredentials(
            ExecPlugin(command: "plugin", version: .v1), runner: runner, hasTerminal: { false }, metrics: metrics)
        _ = try? await credentials.credential()
        #expect(metrics.values == labels.map { ["rest_client_exec_plugin_call_total{\($0)}": [1]] } ?? [:])
    }

    @Test func `a certificate has an age when another takes its place, and an end`() async throws {
        func certificate(_ text: String) -> String {
            let text = text.replacing("\n", with: "\\n")
            return #"{"clientCertificateData":"\#(text)","clientKeyData":"-----BEGIN PRIVATE KEY-----"}"#
        }
        let programs = ScriptedPrograms(
            certificate(CertificateValidityTests.month), certificate(CertificateValidityTests.month),
            certificate(CertificateValidityTests.century), token("one"))
        let metrics = CountingMetrics()
        let start = try #require(Timestamp(rfc3339: "2026-11-27T02:18:10Z"))
        let credentials = ExecCredentials(
            ExecPlugin(command: "plugin", version: .v1), runner: programs.runner,
            wallClock: { Timestamp(seconds: start.seconds + 3600 * Int64(programs.runs)) }, hasTerminal: { false },
            metrics: metrics)
        #expect(ExecMetrics.timeToLive(of: [], at: start) == nil)
        #expect(ExecMetrics.timeToLive(of: [credentials], at: start) == .infinity)
        for rest: Double in [30 * 86_400, 30 * 86_400, 36_500 * 86_400, .infinity] {
            await credentials.rejected(try await credentials.credential())
            #expect(ExecMetrics.timeToLive(of: [credentials], at: start) == rest)
        }
        #expect(programs.runs == 4)
        // The second certificate was the first again, and a token has no age.
        #expect(metrics.values["rest_client_exec_plugin_certificate_rotation_age{}"] == [3 * 3600, 4 * 3600])
    }
}
