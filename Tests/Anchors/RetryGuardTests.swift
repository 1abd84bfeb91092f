import Synchronization
import TestSupport
import Testing

@testable import KubeClient

/// How ordinary requests and watches are repeated; the names in capitals are those of client-go's tests of the same rule
/// (`rest/with_retry_test.go`, `rest/request_test.go`, `rest/connection_test.go`).
@Suite(.timeLimit(.minutes(1))) struct RetryGuardTests {
    private let clock = NotingClock()
    private let key = ObjectKey(namespace: "n", name: "a")
    private static let object = #"{"metadata":{"name":"a","namespace":"n"}}"#

    private func configMaps(_ transport: any Transport, rate: RequestRate? = nil) -> ResourceClient<ObjectMetadata> {
        KubeClient(transport: transport, clock: clock, logger: .silent, rate: rate).resource(.configMaps)
    }

    /// Refuses so many times, then answers.
    private func refusing(
        _ times: Int, _ status: Int, retryAfter: String?, answer: String = Self.object
    ) -> ClosureTransport {
        let refusals = Atomic(0)
        return ClosureTransport { (_, receiver) throws(KubeError) in
            guard refusals.wrappingAdd(1, ordering: .relaxed).newValue > times else {
                var headers = [(name: "Content-Type", value: "application/json")]
                if let retryAfter { headers.append(("Retry-After", retryAfter)) }
                try receiver.receive(HTTPResponseHead(status: status, headers: headers))
                return try receiver.send(#"{"kind":"Status","status":"Failure","code":\#(status)}"#)
            }
            try receiver.answer("")
            try receiver.send(answer)
        }
    }

    /// Loses so many connections, then answers.
    private func losing(_ times: Int, _ kind: TransportFailure.Kind = .connectionLost) -> ClosureTransport {
        let losses = Atomic(0)
        return ClosureTransport { (_, receiver) throws(KubeError) in
            guard losses.wrappingAdd(1, ordering: .relaxed).newValue > times else {
                throw KubeError(.transport, "lost", underlying: TransportFailure(kind, "reset by peer"))
            }
            try receiver.answer("")
            try receiver.send(Self.object)
        }
    }

    @Test(arguments: [429, 500, 503, 504])
    func `TestCheckRetryHandles429And5xx: repeated after the time that the header names`(status: Int) async throws {
        let transport = refusing(2, status, retryAfter: "3")
        _ = try await configMaps(transport).patch(key, .merge([]))
        #expect(transport.requests.count == 3)
        #expect(clock.sleeps == [.seconds(3), .seconds(3)])
    }

    @Test(arguments: [429, 500, 503])
    func `TestCheckRetryHandles429And5xx: without the header the refusal is returned`(status: Int) async throws {
        let transport = refusing(1, status, retryAfter: nil)
        await #expect {
            try await configMaps(transport).get(key)
        } throws: {
            ($0 as? KubeError)?.status?.code == status
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `TestDoRequestSuccess after at most ten repetitions, TestIsNextRetry says no to the eleventh`()
        async throws
    {
        let patient = refusing(10, 429, retryAfter: "1")
        _ = try await configMaps(patient).get(key)
        #expect(patient.requests.count == 11)
        let hopeless = refusing(.max, 429, retryAfter: "1")
        await #expect {
            try await configMaps(hopeless).get(key)
        } throws: {
            ($0 as? KubeError)?.isTooManyRequests == true
        }
        #expect(hopeless.requests.count == 11)
    }

    @Test func `TestRequestDoRetryWithRateLimiterBackoffAndMetrics: each repetition waits for its turn, too`()
        async throws
    {
        let transport = refusing(2, 429, retryAfter: "1")
        _ = try await configMaps(transport, rate: RequestRate(perSecond: 0.1, burst: 1)).get(key)
        // One second for the server, then what is left of ten for the limit.
        #expect(clock.sleeps.map { ($0.seconds * 1000).rounded() } == [1000, 9000, 1000, 9000])
    }

    @Test func `TestRequestWatchRetryWithRateLimiterBackoffAndMetrics: a watch is neither held back nor repeated`()
        async throws
    {
        let transport = refusing(
            1, 429, retryAfter: "1", answer: #"{"type":"ADDED","object":\#(Self.object)}"# + "\n")
        let configMaps = configMaps(transport, rate: RequestRate(perSecond: 0.1, burst: 1))
        await #expect(throws: KubeError.self) { try await configMaps.watch { _ in } }
        await #expect(throws: Never.self) { try await configMaps.watch { _ in } }
        #expect(transport.requests.count == 2)
        #expect(clock.sleeps.isEmpty)
    }

    @Test func `TestConnectionResetByPeerIsRetried for reads, a second later`() async throws {
        let transport = losing(2)
        _ = try await configMaps(transport).get(key)
        #expect(transport.requests.count == 3)
        #expect(clock.sleeps == [.seconds(1), .seconds(1)])
    }

    @Test func `TestConnectionResetByPeerIsRetried never for writes: the first may have been carried out`() async throws
    {
        typealias Write = @Sendable (ResourceClient<ObjectMetadata>, ObjectKey) async throws -> Void
        let writes: [Write] = [
            { try await $0.create([], in: $1.scope) }, { try await $0.replace($1, with: []) },
            { try await $0.patch($1, .merge([])) }, { try await $0.apply($1, [], manager: "m") },
            { try await $0.delete($1) }, { try await $0.deleteCollection(in: $1.scope, .init()) },
        ]
        for write in writes {
            let transport = losing(.max)
            await #expect(throws: KubeError.self) { try await write(configMaps(transport), key) }
            #expect(transport.requests.count == 1)
        }
        #expect(clock.sleeps.isEmpty)
    }

    @Test(arguments: [TransportFailure.Kind.unknownHost, .cannotConnect, .tls, .other])
    func `what a second will not mend is not repeated`(kind: TransportFailure.Kind) async throws {
        let transport = losing(1, kind)
        await #expect(throws: KubeError.self) { try await configMaps(transport).get(key) }
        #expect(transport.requests.count == 1)
    }

    @Test func `TestReadErrorBody: of a page instead of a Status little is kept`() async throws {
        let page = "<html><title>502 Bad Gateway</title>\(String(repeating: "x", count: 1 << 20))"
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.receive(HTTPResponseHead(status: 502, headers: [("Content-Type", "text/html")]))
            try receiver.send(page, inPiecesOf: 16 << 10)
        }
        await #expect {
            try await configMaps(transport).get(key)
        } throws: { error in
            let text = "\(error)"
            return text.contains("an HTML page: 502 Bad Gateway") && text.utf8.count < 512
        }
    }

    @Test func `the error before the last is told with a time-out`() async throws {
        let attempts = Atomic(0)
        let transport = ClosureTransport { (_, _) throws(KubeError) in
            if attempts.wrappingAdd(1, ordering: .relaxed).newValue == 1 {
                throw KubeError(.transport, "connection reset")
            }
            throw KubeError(.timeout, "no complete answer in time")
        }
        await #expect {
            try await configMaps(transport).get(key)
        } throws: {
            "\($0)".contains("in time") && "\($0)".contains("connection reset")
        }
    }
}
