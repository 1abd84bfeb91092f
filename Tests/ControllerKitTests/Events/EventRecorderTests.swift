import ControllerKit
import ControllerTestKit
import KubeClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EventRecorderTests {
    private let server = TestAPIServer()

    private func recorder(limit: Int = 1000) -> EventRecorder {
        EventRecorder(
            client: server.client(logger: .silent), limit: limit,
            now: { Timestamp(seconds: 1_786_340_000, nanoseconds: 5) },
            logger: .silent)
    }

    private func event(_ name: String) -> RecordedEvent {
        RecordedEvent(
            .normal,
            regarding: .init(resource: .deployments, key: ObjectKey(namespace: "default", name: name), uid: "u-1"),
            reason: "Reloaded", message: "because", component: "tests")
    }

    /// Runs the recorder until `body` returns.
    private func running(_ recorder: EventRecorder, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await recorder.run() }
            try await body()
            group.cancelAll()
        }
    }

    @Test func `an event is a core v1 Event about its object`() async throws {
        let recorder = recorder()
        try await running(recorder) {
            recorder.record(event("web"))
            try await server.waitForRequest { $0.attributes.resource == "events" }
        }
        let stored = try #require(server.requests.first { $0.attributes.resource == "events" })
        let body = try JSONValue(parsing: stored.body)
        #expect(stored.status == 201)
        #expect(body["metadata"]?["name"]?.string == "web.18ca5ac3fc124005")
        #expect(body["involvedObject"]?["apiVersion"]?.string == "apps/v1")
        #expect(body["involvedObject"]?["uid"]?.string == "u-1")
        #expect(body["firstTimestamp"]?.string == "2026-08-10T05:33:20Z")
        #expect(body["source"]?["component"]?.string == "tests")
        #expect(body["count"]?.int == 1)
    }

    @Test func `what is recorded before it runs is written, up to the limit`() async throws {
        let recorder = recorder(limit: 2)
        for name in ["a", "b", "c"] { recorder.record(event(name)) }
        try await running(recorder) {
            try await server.waitForRequest { $0.attributes.resource == "events" && $0.bodyText.contains("\"b\"") }
            recorder.record(event("d"))
            try await server.waitForRequest { $0.attributes.resource == "events" && $0.bodyText.contains("\"d\"") }
        }
        #expect(!server.requests.contains { $0.bodyText.contains("\"name\":\"c\"") })
    }

    @Test func `a recorder that has stopped may be run again`() async throws {
        let recorder = recorder()
        for name in ["a", "b"] {
            try await running(recorder) {
                recorder.record(event(name))
                try await server.waitForRequest {
                    $0.attributes.resource == "events" && $0.bodyText.contains("\"\(name)\"")
                }
            }
        }
        #expect(server.requests.map(\.status) == [201, 201])
    }

    @Test func `a refused event is forgotten, and the next one is tried`() async throws {
        server.inject(Fault(.status(403, reason: "Forbidden"), times: 1, verb: "create", resource: "events"))
        let recorder = recorder()
        try await running(recorder) {
            recorder.record(event("a"))
            recorder.record(event("b"))
            try await server.waitForRequest { $0.attributes.resource == "events" && $0.status == 201 }
        }
        #expect(server.requests.filter { $0.attributes.resource == "events" }.map(\.status) == [403, 201])
    }

    @Test func `an equal event counts the first one up`() async throws {
        let recorder = recorder()
        try await running(recorder) {
            recorder.record(event("web"))
            try await server.waitForRequest { $0.attributes.resource == "events" && $0.attributes.verb == "create" }
            recorder.record(event("web"))
            try await server.waitForRequest { $0.attributes.resource == "events" && $0.attributes.verb == "patch" }
        }
        let stored = server.find(.events, ObjectKey(namespace: "default", name: "web.18ca5ac3fc124005"))
        #expect(stored?["count"]?.int == 2)
    }

    @Test func `an event about an object without a namespace is kept in default`() async throws {
        let recorder = recorder()
        var event = event("node")
        event.regarding = .init(resource: .namespaces, key: ObjectKey(name: "shop"), uid: "u-1")
        try await running(recorder) {
            recorder.record(event)
            try await server.waitForRequest { $0.attributes.resource == "events" }
        }
        #expect(server.requests.map(\.status) == [201])
        #expect(server.requests.first?.attributes.namespace == "default")
    }
}
