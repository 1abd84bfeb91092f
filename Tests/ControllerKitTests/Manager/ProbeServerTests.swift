import CoreMetrics
import KubeClient
import TestSupport
import Testing

@testable import ControllerKit

@Suite("Listen addresses")
struct ListenAddressTests {
    @Test(
        "what can be listened on is understood",
        arguments: [
            (":9090", nil, 9090), ("127.0.0.1:0", "127.0.0.1", 0), ("localhost:8080", "localhost", 8080),
            ("[::1]:9090", "::1", 9090), ("0.0.0.0:65535", "0.0.0.0", 65535),
        ] as [(String, String?, Int)])
    func valid(text: String, host: String?, port: Int) throws {
        let address = try #require(try ListenAddress.parse(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test("nothing and off are no address", arguments: ["", "off"])
    func off(text: String) throws { #expect(try ListenAddress.parse(text) == nil) }

    @Test(
        "what cannot is refused with a reason",
        arguments: [
            ("9090", "no port"), ("localhost", "no port"), ("localhost:", "not a number"), (":http", "not a number"),
            (":65536", "not a number"), (":-1", "not a number"), ("::1:9090", "brackets"), ("[::1:9090", "not closed"),
            ("[]:9090", "not closed"),
        ])
    func invalid(text: String, reason: String) {
        let error = #expect(throws: KubeError.self) { try ListenAddress.parse(text) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("'\(text)'") == true)
    }
}

@Suite("Probe server")
struct ProbeServerTests {
    func serving(
        _ routes: [String: ProbeServer.Route], limits: ProbeService.Limits = .patient,
        _ body: (ProbeServer) async throws -> Void
    ) async throws {
        let server = try ProbeServer(address: "127.0.0.1:0", routes: routes, limits: limits, logger: .silent)
        try await server.bind()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(server)
            group.cancelAll()
        }
        #expect(server.port == nil)
    }

    let alive: [String: ProbeServer.Route] = ["/live": { ProbeResponse("alive") }]

    @Test("a path is answered with its status, type and body")
    func routes() async throws {
        let routes: [String: ProbeServer.Route] = [
            "/live": { ProbeResponse("alive") },
            "/bad": { ProbeResponse(status: 500, contentType: "text/x", body: Array("no".utf8)) },
        ]
        try await serving(routes) { server in
            let live = try await LoopbackClient.request("/live", port: server.port)
            #expect(live.status == 200)
            #expect(live.body == "alive")
            #expect(live.head.contains("content-type: text/plain; charset=utf-8"))
            #expect(live.head.contains("content-length: 5"))
            let bad = try await LoopbackClient.request("/bad?verbose", port: server.port)
            #expect(bad.status == 500)
            #expect(bad.body == "no")
            #expect(bad.head.contains("content-type: text/x"))
        }
    }

    @Test("unknown paths are not found", arguments: ["/", "/liv", "/live/", "/debug/pprof/"])
    func notFound(path: String) async throws {
        try await serving(alive) { server in
            let reply = try await LoopbackClient.request(path, port: server.port)
            #expect(reply.status == 404)
        }
    }

    @Test("HEAD is answered without the body, other methods like GET")
    func methods() async throws {
        try await serving(alive) { server in
            let head = try await LoopbackClient.request("/live", method: "HEAD", port: server.port)
            #expect(head.status == 200)
            #expect(head.head.contains("content-length: 5"))
            #expect(head.body == "")
            #expect(try await LoopbackClient.request("/live", method: "POST", port: server.port).body == "alive")
        }
    }

    @Test("a connection serves several requests, also when they come at once")
    func keepAlive() async throws {
        try await serving(alive) { server in
            let client = try await LoopbackClient(port: server.port)
            client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await client.until("alive")
            client.send(
                "GET /nope HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = try await client.untilClosed()
            #expect(text.components(of: "HTTP/1.1 ") == ["200 OK", "404 Not Found", "200 OK"])
        }
    }

    @Test(
        "a request that never ends is cut off",
        arguments: [
            "", "GET /live HTTP/1.1\r\nHost: ",
            "POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
        ])
    func slowloris(start: String) async throws {
        var limits = ProbeService.Limits()
        limits.request = .milliseconds(50)
        try await serving(alive, limits: limits) { server in
            let client = try await LoopbackClient(port: server.port)
            client.send(start)
            #expect(try await client.untilClosed() == "")
        }
    }

    @Test("an idle connection is closed after its time")
    func idle() async throws {
        var limits = ProbeService.Limits.patient
        limits.keepAlive = .milliseconds(50)
        try await serving(alive, limits: limits) { server in
            let client = try await LoopbackClient(port: server.port)
            client.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.untilClosed().hasSuffix("alive"))
        }
    }

    @Test("connections above the limit are closed, those below go on")
    func connectionLimit() async throws {
        var limits = ProbeService.Limits.patient
        limits.connections = 1
        try await serving(alive, limits: limits) { server in
            let first = try await LoopbackClient(port: server.port)
            first.send("GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await first.until("alive")
            let second = try await LoopbackClient(port: server.port)
            #expect(try await second.untilClosed() == "")
            first.send("GET /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try await first.untilClosed().components(of: "HTTP/1.1 ").count == 2)
        }
    }

    @Test("nonsense is answered with 400 and harms nobody")
    func nonsense() async throws {
        try await serving(alive) { server in
            let client = try await LoopbackClient(port: server.port)
            client.send("\u{16}\u{3}\u{1} hello TLS\r\n\r\n")
            #expect(try await client.untilClosed().hasPrefix("HTTP/1.1 400"))
            #expect(try await LoopbackClient.request("/live", port: server.port).status == 200)
        }
    }

    @Test("all interfaces are reached by both families where there are both")
    func allInterfaces() async throws {
        let server = try ProbeServer(address: ":0", routes: alive, limits: .patient, logger: .silent)
        try await server.bind()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let reply = try await LoopbackClient.request("/live", port: server.port)
            #expect(reply.body == "alive")
            group.cancelAll()
        }
    }

    @Test("an address in use is an error that names it")
    func inUse() async throws {
        try await serving(alive) { server in
            let address = "127.0.0.1:\(server.port ?? 0)"
            let second = try ProbeServer(address: address, routes: [:], logger: .silent)
            let error = await #expect(throws: KubeError.self) { try await second.run() }
            #expect(error?.message.contains("cannot listen on \(address)") == true)
            #expect(error?.description.contains("in use") == true)
        }
    }

    @Test("port 0 picks a port and tells it")
    func tellsPort() async throws {
        let lines = Journal<String>()
        let server = try ProbeServer(address: "127.0.0.1:0", routes: [:], logger: .into(lines))
        try await server.bind()
        let port = try #require(server.port)
        #expect(port > 0)
        #expect(lines.entries == ["info serving probes and metrics address=127.0.0.1:\(port)"])
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            group.cancelAll()
        }
    }

    @Test("a server that is off waits for the end and serves nothing")
    func off() async throws {
        let server = try ProbeServer(address: "off", routes: alive, logger: .silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            #expect(server.port == nil)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("metrics are served as Prometheus expects them")
    func metrics() async throws {
        let registry = PrometheusRegistry(reportsProcess: false)
        Counter(label: "a_total", factory: registry).increment()
        try await serving(["/metrics": { ProbeResponse(registry) }]) { server in
            let reply = try await LoopbackClient.request("/metrics", port: server.port)
            #expect(reply.head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
            #expect(reply.body == "# TYPE a_total counter\na_total 1\n")
        }
    }
}

extension String {
    /// The rest of the line after each occurrence of `marker`.
    fileprivate func components(of marker: String) -> [String] {
        var found: [String] = []
        var rest = utf8[...]
        while !rest.isEmpty {
            if rest.starts(with: marker.utf8) {
                let line = rest.dropFirst(marker.utf8.count).prefix { $0 != 0x0D && $0 != 0x0A }
                found.append(String(decoding: line, as: UTF8.self))
            }
            rest = rest.dropFirst()
        }
        return found
    }
}

extension ProbeService.Limits {
    /// For a machine so busy that a test may stand still for longer than a probe would wait.
    fileprivate static var patient: Self { Self(request: .seconds(3600), keepAlive: .seconds(3600)) }
}
