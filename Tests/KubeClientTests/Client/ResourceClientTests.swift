import KubeClient
import Synchronization
import TestSupport
import Testing

@Suite struct ResourceClientTests {
    private let clock = NotingClock()
    private let key = ObjectKey(namespace: "shop", name: "web")
    private static let object = #"{"metadata":{"name":"web","namespace":"shop","uid":"u","resourceVersion":"7"}}"#

    private func deployments(_ transport: ScriptedTransport) -> ResourceClient<ObjectMetadata> {
        KubeClient(transport: transport, clock: clock, logger: .silent)
            .resource(.deployments)
    }

    private func status(_ code: Int, _ reason: String, _ message: String = "no", details: String = "{}") -> String {
        #"{"kind":"Status","apiVersion":"v1","status":"Failure","code":\#(code),"reason":"\#(reason)","#
            + #""message":"\#(message)","details":\#(details)}"#
    }

    private func failure(_ step: ScriptedTransport.Step) async -> KubeError? {
        do throws(KubeError) {
            _ = try await deployments(ScriptedTransport(step)).get(key)
            return nil
        } catch { return error }
    }

    @Test func `get asks for metadata alone when the shape needs no more`() async throws {
        let transport = ScriptedTransport(.json(200, Self.object))
        let object = try await deployments(transport).get(key)
        #expect(object.resourceVersion == ResourceVersion(rawValue: "7"))
        let request = try #require(transport.requests.first)
        #expect(request.target == "/apis/apps/v1/namespaces/shop/deployments/web")
        #expect(request.headers.first { $0.name == "Accept" }?.value.contains("as=PartialObjectMetadata;") == true)
    }

    @Test(
        "a refusal is an error with the server's words, the request and a predicate",
        arguments: [
            (401, "Unauthorized"), (403, "Forbidden"), (404, "NotFound"), (409, "Conflict"), (410, "Expired"),
            (422, "Invalid"), (429, "TooManyRequests"), (500, "InternalError"),
        ])
    func refusals(code: Int, reason: String) async throws {
        let error = try #require(await failure(.json(code, status(code, reason, "server says no"))))
        #expect(error.code == .status)
        #expect(error.status?.code == code)
        #expect(error.description == "get deployments.apps shop/web: server says no (\(code) \(reason))")
        let predicates = [
            401: error.isUnauthorized, 403: error.isForbidden, 404: error.isNotFound, 409: error.isConflict,
            410: error.isExpired, 422: error.isInvalid, 429: error.isTooManyRequests, 500: error.isServerError,
        ]
        #expect(predicates[code] == true)
    }

