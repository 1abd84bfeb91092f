import KubeClient
import Logging
import Synchronization
import Testing

@testable import ControllerTestKit

@Suite struct FaultTests {
    private let clock = ManualClock()
    private let server: TestAPIServer
    private let transport: InProcessTransport

    init() throws {
        server = TestAPIServer(clock: clock)
        transport = InProcessTransport(server: server, headers: [])
        try server.configMap("a", ["k": "v"])
    }

    private let get = HTTPRequest(.get, "\(configMapsPath)/a")

    private func perform(_ request: HTTPRequest) async throws -> Received {
        let received = Received()
        try await transport.perform(request, deliveringTo: received)
        return received
    }

    @Test func `a refusal carries code, reason and Retry-After, as often as it is injected for`() async throws {
        server.inject(Fault(.status(429, reason: "TooManyRequests", retryAfter: 7), times: 2))
        for _ in 1...2 {
            let answer = try await perform(get)
            #expect(answer.status == 429)
            #expect(answer.head?[header: "Retry-After"] == "7")
            #expect(answer.json["reason"] == "TooManyRequests")
            #expect(answer.json["details", "retryAfterSeconds"] == 7)
        }
        #expect(try await perform(get).status == 200)
    }

    @Test func `a fault meets only the requests that it is for, and can be withdrawn`() async throws {
        let withdraw = server.inject(Fault(.status(500), times: nil, verb: "create", resource: "configmaps"))
        let create = HTTPRequest(.post, configMapsPath, body: Array(#"{"metadata":{"name":"b"}}"#.utf8))
        #expect(try await perform(get).status == 200)
        #expect(try await perform(create).status == 500)
        #expect(server.find(.configMaps, .inDefault("b")) == nil)
        withdraw()
        #expect(try await perform(create).status == 201)
    }

    @Test func `a request that hangs ends with the client's time-out`() async throws {
        server.inject(Fault(.hang))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [transport] in
                var request = HTTPRequest(.get, "\(configMapsPath)/a")
                request.timeout = .seconds(10)
                await #expect {
                    try await transport.perform(request, deliveringTo: Received())
                } throws: {
                    ($0 as? KubeError)?.code == .timeout
                }
            }
            try await clock.waitForSleepers()
            let request = try await server.waitForRequest(answered: false) { $0.method == "GET" }
            #expect(request.status == nil)
            clock.advance(by: .seconds(10))
            try await group.waitForAll()
        }
    }

    @Test func `cancelling ends a request that hangs`() async throws {
        server.inject(Fault(.hang))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [transport, get] in
                await #expect {
                    try await transport.perform(get, deliveringTo: Received())
                } throws: {
                    ($0 as? KubeError)?.code == .cancelled
                }
            }
            try await server.waitForRequest(answered: false) { $0.method == "GET" }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test(arguments: [(Fault.Effect.reset, false), (.lostAnswer, true)])
    func `a broken connection leaves the write undone or done`(effect: Fault.Effect, isDone: Bool) async throws {
        server.inject(Fault(effect))
        let create = HTTPRequest(.post, configMapsPath, body: Array(#"{"metadata":{"name":"b"}}"#.utf8))
        await #expect {
            try await perform(create)
        } throws: {
            ($0 as? KubeError)?.code == .transport
        }
        #expect((server.find(.configMaps, .inDefault("b")) != nil) == isDone)
        #expect(server.requests.last?.status == nil)
    }

    @Test func `an answer that is cut off has come as far as it came`() async throws {
        server.inject(Fault(.truncatedAnswer(bytes: 10)))
        let received = Received()
        await #expect {
            try await transport.perform(get, deliveringTo: received)
        } throws: {
            ($0 as? KubeError)?.code == .transport
        }
        #expect(received.status == 200)
        #expect(received.body == Array(#"{"kind":"C"#.utf8))
    }

    @Test func `an answer can come byte by byte`() async throws {
        let whole = try await perform(get).body
        server.inject(Fault(.chunks(bytes: 1)))
        let pieces = try await perform(get)
        #expect(pieces.body == whole)
        #expect(pieces.pieceCount == whole.count)
    }

    @Test(arguments: [(Fault.Effect.delay(.seconds(4)), false), (.delayedAnswer(.seconds(4)), true)])
    func `a delay comes before or after the write`(effect: Fault.Effect, isDoneAtOnce: Bool) async throws {
        server.inject(Fault(effect))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [transport] in
                let create = HTTPRequest(.post, configMapsPath, body: Array(#"{"metadata":{"name":"b"}}"#.utf8))
                let received = Received()
                try await transport.perform(create, deliveringTo: received)
                #expect(received.status == 201)
            }
            try await clock.waitForSleepers()
            #expect((server.find(.configMaps, .inDefault("b")) != nil) == isDoneAtOnce)
            clock.advance(by: .seconds(4))
            try await group.waitForAll()
        }
        #expect(server.find(.configMaps, .inDefault("b")) != nil)
    }
}

/// Keeps what a transport delivers.
final class Received: ResponseReceiver, Sendable {
    private struct State {
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        var pieceCount = 0
    }

    private let state = Mutex(State())

    func receive(_ head: HTTPResponseHead) throws(KubeError) { state.withLock { $0.head = head } }

    func receive(_ bytes: RawSpan) throws(KubeError) {
        let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        state.withLock { state in
            state.body += copy
            state.pieceCount += 1
        }
    }

    var head: HTTPResponseHead? { state.withLock { $0.head } }
    var status: Int? { head?.status }
    var body: [UInt8] { state.withLock { $0.body } }
    var pieceCount: Int { state.withLock { $0.pieceCount } }
    var json: JSONValue { (try? GoJSONParser.parse(body).value) ?? .null }
}
