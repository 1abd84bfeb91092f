import TestSupport
import Testing

@testable import KubeClient

@Suite(.timeLimit(.minutes(1))) struct CollectionsTests {
    private func client(_ transport: any Transport, rate: RequestRate? = nil, clock: NotingClock = .init())
        -> KubeClient
    {
        KubeClient(
            transport: transport, clock: clock, logger: .silent,
            rate: rate)
    }

    private func page(_ names: String..., token: String = "") -> String {
        let items = names.map { #"{"metadata":{"name":"\#($0)"}}"# }.joined(separator: ",")
        return #"{"kind":"PodList","metadata":{"resourceVersion":"5","continue":"\#(token)"},"items":[\#(items)]}"#
    }

    @Test func `pages are read as they are asked for, the version only with the first`() async throws {
        let transport = ScriptedTransport(.json(200, page("a", "b", token: "t/1")), .json(200, page("c")))
        let pods = client(transport).resource(.pods, as: ObjectMetadata.self)
        var names: [[String]] = []
        for try await page in pods.listPages(in: .namespace("n"), .init(limit: 2, consistency: .any)) {
            names.append(page.items.map(\.name))
            #expect(transport.requests.count == names.count)
        }
        #expect(names == [["a", "b"], ["c"]])
        #expect(
            transport.requests.map(\.target) == [
                "/api/v1/namespaces/n/pods?limit=2&resourceVersion=0",
                "/api/v1/namespaces/n/pods?limit=2&continue=t%2F1",
            ])
    }

    @Test func `a snapshot that is gone ends the pages with an error`() async throws {
        let transport = ScriptedTransport(
            .json(200, page("a", token: "t")),
            .json(410, #"{"kind":"Status","status":"Failure","reason":"Expired","code":410}"#))
        var pages = client(transport).resource(.pods, as: ObjectMetadata.self).listPages().makeAsyncIterator()
        #expect(try await pages.next()?.items.count == 1)
        await #expect {
            _ = try await pages.next()
        } throws: {
            ($0 as? KubeError)?.isExpired == true
        }
    }

    @Test func `a collection is deleted by its selectors`() async throws {
        let transport = ScriptedTransport(.json(200, #"{"kind":"Status","status":"Success"}"#))
        try await client(transport).resource(.jobs, as: ObjectMetadata.self).deleteCollection(
            in: .namespace("n"), .init(labelSelector: "a=b"), .init(propagation: .background, dryRun: true))
        let request = try #require(transport.requests.first)
        #expect(request.method == .delete)
        #expect(request.target == "/apis/batch/v1/namespaces/n/jobs?labelSelector=a%3Db")
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == #"{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background","dryRun":["All"]}"#)
    }

    @Test func `the scale is read and set by its own endpoint`() async throws {
        let scale = #"{"kind":"Scale","spec":{"replicas":3},"status":{"replicas":2,"selector":"app=web"}}"#
        let transport = ScriptedTransport(.json(200, scale), .json(200, scale))
        let deployments = client(transport).resource(.deployments, as: ObjectMetadata.self)
        let key = ObjectKey(namespace: "n", name: "web")
        let read = try await deployments.scale(key)
        #expect((read.replicas, read.currentReplicas, read.selector) == (3, 2, "app=web"))
        try await deployments.setScale(key, to: 3, .init(fieldManager: "me"))
        let request = try #require(transport.requests.last)
        #expect(request.target == "/apis/apps/v1/namespaces/n/deployments/web/scale?fieldManager=me")
        #expect(String(decoding: request.body ?? [], as: UTF8.self) == #"{"spec":{"replicas":3}}"#)
        // A Scale is no PartialObjectMetadata.
        #expect(transport.requests.allSatisfy { $0.headers.contains { $0 == ("Accept", "application/json") } })
    }

    @Test func `an eviction that a budget forbids is not repeated`() async throws {
        let transport = ScriptedTransport(
            .init(
                status: 429, headers: [("Content-Type", "application/json"), ("Retry-After", "10")],
                pieces: [#"{"kind":"Status","status":"Failure","reason":"TooManyRequests","code":429}"#]))
        let pods = client(transport).resource(.pods, as: ObjectMetadata.self)
        await #expect {
            try await pods.evict(ObjectKey(namespace: "n", name: "p"), .init(gracePeriodSeconds: 5))
        } throws: {
            ($0 as? KubeError)?.isTooManyRequests == true && ($0 as? KubeError)?.retryAfter == .seconds(10)
        }
        #expect(transport.requests.count == 1)
        #expect(transport.requests[0].target == "/api/v1/namespaces/n/pods/p/eviction")
        #expect(
            String(decoding: transport.requests[0].body ?? [], as: UTF8.self)
                == #"{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p","namespace":"n"},"#
                + #""deleteOptions":{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":5}}"#)
    }

    @Test
    func
        `a deletion always has a body, so that it cannot be sent twice; an eviction has options only where they say something`()
        async throws
    {
        let transport = ScriptedTransport(.json(200, "{}"), .json(200, "{}"), .json(201, "{}"))
        let pods = client(transport).resource(.pods, as: ObjectMetadata.self)
        let key = ObjectKey(namespace: "n", name: "p")
        try await pods.delete(key)
        try await pods.deleteCollection(in: .namespace("n"), .init())
        try await pods.evict(key)
        #expect(
            transport.requests.map { String(decoding: $0.body ?? [], as: UTF8.self) } == [
                #"{"kind":"DeleteOptions","apiVersion":"v1"}"#, #"{"kind":"DeleteOptions","apiVersion":"v1"}"#,
                #"{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p","namespace":"n"}}"#,
            ])
    }

    @Test func `a key without a name, which would mean the whole collection, is refused before anything is sent`()
        async throws
    {
        typealias Verb = @Sendable (ResourceClient<ObjectMetadata>, ObjectKey) async throws -> Void
        let verbs: [Verb] = [
            { _ = try await $0.get($1) }, { try await $0.replace($1, with: []) },
            { try await $0.patch($1, .merge([])) },
            { try await $0.apply($1, [], manager: "m") }, { try await $0.delete($1) }, { try await $0.evict($1) },
            { _ = try await $0.scale($1) }, { try await $0.setScale($1, to: 1) },
            { _ = try await $0.create([], .eviction, of: $1, as: Scale.self) },
        ]
        for verb in verbs {
            let transport = ScriptedTransport(.json(200, "{}"))
            let pods = client(transport).resource(.pods, as: ObjectMetadata.self)
            let error = await #expect(throws: KubeError.self) {
                try await verb(pods, ObjectKey(namespace: "n", name: ""))
            }
            #expect(error?.message == "pods: the name of the object is empty; nothing was sent")
            #expect(transport.requests.isEmpty)
        }
    }

    @Test func `apply names its manager`() async throws {
        let transport = ScriptedTransport(.json(200, #"{"metadata":{"name":"a"}}"#))
        let configMaps = client(transport).resource(.configMaps, as: ObjectMetadata.self)
        try await configMaps.apply(
            ObjectKey(namespace: "n", name: "a"), Array("{}".utf8), manager: "me", force: true,
            .init(dryRun: true, fieldValidation: "Strict"))
        let request = try #require(transport.requests.first)
        #expect(
            request.target
                == "/api/v1/namespaces/n/configmaps/a?fieldManager=me&dryRun=All&fieldValidation=Strict&force=true")
        #expect(request.headers.contains { $0 == ("Content-Type", "application/apply-patch+yaml") })
    }

    @Test func `a Table is refused wherever it comes`() async throws {
        let table = #"{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"1"},"rows":[]}"#
        func isRefused(_ body: (ResourceClient<ObjectMetadata>) async throws -> Void) async -> Bool {
            for document in [table, #"{"type":"ADDED","object":\#(table)}"# + "\n"] {
                do {
                    try await body(client(ScriptedTransport(.json(200, document))).resource(.pods))
                } catch {
                    if "\(error)".contains("is a Table") { return true }
                }
            }
            return false
        }
        #expect(await isRefused { _ = try await $0.get(ObjectKey(name: "a")) })
        #expect(await isRefused { _ = try await $0.list() })
        #expect(await isRefused { try await $0.watch { _ in } })
    }

    @Test func `requests wait for their turn, watches do not`() async throws {
        let clock = NotingClock()
        let transport = ClosureTransport { (request, receiver) throws(KubeError) in
            try receiver.answer(request.channel == .watches ? "" : #"{"metadata":{"name":"a"}}"#)
        }
        let pods = client(transport, rate: RequestRate(perSecond: 10, burst: 3), clock: clock)
            .resource(.pods, as: ObjectMetadata.self)
        for _ in 1...5 { _ = try await pods.get(ObjectKey(name: "a")) }
        for _ in 1...5 { try await pods.watch { _ in } }
        #expect(clock.sleeps.count == 2)
        for sleep in clock.sleeps { #expect(abs(sleep.seconds - 0.1) < 1e-6) }
    }
}