    @Test func `half a document and nothing at all are errors, never half an object`() async throws {
        let half = try #require(await failure(.json(200, #"{"metadata":{"name":"we"#)))
        #expect(half.code == .decoding)
        #expect(half.description.hasPrefix("get deployments.apps shop/web: "))
        let nothing = try #require(await failure(.json(200)))
        #expect(nothing.code == .decoding)
        let list = ScriptedTransport(.json(200, #"{"kind":"DeploymentList","items":[\#(Self.object),{"meta"#))
        await #expect(throws: KubeError.self) { try await deployments(list).list(in: .all) }
    }

    @Test func `an object over the limit is refused with the limit`() async throws {
        let padding = String(repeating: "x", count: 1 << 20)
        var step = ScriptedTransport.Step(pieces: [#"{"metadata":{"annotations":{"a":""#])
        step.pieces += Array(repeating: padding, count: 9)
        let error = try #require(await failure(step))
        #expect(error.code == .decoding)
        #expect(error.description.contains("8 MiB"))
    }

    @Test func `a refusal that says when to come back is repeated then`() async throws {
        var busy = ScriptedTransport.Step.json(429, status(429, "TooManyRequests"))
        busy.headers.append(("Retry-After", "3"))
        let transport = ScriptedTransport(busy, busy, .json(200, Self.object))
        _ = try await deployments(transport).patch(key, .merge(Array("{}".utf8)))
        #expect(transport.requests.count == 3)
        #expect(clock.sleeps == [.seconds(3), .seconds(3)])
    }

    @Test func `a lost connection is repeated for a read, and never for a write`() async throws {
        let read = ScriptedTransport(.lost(), .lost(after: #"{"metadata":"#), .json(200, Self.object))
        #expect(try await deployments(read).get(key).uid == "u")
        let write = ScriptedTransport(.lost(), .json(200, Self.object))
        await #expect(throws: KubeError.self) { try await deployments(write).patch(key, .merge([])) }
        #expect(write.requests.count == 1)
    }

    @Test func `list and watch are never repeated: what was lent cannot be taken back`() async throws {
        let transport = ScriptedTransport(.lost(after: #"{"items":[\#(Self.object),"#), .json(200, #"{"items":[]}"#))
        let lent = Mutex(0)
        await #expect(throws: KubeError.self) {
            _ = try await deployments(transport).list(in: .all) { _ in lent.withLock { $0 += 1 } }
        }
        #expect(lent.withLock { $0 } == 1)
        #expect(transport.requests.count == 1)
    }

    @Test func `a page carries items, version and token`() async throws {
        let body =
            #"{"metadata":{"resourceVersion":"9","continue":"t","remainingItemCount":4},"items":[\#(Self.object)]}"#
        let transport = ScriptedTransport(.json(200, String(body.prefix(20)), String(body.dropFirst(20))))
        let page = try await deployments(transport).list(
            in: .namespace("shop"), ListOptions(labelSelector: "a in (b)", limit: 1, consistency: .any))
        #expect(page.items.map(\.id) == [key])
        #expect(
            page.metadata
                == ListMetadata(
                    resourceVersion: ResourceVersion(rawValue: "9"), continueToken: "t", remainingItemCount: 4))
        #expect(transport.requests.first?.timeout == .seconds(300))
        #expect(transport.requests.first?.silenceLimit == .seconds(90), "a server that is there answers in 60")
        #expect(
            transport.requests.first?.target
                == "/apis/apps/v1/namespaces/shop/deployments?labelSelector=a%20in%20%28b%29&limit=1&resourceVersion=0")
    }

    @Test func `a watch lends its events and throws what the server reports inside the stream`() async throws {
        let frames = [
            #"{"type":"ADDED","object":\#(Self.object)}"# + "\n" + #"{"type":"BOOKMARK","object":"#,
            #"{"kind":"Deployment","metadata":{"resourceVersion":"12","annotations":{"k8s.io/initial-events-end":"true"}}}}"#
                + "\n",
            #"{"type":"ERROR","object":\#(status(410, "Expired", "too old"))}"# + "\n",
        ]
        let transport = ScriptedTransport(.init(pieces: frames))
        let seen = Mutex<[String]>([])
        let error = await #expect(throws: KubeError.self) {
            try await deployments(transport).watch(
                in: .all, WatchOptions(start: .initialEvents(notOlderThan: nil), timeout: .seconds(300))
            ) { event in
                let text =
                    switch event {
                    case .added(let object): "added \(object.id)"
                    case .bookmark(let version, let ends): "bookmark \(version) \(ends)"
                    default: "other"
                    }
                seen.withLock { $0.append(text) }
            }
        }
        #expect(seen.withLock { $0 } == ["added shop/web", "bookmark 12 true"])
        #expect(error?.isExpired == true)
        let request = try #require(transport.requests.first)
        #expect(request.channel == .watches)
        #expect(request.silenceLimit == nil)
        #expect(
            request.target == "/apis/apps/v1/deployments?watch=true&allowWatchBookmarks=true&timeoutSeconds=300"
                + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan")
    }

    @Test func `a watch that may be silent for so long only says so to the transport`() async throws {
        let transport = ScriptedTransport(.init(pieces: []))
        var options = WatchOptions()
        options.silenceLimit = .seconds(150)
        try await deployments(transport).watch(in: .all, options) { _ in }
        #expect(transport.requests.first?.silenceLimit == .seconds(150))
    }

    @Test(
        "each patch has its media type",
        arguments: [
            (Patch.json([]), "application/json-patch+json", ""), (.merge([]), "application/merge-patch+json", ""),
            (.strategicMerge([]), "application/strategic-merge-patch+json", ""),
            (.apply([], force: true), "application/apply-patch+yaml", "&force=true"),
        ])
    func patches(patch: Patch, type: String, query: String) async throws {
        let transport = ScriptedTransport(.json(200, Self.object))
        try await deployments(transport).patch(
            key, patch, subresource: .status, .init(fieldManager: "me", dryRun: true))
        let request = try #require(transport.requests.first)
        #expect(request.headers.first { $0.name == "Content-Type" }?.value == type)
        #expect(
            request.target
                == "/apis/apps/v1/namespaces/shop/deployments/web/status?fieldManager=me&dryRun=All\(query)")
    }

    @Test func `a deletion carries its preconditions`() async throws {
        let transport = ScriptedTransport(.json(200, #"{"kind":"Status"}"#))
        try await deployments(transport).delete(key, .init(propagation: .background, uid: "u"))
        let body = try #require(transport.requests.first?.body)
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background","preconditions":{"uid":"u"}}"#
        )
    }
}
