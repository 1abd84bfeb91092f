import ControllerKit
import ControllerTestKit
import KubeClient
import Synchronization
import TestSupport
import Testing

/// The whole way of an informer: requests in HTTP, answers in JSON, a server with versions and history.
@Suite(.timeLimit(.minutes(1))) struct InformerServerTests {
    private let server = TestAPIServer(seed: 5)
    private let clock = InstantClock()

    private func create(_ name: String, in namespace: String = "default") throws {
        _ = try server.create(
            json: """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "\(namespace)", "name": "\(name)"}}
                """)
    }

    private func label(_ name: String, _ value: String) throws {
        _ = try server.patch(
            .configMaps, ObjectKey(namespace: "default", name: name),
            merge: #"{"metadata": {"labels": {"v": "\#(value)"}}}"#)
    }

    private func informer(
        streaming: Bool, scope: Scope = .namespace("default"), isOptional: Bool = false,
        selector: String? = nil
    ) -> Informer<Sample> {
        Informer(
            server.client(logger: .silent).resource(.configMaps), scope: scope,
            options: InformerOptions(
                labelSelector: selector, pageSize: 2, streamingList: streaming, isOptional: isOptional),
            logger: .silent, clock: clock, rng: ConstantGenerator())
    }

    /// Runs the informer while `body` changes the server; `body` sees each change through `next`.
    private func run(
        _ informer: Informer<Sample>, _ body: (_ next: ChangeReader) async throws -> Void
    ) async throws {
        let (changes, sink) = AsyncStream<String>.makeStream()
        informer.observe { sink.yield("\($0.cause) \($0.new == nil ? "-" : $0.old == nil ? "+" : "~")\($0.key.name)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { do { try await informer.run() } catch is CancellationError {} }
            try await body(ChangeReader(changes: changes))
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private struct ChangeReader {
        let changes: AsyncStream<String>

        func callAsFunction() async -> String {
            for await change in changes { return change }
            return "the end"
        }
    }

    private func requests() -> [String] {
        server.requests.map { "\($0.attributes.verb)" }
    }

    @Test("what exists and what happens arrives, in one stream or in pages and a watch", arguments: [true, false])
    func follows(streaming: Bool) async throws {
        for name in ["a", "b", "c"] { try create(name) }
        try create("elsewhere", in: "kube-public")
        server.clearRequests()
        let informer = informer(streaming: streaming)
        try await run(informer) { next in
            for name in ["a", "b", "c"] { #expect(await next() == "initialList +\(name)") }
            try await informer.waitUntilSynced()
            #expect(informer.store.count == 3)
            try create("d")
            #expect(await next() == "watch +d")
            try label("a", "1")
            #expect(await next() == "watch ~a")
            #expect(informer.store[ObjectKey(namespace: "default", name: "a")]?.groups == ["1"])
            _ = try server.delete(.configMaps, ObjectKey(namespace: "default", name: "b"))
            #expect(await next() == "watch -b")
            #expect(Set(informer.store.snapshot().map(\.id.name)) == ["a", "c", "d"])
        }
    }

    @Test("after closed watches nothing is listed again and nothing is missed", arguments: [true, false])
    func survivesClosedWatches(streaming: Bool) async throws {
        try create("a")
        let informer = informer(streaming: streaming)
        try await run(informer) { next in
            #expect(await next() == "initialList +a")
            try await informer.waitUntilSynced()
            try create("b")
            #expect(await next() == "watch +b")
            server.clearRequests()
            for round in 0..<5 {
                _ = server.closeWatches()
                try label("a", "\(round)")
                #expect(await next() == "watch ~a")
            }
            #expect(Set(requests()) == ["watch"])
        }
    }

    @Test("after a compaction the missed changes come with the next list", arguments: [true, false])
    func survivesCompaction(streaming: Bool) async throws {
        for name in ["a", "b"] { try create(name) }
        let informer = informer(streaming: streaming)
        try await run(informer) { next in
            #expect(await next() == "initialList +a")
            #expect(await next() == "initialList +b")
            try await informer.waitUntilSynced()
            try label("a", "seen")
            #expect(await next() == "watch ~a")
            let remove = server.inject(Fault(.reset, times: nil, verb: "watch"))
            server.clearRequests()
            _ = server.closeWatches()
            _ = try await server.waitForRequest(answered: false) { $0.attributes.verb == "watch" }
            clock.hold()
            _ = try server.delete(.configMaps, ObjectKey(namespace: "default", name: "a"))
            try label("b", "1")
            try create("c")
            server.compact()
            remove()
            clock.letGo()
            #expect(await next() == "relist -a")
            #expect(await next() == "relist ~b")
            #expect(await next() == "relist +c")
        }
    }

    @Test("answers in pieces of one byte are the same answers", arguments: [true, false])
    func smallPieces(streaming: Bool) async throws {
        for name in ["a", "b", "c"] { try create(name) }
        _ = server.inject(Fault(.chunks(bytes: 1)))
        let informer = informer(streaming: streaming)
        try await run(informer) { next in
            for name in ["a", "b", "c"] { #expect(await next() == "initialList +\(name)") }
            try create("d")
            #expect(await next() == "watch +d")
        }
    }

    @Test("a selector's objects come and go with their labels")
    func selector() async throws {
        try create("a")
        let informer = informer(streaming: true, selector: "v=1")
        try await run(informer) { next in
            try await informer.waitUntilSynced()
            #expect(informer.store.count == 0)
            try label("a", "1")
            #expect(await next() == "watch +a")
            try label("a", "2")
            #expect(await next() == "watch -a")
        }
    }
}
