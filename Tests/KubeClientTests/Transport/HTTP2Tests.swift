import TestSupport
import Testing

@testable import KubeClient

@Suite(
    .enabled(
        if: OpenSSL.isInstalled && Nginx.isInstalled, "HTTP/2 is NOT TESTED here: nginx or openssl is not installed"),
    .timeLimit(.minutes(1)))
struct HTTP2Tests {
    private let openssl: OpenSSL
    private let nginx: Nginx
    private let clock = StoppedClock()

    init() throws {
        openssl = try OpenSSL()
        nginx = try Nginx(openssl)
    }

    private struct Answer: Hashable {
        var version: String
        var connection: String
        var subject: String
    }

    private func transport(
        _ url: String, proxyURL: String = "", patience: Duration? = nil,
        _ change: (inout TLSSettings) -> Void = { _ in }
    ) throws -> CurlTransport {
        var tls = TLSSettings(certificateAuthority: try openssl.contents("ca.crt"))
        change(&tls)
        return try CurlTransport(
            configuration: KubeConfiguration(server: url, tls: tls, proxyURL: proxyURL),
            logger: .silent, patience: patience, clock: clock)
    }

    private static func ask(
        _ transport: CurlTransport, _ channel: HTTPRequest.Channel = .requests, timeout: Duration = .seconds(20),
        silenceLimit: Duration? = nil
    ) async throws -> Answer {
        let receiver = CollectingReceiver()
        var request = HTTPRequest(.get, "/", channel: channel, timeout: timeout)
        request.silenceLimit = silenceLimit
        try await transport.perform(request, deliveringTo: receiver)
        let parts = receiver.body.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        return Answer(version: parts[0], connection: parts[1], subject: parts[2])
    }

    @Test func `HTTP/2 is spoken where the server offers it, else HTTP/1.1`() async throws {
        #expect(try await Self.ask(transport(nginx.url)).version == "HTTP/2.0")
        #expect(try await Self.ask(transport(nginx.oldURL)).version == "HTTP/1.1")
    }

    @Test func `requests at the same time share one connection`() async throws {
        let transport = try transport(nginx.url)
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for _ in 0..<50 { group.addTask { try await Self.ask(transport) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 50)
        #expect(Set(answers).count == 1)
    }

    @Test func `watches, requests and the lease have connections of their own`() async throws {
        for url in [nginx.url, nginx.oldURL] {
            let transport = try transport(url)
            var connections: Set<String> = []
            for channel in [HTTPRequest.Channel.requests, .watches, .lease, .requests, .watches, .lease] {
                connections.insert(try await Self.ask(transport, channel).connection)
            }
            #expect(connections.count == 3)
        }
    }

    @Test func `a renewed client certificate means a new connection, which is then used again`() async throws {
        for url in [nginx.url, nginx.oldURL] {
            try openssl.replace("current", by: "client")
            let transport = try transport(url) { tls in
                tls.clientIdentity = ClientIdentity(
                    certificate: (try? openssl.contents("current.crt")) ?? [],
                    privateKey: (try? openssl.contents("current.key")) ?? [])
                tls.files = TLSFiles(
                    clientCertificate: openssl.path("current.crt"), clientKey: openssl.path("current.key"))
            }
            let first = try await Self.ask(transport)
            #expect(first.subject == "CN=client")
            try openssl.replace("current", by: "renewed")
            #expect(try await Self.ask(transport) == first)
            clock.advance(by: .seconds(300))
            let second = try await Self.ask(transport)
            #expect(second.subject == "CN=renewed")
            #expect(second.connection != first.connection)
            #expect(try await Self.ask(transport) == second)
        }
    }

    private func proxy() throws -> ProxyServer {
        try ProxyServer(target: try #require(ServerAddress(nginx.url)).port)
    }

    @Test
    func `a connection whose server has vanished behind a proxy is not used after the first request that it lets down`()
        async throws
    {
        let proxy = try proxy()
        defer { proxy.stop() }
        let transport = try transport(nginx.url, proxyURL: "http://127.0.0.1:\(proxy.port)")
        let first = try await Self.ask(transport)
        #expect(try await Self.ask(transport) == first)
        proxy.freeze()
        let error = await #expect(throws: KubeError.self) {
            try await Self.ask(transport, timeout: .milliseconds(50))
        }
        #expect(error?.code == .timeout)
        let second = try await Self.ask(transport)
        #expect(second.version == "HTTP/2.0")
        #expect(second.connection != first.connection)
        #expect(try await Self.ask(transport) == second)
    }

    @Test(arguments: [(Duration.zero, true), (.seconds(3600), false)])
    func `nor is it after a request that was cancelled on it, unless that was at once`(
        patience: Duration, isRetired: Bool
    ) async throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        let transport = try transport(
            nginx.url, proxyURL: "http://127.0.0.1:\(proxy.port)", patience: patience)
        let first = try await Self.ask(transport)
        #expect(try await Self.ask(transport) == first)
        proxy.freeze()
        let error = await #expect(throws: KubeError.self) {
            try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { try await Self.ask(transport) }
                await proxy.hasSwallowed.wait()
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(error?.code == .cancelled)
        guard isRetired else {
            let late = await #expect(throws: KubeError.self) {
                try await Self.ask(transport, timeout: .milliseconds(50))
            }
            #expect(late?.code == .timeout)
            return
        }
        #expect(try await Self.ask(transport).connection != first.connection)
    }

    @Test(arguments: [HTTPRequest.Channel.watches, .requests])
    func `an exchange whose connection has fallen silent counts as lost, and the next one makes another`(
        channel: HTTPRequest.Channel
    ) async throws {
        let proxy = try proxy()
        defer { proxy.stop() }
        let transport = try transport(nginx.url, proxyURL: "http://127.0.0.1:\(proxy.port)")
        let first = try await Self.ask(transport, channel)
        #expect(try await Self.ask(transport, channel) == first)
        proxy.freeze()
        let error = await #expect(throws: KubeError.self) {
            try await Self.ask(transport, channel, silenceLimit: .milliseconds(50))
        }
        #expect(error?.code == .transport)
        #expect(error?.neverArrived == true, "nothing came in since it began")
        let second = try await Self.ask(transport, channel)
        #expect(second.version == "HTTP/2.0")
        #expect(second.connection != first.connection)
        #expect(try await Self.ask(transport, channel) == second)
    }

    @Test func `with a name of its own the server is still asked by its address`() async throws {
        let transport = try transport(nginx.url) { $0.serverName = "api.test" }
        #expect(try await Self.ask(transport).version == "HTTP/2.0")
    }
}
