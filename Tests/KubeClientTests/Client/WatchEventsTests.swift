import Synchronization
import TestSupport
import Testing

@testable import KubeClient

@Suite(.timeLimit(.minutes(1))) struct WatchEventsTests {
    private func configMaps(_ transport: any Transport) -> ResourceClient<ObjectMetadata> {
        KubeClient(transport: transport, logger: .silent)
            .resource(.configMaps)
    }

    private static func added(_ name: String, padding: Int = 0) -> String {
        let padding = String(repeating: "x", count: padding)
        return #"{"type":"ADDED","object":{"metadata":{"name":"\#(name)"},"data":{"k":"\#(padding)"}}}"# + "\n"
    }

    private func name(_ event: WatchEvent<ObjectMetadata>?) -> String? {
        if case .added(let object)? = event { object.name } else { nil }
    }

    @Test func `events come in order, and nil when the server ends the stream`() async throws {
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer(Self.added("a") + Self.added("b"))
            try receiver.send(Self.added("c"))
        }
        let names = try await configMaps(transport).withWatch(in: .namespace("n")) { events in
            var names: [String?] = []
            while let event = try await events.next() { names.append(name(event)) }
            let after = try await events.next()
            #expect(after == nil, "the end stays the end")
            return names
        }
        #expect(names == ["a", "b", "c"])
        #expect(transport.requests.map(\.path) == ["/api/v1/namespaces/n/configmaps"])
        #expect(transport.requests.map(\.channel) == [.watches])
    }

    @Test func `what came before an error is read before it`() async throws {
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer(
                Self.added("a") + #"{"type":"ERROR","object":{"kind":"Status","status":"Failure","code":410}}"# + "\n")
        }
        try await configMaps(transport).withWatch { events in
            let first = try await events.next()
            #expect(name(first) == "a")
            do {
                _ = try await events.next()
                Issue.record("no error")
            } catch let error as KubeError {
                #expect(error.isExpired)
            }
        }
    }

    @Test func `the stream closes when the reader leaves, whichever way`() async throws {
        struct Enough: Error {}
        let ended = Atomic(0)
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer(Self.added("a"))
            await untilCancelled()
            ended.add(1, ordering: .relaxed)
        }
        let first = try await configMaps(transport).withWatch { events in try await events.next() }
        #expect(name(first) == "a")
        await #expect(throws: Enough.self) {
            try await configMaps(transport).withWatch { (events) -> Void in
                _ = try await events.next()
                throw Enough()
            }
        }
        #expect(ended.load(ordering: .relaxed) == 2)
    }

    @Test func `a reader that is too slow is told, after what there was room for`() async throws {
        let isGivenUp = Atomic(false)
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer("")
            do throws(KubeError) {
                while true { try receiver.send(Self.added("a", padding: 1000)) }
            } catch {
                isGivenUp.store(true, ordering: .releasing)
                throw error
            }
        }
        let read = try await configMaps(transport).withWatch(bufferLimit: 100_000) { events in
            var read = 0
            // Reads nothing before the watch was given up.
            while !isGivenUp.load(ordering: .acquiring) { await Task.yield() }
            do {
                while try await events.next() != nil { read += 1 }
            } catch let error as KubeError {
                #expect(error.code == .overflow)
                #expect(error.message.contains("too slow"))
            }
            return read
        }
        #expect((50...100).contains(read))
    }

    @Test func `an event larger than the buffer still comes through`() async throws {
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer(Self.added("a", padding: 10_000))
        }
        let first = try await configMaps(transport).withWatch(bufferLimit: 100) { events in try await events.next() }
        #expect(name(first) == "a")
    }

    @Test func `cancelling the task ends the wait for an event`() async throws {
        let transport = ClosureTransport { (_, receiver) throws(KubeError) in
            try receiver.answer("")
            await untilCancelled()
        }
        let (started, start) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect {
                    try await configMaps(transport).withWatch { events in
                        start.yield()
                        _ = try await events.next()
                    }
                } throws: {
                    ($0 as? KubeError)?.code == .cancelled
                }
            }
            for await _ in started { break }
            group.cancelAll()
        }
    }
}

/// Suspends until the task is cancelled.
private func untilCancelled() async {
    let (nothing, source) = AsyncStream<Never>.makeStream()
    for await _ in nothing {}
    withExtendedLifetime(source) {}
}
