import ControllerKit
import ControllerTestKit
import KubeClient
import ServiceLifecycle
import Synchronization
import Testing

@testable import ReloaderCore

@Suite(.timeLimit(.minutes(1))) struct AlertSenderTests {
    /// Answers by a script, the last answer again and again; nil never answers.
    private final class ScriptedPoster: HTTPPoster {
        private let state: Mutex<(script: [Result<Int, HTTPPostError>?], bodies: [String])>

        init(_ script: Result<Int, HTTPPostError>?...) { state = Mutex((script, [])) }

        var bodies: [String] { state.withLock { $0.bodies } }

        func post(_ body: [UInt8], contentType: String) async throws(HTTPPostError) -> HTTPPostAnswer {
            let next = state.withLock { state in
                state.bodies.append(String(decoding: body, as: UTF8.self))
                return state.script.count > 1 ? state.script.removeFirst() : state.script[0]
            }
            guard let next else {
                do { try await ManualClock().sleep(for: .seconds(1)) } catch { throw .cancelled }
                throw .timedOut
            }
            return HTTPPostAnswer(status: try next.get())
        }
    }

    private let log = LogCapture()
    private let registry = PrometheusRegistry(reportsProcess: false)
    private let clock = ManualClock()

    private func sender(
        _ poster: any HTTPPoster, sink: AlertSink = .raw, limit: Int = AlertSender.limit
    ) throws -> AlertSender {
        AlertSender(
            try #require(AlertOptions(url: "https://hooks.example/T0KEN", sink: sink)), poster: poster,
            metrics: ReloadMetrics(factory: registry, countsByNamespace: false), timeline: Timeline(clock),
            logger: log.logger, limit: limit)
    }

    private func message(_ workload: String = "web") -> AlertMessage {
        AlertMessage(
            config: ConfigKey(.configMap, namespace: "shop", name: "a"),
            workload: WorkloadKey(.deployment, ObjectKey(namespace: "shop", name: workload)))
    }

    private func count(_ result: String) -> Int {
        let line = String(decoding: registry.exposition(), as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix("reloader_alerts_total{result=\"\(result)\"}")
        }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    private func run(_ sender: AlertSender, until isDone: @Sendable () -> Bool) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sender.run() }
            while !isDone(), !Task.isCancelled { await Task.yield() }
            group.cancelAll()
        }
    }

    @Test("any 2xx is success, for every sink", arguments: AlertSink.allCases, [200, 202, 204])
    func success(sink: AlertSink, status: Int) async throws {
        let sender = try sender(ScriptedPoster(.success(status)), sink: sink)
        sender.send(message())
        await run(sender) { count("success") == 1 }
        #expect(log.lines.isEmpty)
    }

    @Test(
        "a failure is one line without the URL, and the next alert is sent",
        arguments: [
            (Result<Int, HTTPPostError>.success(500), "error sending msg. status: 500"),
            (.success(404), "error sending msg. status: 404"),
            (.success(302), "incorrect token (redirection)"),
            (.failure(.timedOut), "no complete answer in time"),
            (.failure(.failed(.unknownHost)), "the name of the host or of the proxy has no address"),
        ])
    func failure(result: Result<Int, HTTPPostError>, text: String) async throws {
        let sender = try sender(ScriptedPoster(result, .success(200)))
        sender.send(message())
        sender.send(message())
        await run(sender) { count("success") == 1 }
        #expect(count("error") == 1)
        #expect(log.lines == ["error Error sending alert: \(text) endpoint=https://hooks.example"])
    }

    @Test func `what does not fit is dropped and counted, with one warning for each time of need`() async throws {
        let poster = ScriptedPoster(.success(200))
        let sender = try sender(poster, limit: 2)
        for index in 0..<5 { sender.send(message("web-\(index)")) }
        #expect(count("dropped") == 3)
        let warning = "warning Alerts are dropped: https://hooks.example does not take them as fast as they come"
        #expect(log.lines == [warning])
        await run(sender) { count("success") == 2 }
        // The oldest were kept.
        #expect(poster.bodies.map { $0.contains("web-0") } == [true, false])
        #expect(poster.bodies.map { $0.contains("web-1") } == [false, true])
    }

    @Test func `a shutdown sends what waits`() async throws {
        let poster = ScriptedPoster(.success(200))
        let sender = try sender(poster)
        let services = ServiceGroup(services: [sender], logger: log.logger)
        sender.send(message())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            while poster.bodies.isEmpty { await Task.yield() }
            for _ in 0..<3 { sender.send(message()) }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(poster.bodies.count == 4)
    }

    @Test func `a shutdown waits for an endpoint that hangs for three seconds and no more`() async throws {
        let poster = ScriptedPoster(nil)
        let sender = try sender(poster)
        let services = ServiceGroup(services: [sender], logger: log.logger)
        sender.send(message())
        sender.send(message())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            while poster.bodies.isEmpty { await Task.yield() }
            await services.triggerGracefulShutdown()
            try await clock.waitForSleepers(1)
            clock.advance(by: .seconds(3))
            try await group.waitForAll()
        }
        #expect(poster.bodies.count == 1)
        #expect(count("dropped") == 2)
        #expect(!log.lines.contains { $0.hasPrefix("error") })
    }
}
