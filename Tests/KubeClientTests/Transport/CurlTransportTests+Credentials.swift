import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// Whose requests they are.
extension CurlTransportTests {
    /// Gives out tokens one after the other as they are rejected.
    private final class Tokens: Credentials {
        private let tokens: Mutex<[String]>
        let rejections = Mutex<[String]>([])
        init(_ tokens: String...) { self.tokens = Mutex(tokens) }
        var description: String { "tokens" }
        func headers() async throws(KubeError) -> [(name: String, value: String)] {
            guard let token = tokens.withLock({ $0.first }) else { throw KubeError(.credentials, "none left") }
            return [("Authorization", token)]
        }
        func rejected(_ headers: [(name: String, value: String)]) async {
            rejections.withLock { $0 += headers.map(\.value) }
            tokens.withLock {
                if $0.first == headers.first?.value, $0.count != 1 || $0 == ["last"] { $0.removeFirst() }
            }
        }
    }

    private func guarded() throws -> ScriptedServer {
        try ScriptedServer { request, connection in
            if request[header: "authorization"] == "good" { return connection.reply(body: "welcome") }
            connection.reply("401 Unauthorized", headers: ["Content-Type: application/json"], body: #"{"code":401}"#)
        }
    }

    @Test("a 401 is tried once more with renewed credentials, and the receiver sees only the second answer")
    func renewal() async throws {
        let server = try guarded()
        defer { server.stop() }
        let tokens = Tokens("stale", "good")
        let receiver = CollectingReceiver()
        try await transport(server, credentials: tokens, authenticates: true)
            .perform(HTTPRequest(.post, "/", body: Array("x".utf8)), deliveringTo: receiver)
        #expect(receiver.heads.map(\.status) == [200])
        #expect(receiver.body == "welcome")
        #expect(tokens.rejections.withLock { $0 } == ["stale"])
        #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["x", "x"])
    }

    @Test("without other credentials the 401 is delivered, and nothing is sent again", arguments: ["only", "last"])
    func noRenewal(token: String) async throws {
        let server = try guarded()
        defer { server.stop() }
        let receiver = CollectingReceiver()
        try await transport(server, credentials: Tokens(token), authenticates: true)
            .perform(HTTPRequest(.get, "/"), deliveringTo: receiver)
        #expect(receiver.heads.map(\.status) == [401])
        #expect(receiver.heads.first?[header: "Content-Type"] == "application/json")
        #expect(receiver.body == #"{"code":401}"#)
        #expect(server.requests.count == 1)
    }

    @Test("a second 401 is delivered")
    func rejectedTwice() async throws {
        let server = try guarded()
        defer { server.stop() }
        let receiver = CollectingReceiver()
        try await transport(server, credentials: Tokens("stale", "staler", "good"), authenticates: true)
            .perform(HTTPRequest(.get, "/"), deliveringTo: receiver)
        #expect(receiver.heads.map(\.status) == [401])
        #expect(server.requests.count == 2)
    }

    @Test("credentials that cannot be had are an error, and nothing is sent")
    func unavailable() async throws {
        let server = try guarded()
        defer { server.stop() }
        let transport = try transport(server, credentials: Tokens(), authenticates: true)
        #expect(await failure(transport, HTTPRequest(.get, "/"))?.code == .credentials)
        #expect(server.requests.isEmpty)
    }

    @Test("no credentials go over plain HTTP")
    func plainHTTP() async throws {
        let server = try guarded()
        defer { server.stop() }
        let token = try #require(BearerToken("hunter2"))
        try await transport(server, credentials: token)
            .perform(HTTPRequest(.get, "/"), deliveringTo: CollectingReceiver())
        #expect(server.requests.first?[header: "authorization"] == nil)
    }

    @Test("a request's own Authorization goes before the configuration's, and its 401 is delivered")
    func ownAuthorization() async throws {
        let server = try guarded()
        defer { server.stop() }
        let receiver = CollectingReceiver()
        try await transport(server, credentials: Tokens("good"), authenticates: true)
            .perform(HTTPRequest(.get, "/", headers: [("authorization", "mine")]), deliveringTo: receiver)
        #expect(receiver.status == 401)
        #expect(server.requests.map { $0[header: "authorization"] } == ["mine"])
    }

    @Test("impersonation is asked for with each request")
    func impersonation() async throws {
        let server = try guarded()
        defer { server.stop() }
        var configuration = KubeConfiguration(server: server.url)
        configuration.impersonation = Impersonation(user: "boss", groups: ["a", "b"])
        let transport = try CurlTransport(configuration: configuration, logger: .silent)
        try await transport.perform(HTTPRequest(.get, "/"), deliveringTo: CollectingReceiver())
        let seen = try #require(server.requests.first)
        #expect(seen.headers.filter { $0.name.hasPrefix("Impersonate") }.map(\.value) == ["boss", "a", "b"])
    }
}
