import CoreMetrics
import KubeClient
import Logging
import Synchronization
import TestSupport
import Testing

@Suite("What a request leaves behind")
struct ObservabilityTests {
    private let key = ObjectKey(namespace: "shop", name: "web")
    private let metrics = CountingMetrics()
    private static let object = #"{"metadata":{"name":"web"}}"#

    private func configMaps(
        _ transport: any Transport, logger: Logger = .silent,
        tracing: RequestTracing? = nil
    ) -> ResourceClient<ObjectMetadata> {
        KubeClient(transport: transport, clock: NotingClock(), logger: logger, metrics: metrics, tracing: tracing)
            .resource(.configMaps)
    }

    // MARK: metrics

    @Test func `the sizes of both bodies are recorded, by method and host`() async throws {
        let api = configMaps(ScriptedTransport(.json(200, "{", #""metadata":{}}"#), .json(200, Self.object)))
        _ = try await api.get(key)
        try await api.patch(key, .merge(Array("{}".utf8)))
        let labels = { (method: String) in "{verb=\(method),host=in-process}" }
        #expect(metrics.values["rest_client_request_size_bytes\(labels("GET"))"] == [0])
        #expect(metrics.values["rest_client_response_size_bytes\(labels("GET"))"] == [15])
        #expect(metrics.values["rest_client_request_size_bytes\(labels("PATCH"))"] == [2])
        #expect(metrics.values["rest_client_response_size_bytes\(labels("PATCH"))"] == [Double(Self.object.utf8.count)])
    }

    @Test func `a refusal has a size, an answer that never came has none, and a watch has no end to measure`() async {
        let api = configMaps(ScriptedTransport(.json(404, "{}"), .init(status: 0, failure: .init(.transport, "lost"))))
        _ = try? await api.get(key)
        _ = try? await api.delete(key)
        try? await configMaps(ScriptedTransport(.json(200))).watch { _ in }
        let sizes = metrics.values.filter { $0.key.contains("response_size") }
        #expect(sizes == ["rest_client_response_size_bytes{verb=GET,host=in-process}": [2]])
        let counts = metrics.values.filter { $0.key.hasPrefix("rest_client_requests_total") }
        #expect(counts.values.map(\.count).reduce(0, +) == 3)
    }

    // MARK: tracing

    private struct Ended: Equatable {
        var request: String
        var status: Int?
        var failed: Bool
    }

    @Test func `each attempt is a span, and the server can join it`() async throws {
        let ended = Mutex<[Ended]>([])
        var busy = ScriptedTransport.Step.json(429, "{}")
        busy.headers.append(("Retry-After", "1"))
        let transport = ScriptedTransport(busy, .json(200, Self.object))
        let number = Mutex(0)
        let api = configMaps(transport) { request in
            let id = number.withLock { number in
                number += 1
                return number
            }
            return RequestSpan(traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-000000000000000\(id)-01") {
                status, error in
                ended.withLock { $0.append(Ended(request: request, status: status, failed: error != nil)) }
            }
        }
        _ = try await api.get(key)
        #expect(
            ended.withLock { $0 } == [
                Ended(request: "get configmaps shop/web", status: 429, failed: true),
                Ended(request: "get configmaps shop/web", status: 200, failed: false),
            ])
        let parents = transport.requests.map { $0.headers.filter { $0.name == "traceparent" }.map(\.value) }
        #expect(
            parents == [
                ["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000001-01"],
                ["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000002-01"],
            ])
    }

    @Test func `an attempt without an answer ends its span, and without tracing no header is sent`() async throws {
        let ended = Mutex<[Ended]>([])
        let lost = configMaps(ScriptedTransport(.init(status: 0, failure: .init(.timeout, "late")))) { request in
            RequestSpan { status, error in
                ended.withLock { $0.append(Ended(request: request, status: status, failed: error?.isTimeout == true)) }
            }
        }
        _ = try? await lost.get(key)
        #expect(ended.withLock { $0 } == [Ended(request: "get configmaps shop/web", status: nil, failed: true)])
        let plain = ScriptedTransport(.json(200, Self.object))
        _ = try await configMaps(plain).get(key)
        #expect(plain.requests.first?.headers.contains { $0.name == "traceparent" } == false)
    }

    // MARK: warnings

    @Test(
        "a warning of the server is told once, whether it granted the request or not",
        arguments: [
            (#"299 - "v1 is old""#, "v1 is old"), (#"299 - "say \"a\" \\ b" "Mon, 01 Jan 2026""#, #"say "a" \ b"#),
            ("rubbish", "rubbish"), ("299 - \"two\u{85}lines\"", "two lines"),
        ])
    func warnings(header: String, text: String) async {
        let lines = Journal<String>()
        var refused = ScriptedTransport.Step.json(422, "{}")
        refused.headers += [("Warning", header), ("warning", #"299 - "another""#)]
        var granted = refused
        granted.status = 200
        granted.pieces = [Self.object]
        let api = configMaps(ScriptedTransport(refused, granted, granted), logger: .into(lines))
        for _ in 0..<3 { _ = try? await api.get(key) }
        #expect(
            lines.entries == [
                "warning the API server warns: \(text)", "warning the API server warns: another",
            ])
    }
}
