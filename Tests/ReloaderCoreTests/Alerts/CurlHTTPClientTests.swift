import KubeClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct CurlHTTPClientTests {
    private func client(
        _ url: String, proxyURL: String? = nil, timeout: Duration = .seconds(30)
    ) throws -> CurlHTTPClient {
        CurlHTTPClient(
            try #require(EndpointURL(url)), proxyURL: proxyURL, timeout: timeout, userAgent: "Reloader")
    }

    private let body = Array(#"{"text":"hi"}"#.utf8)

    private func failure(_ client: CurlHTTPClient) async -> HTTPPostError? {
        do throws(HTTPPostError) {
            _ = try await client.post(body, contentType: "text/plain")
            return nil
        } catch {
            return error
        }
    }

    @Test func `the request is a POST with path, query, body and the user of the URL`() async throws {
        try await Receiver.run(.answer(201, body: "thanks")) { receiver in
            let client = try client("http://user:pass@127.0.0.1:\(receiver.port)/services/T0KEN?a=b#fragment")
            let answer = try await client.post(body, contentType: "application/json")
            #expect(answer == HTTPPostAnswer(status: 201, body: Array("thanks".utf8)))
            let request = try #require(receiver.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/services/T0KEN?a=b")
            #expect(request.body == #"{"text":"hi"}"#)
            #expect(request[header: "content-type"] == "application/json")
            #expect(request[header: "content-length"] == "13")
            #expect(request[header: "user-agent"] == "Reloader")
            #expect(request[header: "authorization"] == "Basic dXNlcjpwYXNz")
            #expect(request[header: "expect"] == nil)
        }
    }

    @Test("every status is an answer", arguments: [200, 204, 401, 404, 429, 500])
    func statuses(status: Int) async throws {
        try await Receiver.run(.answer(status)) { receiver in
            let answer = try await client(receiver.url).post(body, contentType: "text/plain")
            #expect(answer.status == status)
        }
    }

    @Test func `a redirect is an answer, and nobody follows it`() async throws {
        try await Receiver.run(.answer(200)) { target in
            try await Receiver.run(.answer(307, headers: [("Location", "\(target.url)/stolen")])) { receiver in
                let answer = try await client(receiver.url).post(body, contentType: "text/plain")
                #expect(answer.status == 307)
                #expect(target.requests.isEmpty)
            }
        }
    }

    @Test func `a proxy gets the whole URL`() async throws {
        try await Receiver.run(.answer(200)) { proxy in
            let client = try client("http://hooks.invalid/T0KEN", proxyURL: proxy.url)
            #expect(try await client.post(body, contentType: "text/plain").status == 200)
            #expect(proxy.requests.map(\.target) == ["http://hooks.invalid/T0KEN"])
        }
    }

    @Test func `an endpoint that never answers costs the time-out`() async throws {
        try await Receiver.run(.silence) { receiver in
            let error = try await failure(client(receiver.url, timeout: .milliseconds(50)))
            #expect(error == .timedOut)
        }
    }

    @Test func `cancelling ends a request at once`() async throws {
        try await Receiver.run(.silence) { receiver in
            let client = try client(receiver.url)
            let error = await withTaskGroup(of: HTTPPostError?.self) { group in
                group.addTask { await failure(client) }
                _ = await receiver.untilReceived(1)
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(error == .cancelled)
        }
    }

    @Test func `a connection that ends early is told as such`() async throws {
        try await Receiver.run(.close) { receiver in
            let error = try await failure(client(receiver.url))
            #expect(error == .failed(.connectionLost))
        }
    }

    @Test func `where nobody listens there is no connection`() async throws {
        let error = try await failure(client("http://127.0.0.1:1/T0KEN"))
        #expect(error == .failed(.cannotConnect))
    }

    @Test func `a long answer is cut off`() async throws {
        try await Receiver.run(.answer(200, body: String(repeating: "x", count: 1 << 20))) { receiver in
            let answer = try await client(receiver.url).post(body, contentType: "text/plain")
            #expect(answer.status == 200)
            #expect(answer.body.count == CurlHTTPClient.bodyLimit)
        }
    }

    @Test func `connections are not kept`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let client = try client(receiver.url)
            for _ in 0..<3 { _ = try await client.post(body, contentType: "text/plain") }
            #expect(receiver.requests.count == 3)
        }
    }
}
