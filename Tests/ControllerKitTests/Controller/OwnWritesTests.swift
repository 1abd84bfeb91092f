import ControllerTestKit
import KubeClient
import Synchronization
import TestSupport
import Testing

@testable import ControllerKit

/// A reconcile does not read a cache from before its own last write.
@Suite(.timeLimit(.minutes(1))) struct OwnWritesTests {
    private let clock = ManualClock()
    private let seen = Journal<String>()

    @Test func `a key waits until the cache shows the write, and other keys do not`() async throws {
        let isSeen = Mutex(false)
        let reconciler = Reconciling { [seen] key, context in
            seen.append("\(key)\(context.attempt)")
            if key == "a", context.id == 1 { context.wrote { isSeen.withLock { $0 } } }
            return .done
        }
        let controller = Controller("test", reconciler: reconciler, logger: .silent, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await controller.run() }
            controller.queue.add("a")
            await seen.entries(1)
            controller.queue.add("a")
            try await clock.waitForSleepers()
            controller.queue.add("b")
            #expect(await seen.entries(2) == ["a1", "b1"])
            try await clock.waitForSleepers()
            clock.advance(by: .milliseconds(20))
            // Not seen yet: the key waits again.
            try await clock.waitForSleepers()
            #expect(controller.queue.delayedCount == 1)
            isSeen.withLock { $0 = true }
            clock.advance(by: .milliseconds(20))
            #expect(await seen.entries(3) == ["a1", "b1", "a1"])
            group.cancelAll()
        }
    }

    @Test func `a cache that does not catch up is waited for only so long`() {
        let writes = OwnWrites<String>(patience: .seconds(5))
        let isSeen = Mutex(false)
        writes.note("a", at: .seconds(10)) { isSeen.withLock { $0 } }
        #expect(writes.standing(of: "b", at: .seconds(10)) == .shown)
        #expect(writes.standing(of: "a", at: .seconds(10)) == .wait(.milliseconds(20)))
        #expect(writes.standing(of: "a", at: .milliseconds(14_999)) == .wait(.milliseconds(20)))
        #expect(writes.standing(of: "a", at: .seconds(15)) == .behind)
        #expect(writes.standing(of: "a", at: .seconds(16)) == .behind)
        isSeen.withLock { $0 = true }
        #expect(writes.standing(of: "a", at: .seconds(17)) == .shown)
    }

    @Test func `all writes of a key are waited for, from the last one on`() {
        let writes = OwnWrites<String>(patience: .seconds(5))
        let isFirstSeen = Mutex(false)
        writes.note("a", at: .zero) { isFirstSeen.withLock { $0 } }
        writes.note("a", at: .seconds(1)) { true }
        #expect(writes.standing(of: "a", at: .seconds(2)) == .wait(.milliseconds(20)))
        writes.note("a", at: .seconds(4)) { false }
        #expect(writes.standing(of: "a", at: .seconds(8)) == .wait(.milliseconds(20)))
        isFirstSeen.withLock { $0 = true }
        #expect(writes.standing(of: "a", at: .seconds(8)) == .wait(.milliseconds(20)))
        #expect(writes.standing(of: "a", at: .seconds(9)) == .behind)
    }

    @Test func `a reconcile that was waited for in vain is told that the cache is behind`() async throws {
        let behind = Journal<Bool>()
        let reconciler = Reconciling { _, context in
            behind.append(context.isCacheBehind)
            if context.id == 1 { context.wrote { false } }
            return .done
        }
        let controller = Controller("test", reconciler: reconciler, logger: .silent, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await controller.run() }
            controller.queue.add("a")
            await behind.entries(1)
            controller.queue.add("a")
            try await clock.waitForSleepers()
            clock.advance(by: .seconds(5))
            #expect(await behind.entries(2) == [false, true])
            group.cancelAll()
        }
    }

    @Test func `without patience, or with nothing to wait for, nothing is noted`() {
        let impatient = OwnWrites<String>(patience: .zero)
        impatient.note("a", at: .zero) { false }
        #expect(impatient.standing(of: "a", at: .zero) == .shown)
        let writes = OwnWrites<String>(patience: .seconds(5))
        writes.note("a", at: .zero) { true }
        #expect(writes.standing(of: "a", at: .zero) == .shown)
    }

    @Test func `against a server, a reconcile always sees what it wrote, however often the object changes`()
        async throws
    {
        let server = TestAPIServer()
        let client = server.client(logger: .silent)
        try server.createConfigMap("a")
        let api = client.resource(.configMaps, as: ObjectMetadata.self)
        let informer = Informer(api, scope: .namespace("default"), logger: .silent)
        let written = Mutex(0)
        let stale = Mutex(0)
        let store = informer.store
        let reconciler = Keyed { key, context in
            let shown = store[key]?.annotations["n"].flatMap { Int($0) } ?? 0
            let last = written.withLock { $0 }
            if shown < last { stale.withLock { $0 += 1 } }
            guard shown < 50 else { return }
            let answer = try await api.patch(
                key, .merge(Array(#"{"metadata":{"annotations":{"n":"\#(last + 1)"}}}"#.utf8)))
            written.withLock { $0 = last + 1 }
            context.wrote(answer, to: store)
        }
        let controller = Controller("test", reconciler: reconciler, logger: .silent)
        controller.watch(informer)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await informer.run() }
            group.addTask { try? await controller.run() }
            // Somebody else is at it, too, so that keys are due at any moment.
            let key = ObjectKey(namespace: "default", name: "a")
            for round in 0..<50 {
                try server.patch(.configMaps, key, merge: #"{"metadata":{"labels":{"n":"\#(round)"}}}"#)
                await Task.yield()
            }
            try await server.waitForObject(.configMaps, key) { $0?["metadata"]?["annotations"]?["n"]?.string == "50" }
            group.cancelAll()
        }
        #expect(stale.withLock { $0 } == 0)
    }
}

extension TestAPIServer {
    /// A ConfigMap in the namespace `default`.
    func createConfigMap(_ name: String) throws {
        _ = try create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"default","name":"\#(name)"}}"#)
    }
}
