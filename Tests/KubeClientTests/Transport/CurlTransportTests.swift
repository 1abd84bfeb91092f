import TestSupport
import Testing

@testable import KubeClient

@Suite(.timeLimit(.minutes(1))) struct CurlTransportTests {
    func transport(
        _ server: ScriptedServer, credentials: any Credentials = NoCredentials(), authenticates: Bool = false
    ) throws -> CurlTransport {
        var configuration = KubeConfiguration(server: server.url, credentials: credentials)
        configuration.userAgent = "Test/1"
        return try CurlTransport(
            configuration: configuration, logger: .silent,
            authenticatesWithoutTLS: authenticates)
    }

    func failure(
        _ transport: CurlTransport, _ request: HTTPRequest, _ receiver: CollectingReceiver = CollectingReceiver()
    ) async -> KubeError? {
        do {
            try await transport.perform(request, deliveringTo: receiver)
            return nil
        } catch {
            return error
        }
    }

    @Test("a request is sent as given, with the headers that every request has")
    func request() async throws {
        let server = try ScriptedServer { _, connection in connection.reply(body: "{}") }
        let receiver = CollectingReceiver()
        let request = HTTPRequest(
            .patch, "/api/v1/namespaces/a%2Fb/configmaps/../x", query: [("fieldManager", "a b&c"), ("é", "")],
            headers: [("Content-Type", "application/merge-patch+json"), ("X-Empty", "")],
            body: Array(#"{"a":1}"#.utf8))
        try await transport(server).perform(request, deliveringTo: receiver)
        #expect(receiver.status == 200)
        #expect(receiver.heads.first?[header: "content-length"] == "2")
        #expect(receiver.body == "{}")
        let seen = try #require(server.requests.first)
        #expect(seen.line == "PATCH /api/v1/namespaces/a%2Fb/configmaps/../x?fieldManager=a%20b%26c&%C3%A9= HTTP/1.1")
        #expect(seen[header: "host"] == "127.0.0.1:\(server.port)")
        #expect(seen[header: "user-agent"] == "Test/1")
        #expect(seen[header: "content-type"] == "application/merge-patch+json")
        #expect(seen[header: "accept-encoding"] == "identity")
        #expect(seen[header: "x-empty"] == "")
        #expect(seen[header: "expect"] == nil)
        #expect(String(decoding: seen.body, as: UTF8.self) == #"{"a":1}"#)
        server.stop()
    }

    @Test(
        "each method is sent with its body or without",
        arguments: [
            (HTTPRequest.Method.get, nil), (.post, "x"), (.post, ""), (.post, nil), (.put, "x"), (.patch, "x"),
            (.delete, nil), (.delete, "x"),
        ])
    func methods(method: HTTPRequest.Method, body: String?) async throws {
        let server = try ScriptedServer { request, connection in
            connection.reply(body: request.line + String(decoding: request.body, as: UTF8.self))
        }
        let transport = try transport(server)
        // Twice, so that the second runs on a used handle.
        for _ in 0..<2 {
            let receiver = CollectingReceiver()
            let request = HTTPRequest(method, "/x", body: body.map { Array($0.utf8) })
            try await transport.perform(request, deliveringTo: receiver)
            #expect(receiver.body == "\(method.rawValue) /x HTTP/1.1\(body ?? "")")
        }
        let seen = try #require(server.requests.last)
        #expect(seen[header: "content-type"] == (body == nil ? nil : "application/json"))
        server.stop()
    }

    @Test("a large body arrives whole, in both directions")
    func largeBodies() async throws {
        let server = try ScriptedServer { request, connection in
            connection.reply(body: String(decoding: request.body, as: UTF8.self))
        }
        let text = String((0..<400_000).map { "\($0)," }.joined())
        let receiver = CollectingReceiver()
        let request = HTTPRequest(.put, "/x", body: Array(text.utf8))
        try await transport(server).perform(request, deliveringTo: receiver)
        #expect(receiver.body == text)
        server.stop()
    }

    @Test("chunks are delivered in order, while the answer is still under way")
    func streaming() async throws {
        let goOn = try Turnstile()
        let server = try ScriptedServer { request, connection in
            connection.beginChunks()
            connection.sendChunk("first;")
            // The client has the first chunk while the rest is not even written.
            goOn.wait()
            for number in 0..<1000 { connection.sendChunk("\(number);") }
            connection.endChunks()
        }
        defer { server.stop() }
        let receiver = CollectingReceiver()
        let transport = try transport(server)
        async let watch: Void = transport.perform(
            HTTPRequest(.get, "/watch", channel: .watches), deliveringTo: receiver)
        await receiver.hasBody.wait()
        goOn.open()
        try await watch
        #expect(receiver.heads.count == 1)
        #expect(receiver.body == "first;" + (0..<1000).map { "\($0);" }.joined())
    }

    @Test("the head arrives before any body does")
    func headFirst() async throws {
        let server = try ScriptedServer { _, connection in
            connection.beginChunks()
            connection.waitForEnd()
        }
        defer { server.stop() }
        let receiver = CollectingReceiver()
        let transport = try transport(server)
        let task = Task { await failure(transport, HTTPRequest(.get, "/watch"), receiver) }
        await receiver.hasHead.wait()
        #expect(receiver.pieceCount == 0)
        task.cancel()
        #expect(await task.value?.code == .cancelled)
    }

    @Test("cancelling ends the exchange and its connection at once")
    func cancellation() async throws {
        let server = try ScriptedServer { _, connection in
            connection.beginChunks()
            connection.sendChunk("first")
            connection.waitForEnd()
        }
        defer { server.stop() }
        let receiver = CollectingReceiver()
        let transport = try transport(server)
        let task = Task { await failure(transport, HTTPRequest(.get, "/watch", channel: .watches), receiver) }
        await receiver.hasBody.wait()
        task.cancel()
        #expect(await task.value?.code == .cancelled)
        await server.end(of: 0).wait()
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        let server = try ScriptedServer { _, connection in connection.reply() }
        defer { server.stop() }
        let transport = try transport(server)
        let gate = Latch()
        let task = Task {
            await gate.wait()
            return await failure(transport, HTTPRequest(.get, "/"))
        }
        task.cancel()
        gate.open()
        #expect(await task.value?.code == .cancelled)
        #expect(server.requests.isEmpty)
    }

    @Test("the deadline covers the whole exchange", arguments: [false, true])
    func deadline(afterHead: Bool) async throws {
        let server = try ScriptedServer { _, connection in
            if afterHead { connection.beginChunks() }
            connection.waitForEnd()
        }
        defer { server.stop() }
        let error = await failure(
            try transport(server), HTTPRequest(.get, "/slow", query: [("secret", "x")], timeout: .milliseconds(50)))
        #expect(error?.code == .timeout)
        #expect(error?.description == "GET \(server.url)/slow: no complete answer in time")
        await server.end(of: 0).wait()
    }

    @Test("what a receiver throws ends the exchange and is rethrown", arguments: [true, false])
    func receiverThrows(atHead: Bool) async throws {
        let server = try ScriptedServer { _, connection in
            connection.beginChunks()
            connection.sendChunk("x")
            connection.waitForEnd()
        }
        defer { server.stop() }
        let refusal = KubeError(.decoding, "refused")
        let receiver = CollectingReceiver(headError: atHead ? refusal : nil, bodyError: atHead ? nil : refusal)
        let error = await failure(try transport(server), HTTPRequest(.get, "/"), receiver)
        #expect(error?.code == .decoding)
        #expect(error?.message == "refused")
        #expect(receiver.pieceCount == (atHead ? 0 : 1))
        await server.end(of: 0).wait()
    }

    @Test("a refused connection says where nobody listens")
    func connectionRefused() async throws {
        let server = try ScriptedServer { _, _ in }
        server.stop()
        let error = await failure(try transport(server), HTTPRequest(.get, "/version"))
        #expect(error?.code == .transport)
        #expect((error?.underlying as? TransportFailure)?.kind == .cannotConnect)
        #expect(
            error?.description
                == "GET \(server.url)/version: connection refused; is the API server running at 127.0.0.1:\(server.port)?"
        )
    }

    @Test(
        "half an answer is a lost connection",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha",
            "HTTP/1.1 200 OK\r\nConte", "",
        ])
    func halfAnAnswer(answer: String) async throws {
        let server = try ScriptedServer { _, connection in
            connection.send(answer)
            connection.close()
        }
        defer { server.stop() }
        let error = await failure(try transport(server), HTTPRequest(.get, "/"))
        #expect(error?.code == .transport)
        #expect((error?.underlying as? TransportFailure)?.kind == .connectionLost)
    }

    @Test("error answers are answers, HTML too")
    func html() async throws {
        let server = try ScriptedServer { _, connection in
            connection.reply("502 Bad Gateway", headers: ["Content-Type: text/html"], body: "<html>")
        }
        defer { server.stop() }
        let receiver = CollectingReceiver()
        try await transport(server).perform(HTTPRequest(.get, "/"), deliveringTo: receiver)
        #expect(receiver.status == 502)
        #expect(receiver.heads.first?[header: "content-type"] == "text/html")
        #expect(receiver.body == "<html>")
    }

    @Test("redirects are delivered, not followed")
    func redirect() async throws {
        let server = try ScriptedServer { _, connection in connection.reply("302 Found", headers: ["Location: /other"])
        }
        defer { server.stop() }
        let receiver = CollectingReceiver()
        try await transport(server).perform(HTTPRequest(.get, "/"), deliveringTo: receiver)
        #expect(receiver.status == 302)
        #expect(server.requests.count == 1)
    }

    @Test("interim answers and trailers are not delivered")
    func interim() async throws {
        let server = try ScriptedServer { _, connection in
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            connection.beginChunks()
            connection.sendChunk("body")
            connection.send("0\r\nX-Trailer: y\r\n\r\n")
        }
        defer { server.stop() }
        let receiver = CollectingReceiver()
        try await transport(server).perform(HTTPRequest(.get, "/"), deliveringTo: receiver)
        #expect(receiver.heads.map(\.status) == [200])
        #expect(receiver.body == "body")
    }

    @Test("a path or a header that would break out of its line is refused before anything is sent")
    func injection() async throws {
        let server = try ScriptedServer { _, connection in connection.reply() }
        defer { server.stop() }
        let transport = try transport(server)
        let requests = [
            HTTPRequest(.get, "/a b"), HTTPRequest(.get, "/a\r\nX: y"), HTTPRequest(.get, "a"), HTTPRequest(.get, ""),
            HTTPRequest(.get, "/", headers: [("A", "b\r\nX: y")]), HTTPRequest(.get, "/", headers: [("A:", "b")]),
            HTTPRequest(.get, "/", headers: [("", "b")]),
        ]
        for request in requests { #expect(await failure(transport, request)?.code == .transport) }
        #expect(server.requests.isEmpty)
    }
}

// MARK: connections
extension CurlTransportTests {
    @Test("each channel has connections of its own, and each is used again")
    func channels() async throws {
        let server = try ScriptedServer { _, connection in connection.reply(body: "x") }
        defer { server.stop() }
        let transport = try transport(server)
        for _ in 0..<3 {
            for channel in [HTTPRequest.Channel.requests, .watches, .lease] {
                try await transport.perform(
                    HTTPRequest(.get, "/", channel: channel), deliveringTo: CollectingReceiver())
            }
        }
        #expect(server.requests.map(\.connection) == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    }

    @Test("a hundred requests at once are all answered, over four connections")
    func concurrency() async throws {
        let server = try ScriptedServer { request, connection in connection.reply(body: request.line) }
        defer { server.stop() }
        let transport = try transport(server)
        try await withThrowingTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    let receiver = CollectingReceiver()
                    try await transport.perform(HTTPRequest(.get, "/\(number)"), deliveringTo: receiver)
                    #expect(receiver.body == "GET /\(number) HTTP/1.1")
                }
            }
            try await group.waitForAll()
        }
        #expect(server.requests.count == 100)
        #expect((server.requests.map(\.connection).max() ?? 0) < 4)
    }

    @Test("any number of watches run at once over HTTP/1.1, and ordinary requests pass them")
    func manyWatches() async throws {
        let server = try ScriptedServer { request, connection in
            guard request.line.contains("watch") else { return connection.reply(body: "x") }
            connection.beginChunks()
            connection.sendChunk("x")
            connection.waitForEnd()
        }
        defer { server.stop() }
        let transport = try transport(server)
        let receivers = (0..<20).map { _ in CollectingReceiver() }
        await withTaskGroup { group in
            for receiver in receivers {
                group.addTask {
                    let error = await failure(transport, HTTPRequest(.get, "/watch", channel: .watches), receiver)
                    #expect(error?.code == .cancelled)
                }
            }
            for receiver in receivers { await receiver.hasBody.wait() }
            #expect(await failure(transport, HTTPRequest(.get, "/x")) == nil)
            group.cancelAll()
        }
    }

    @Test("a write is not repeated when a reused connection turns out dead; a read is", arguments: [true, false])
    func deadConnection(writes: Bool) async throws {
        let server = try ScriptedServer { request, connection in
            request.line.contains("/die") && request.connection == 0 ? connection.close() : connection.reply(body: "x")
        }
        defer { server.stop() }
        let transport = try transport(server)
        #expect(await failure(transport, HTTPRequest(.get, "/")) == nil)
        let request = writes ? HTTPRequest(.patch, "/die", body: Array("{}".utf8)) : HTTPRequest(.get, "/die")
        let error = await failure(transport, request)
        #expect(server.requests.filter { $0.line.contains("/die") }.count == (writes ? 1 : 2))
        #expect((error?.underlying as? TransportFailure)?.kind == (writes ? .connectionLost : nil))
    }

    @Test(
        "a write without a body has nothing to stop libcurl from repeating it, so it gets a connection of its own",
        arguments: [(HTTPRequest.Method.delete, nil), (.post, nil), (.post, "")])
    func emptyWrite(method: HTTPRequest.Method, body: String?) async throws {
        let server = try ScriptedServer { request, connection in
            request.line.contains("/die") && request.connection == 0 ? connection.close() : connection.reply()
        }
        defer { server.stop() }
        let transport = try transport(server)
        #expect(await failure(transport, HTTPRequest(.get, "/")) == nil)
        #expect(await failure(transport, HTTPRequest(method, "/die", body: body.map { Array($0.utf8) })) == nil)
        #expect(server.requests.map(\.connection) == [0, 1])
        // The handle was used again, but not its option.
        #expect(await failure(transport, HTTPRequest(.get, "/")) == nil)
        #expect(server.requests.last.map { $0.connection < 2 } == true)
    }

    @Test("a server that hangs up during an upload is an error, not the end of the process")
    func brokenPipe() async throws {
        let server = try ScriptedServer { request, connection in connection.close() }
        defer { server.stop() }
        let body = [UInt8](repeating: 0x20, count: 16 << 20)
        for _ in 0..<3 {
            #expect(await failure(try transport(server), HTTPRequest(.put, "/", body: body))?.code == .transport)
        }
    }

    @Test("connections close when the last copy of the transport is gone")
    func lifetime() async throws {
        let server = try ScriptedServer { _, connection in connection.reply(body: "x") }
        defer { server.stop() }
        do {
            let transport = try transport(server)
            try await transport.perform(HTTPRequest(.get, "/"), deliveringTo: CollectingReceiver())
        }
        await server.end(of: 0).wait()
    }

    @Test("many transports come and go without leaving descriptors behind")
    func noLeaks() async throws {
        let server = try ScriptedServer { _, connection in connection.reply(body: "x") }
        defer { server.stop() }
        for number in 0..<50 {
            try await transport(server).perform(HTTPRequest(.get, "/"), deliveringTo: CollectingReceiver())
            await server.end(of: number).wait()
        }
    }
}
