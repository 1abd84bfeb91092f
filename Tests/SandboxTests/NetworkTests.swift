import KubeClient
import Testing

@testable import Sandbox

@Suite struct NetworkTests {
    @Test("a front answers 503 while nothing is behind it, and carries to the newest backend otherwise")
    func front() async throws {
        let pods = ReadyPods()
        let front = try await ServiceFront(preferredPort: 0) { pods.port(in: "test", selector: ["app": "web"]) }
        try await withThrowingTaskGroup { group in
            group.addTask { await front.run() }
            #expect(try await HTTPGet.get(port: front.port, path: "/", timeout: .seconds(30)).status == 503)

            // A front behind the front: it answers 503 as well, but with itself as backend it would never end.
            let inner = try await ServiceFront(preferredPort: 0) { nil }
            group.addTask { await inner.run() }
            let pod = Manifest(
                json: .make(
                    (
                        "metadata",
                        .make(
                            ("name", .string("p")), ("namespace", .string("test")), ("uid", .string("u")),
                            ("labels", .make(["app": "web", "more": "x"])))
                    )))
            pods.set(pod, port: inner.port)
            let answer = try await HTTPGet.get(port: front.port, path: "/", timeout: .seconds(30))
            #expect(answer.status == 503)
            #expect(answer.body == "No pod is ready behind this address yet.\n")
            pods.set(pod, port: nil)
            #expect(pods.port(in: "test", selector: ["app": "web"]) == nil)
            group.cancelAll()
        }
    }

    @Test("a taken port is not fought over")
    func takenPort() async throws {
        let first = try await ServiceFront(preferredPort: 0) { nil }
        let second = try await ServiceFront(preferredPort: first.port) { nil }
        #expect(second.port != first.port)
        await withTaskGroup { group in
            group.addTask { await first.run() }
            group.addTask { await second.run() }
            group.cancelAll()
        }
    }

    @Test("a selector selects by namespace and labels")
    func selection() {
        let pods = ReadyPods()
        func pod(_ name: String, _ namespace: String, _ app: String, _ created: String) -> Manifest {
            Manifest(
                json: .make(
                    (
                        "metadata",
                        .make(
                            ("name", .string(name)), ("namespace", .string(namespace)), ("uid", .string(name)),
                            ("labels", .make(["app": app])), ("creationTimestamp", .string(created)))
                    )))
        }
        pods.set(pod("a", "test", "web", "2026-01-01T00:00:00Z"), port: 1)
        pods.set(pod("b", "test", "web", "2026-01-01T00:00:01Z"), port: 2)
        pods.set(pod("c", "other", "web", "2026-01-01T00:00:02Z"), port: 3)
        pods.set(pod("d", "test", "db", "2026-01-01T00:00:02Z"), port: 4)
        #expect(pods.port(in: "test", selector: ["app": "web"]) == 2)
        #expect(pods.port(in: "other", selector: ["app": "web"]) == 3)
        #expect(pods.port(in: "none", selector: [:]) == nil)
    }

    @Test(
        "answers are taken apart",
        arguments: [
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody", 200, "body"), ("HTTP/1.0 503 X\r\n\r\n", 503, ""),
        ])
    func parsing(_ text: String, _ status: Int, _ body: String) {
        #expect(HTTPGet.parse(text) == HTTPGet.Answer(status: status, body: body))
    }

    @Test("what is no answer is none", arguments: ["", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n\r\n"])
    func nonsense(_ text: String) { #expect(HTTPGet.parse(text) == nil) }
}

@Suite struct WebPageTests {
    @Test("the plain page is names and values")
    func parsing() {
        let page = WebPage(parsing: "APP_TITLE: Hello: world\nPod: p\nnonsense\nEMPTY:\n")
        #expect(page["APP_TITLE"] == "Hello: world")
        #expect(page["Pod"] == "p")
        #expect(page["EMPTY"] == "")
        #expect(page["None"] == nil)
    }
}
