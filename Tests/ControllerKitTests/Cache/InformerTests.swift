import ControllerKit
import ControllerTestKit
import KubeClient
import Synchronization
import TestSupport
import Testing

private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "ns", name: name) }

/// An informer over a scripted server, with its changes as text.
private final class Bench: Sendable {
    let server = ScriptedServer()
    let clock = ManualClock()
    private let log = Journal<String>()
    let informer: Informer<Sample>
    private let seen = Mutex<[String]>([])

    init(streaming: Bool = false, isOptional: Bool = false) {
        informer = Informer(
            server.source, resource: .configMaps, scope: .namespace("ns"),
            options: InformerOptions(
                labelSelector: "a=b", fieldSelector: "c=d", streamingList: streaming, isOptional: isOptional),
            logger: .into(log, withMetadata: false), clock: clock, rng: ConstantGenerator())
        informer.observe { change in
            self.seen.withLock { $0.append("\(text(change)) \(change.cause)") }
        }
    }

    /// The lines of a level.
    func told(_ level: String) -> [String] { log.entries.filter { $0.hasPrefix(level) } }

    /// The changes since the last look.
    func changes() -> [String] {
        seen.withLock { seen in
            defer { seen = [] }
            return seen
        }
    }

    /// Runs the informer while `body` plays the server.
    func run(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await self.informer.run()
                } catch is CancellationError {}
            }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct InformerTests {
    @Test("lists in pages, then watches; the store and the observers see it in order, and waiters go on")
    func listThenWatch() async throws {
        let bench = Bench()
        try await bench.run {
            let first = await bench.server.next()
            #expect(first.text == "list any limit 500")
            guard case .list(let options, _) = first.request else { return }
            #expect(options.labelSelector == "a=b" && options.fieldSelector == "c=d")
            first.send(Sample("a", "1"), Sample("b", "2"))
            first.finish(at: "5", continue: "more")
            let second = await bench.server.next()
            #expect(second.text == "list mostRecent page more limit 500")
            #expect(bench.informer.store.count == 0, "half a list is never shown")
            #expect(!bench.informer.state.isSynced)
            second.send(Sample("c", "3"))
            second.finish(at: "5")
            try await bench.informer.waitUntilSynced()
            #expect(bench.changes() == ["+a@1 initialList", "+b@2 initialList", "+c@3 initialList"])
            #expect(bench.informer.store.resourceVersion == "5")

            let watch = await bench.server.next()
            #expect(watch.text == "watch after(5)")
            guard case .watch(let watchOptions, _) = watch.request else { return }
            #expect(watchOptions.labelSelector == "a=b" && watchOptions.fieldSelector == "c=d")
            #expect(watchOptions.timeout == .seconds(300))
            #expect(watchOptions.silenceLimit == .seconds(150), "two bookmarks may be late")
            try watch.send(.modified(Sample("a", "6")), .deleted(Sample("b", "7")), .added(Sample("d", "8")))
            #expect(bench.changes() == ["~a@1>6 watch", "-b@7 watch", "+d@8 watch"])
            try watch.send(.bookmark("20", endsInitialEvents: false))
            #expect(bench.informer.store.resourceVersion == "20")
            watch.end()
            #expect(await bench.server.next().text == "watch after(20)")
        }
    }

    @Test("observers find the store already changed, and may read it")
    func observersReadTheStore() async throws {
        let bench = Bench()
        let sizes = Mutex<[Int]>([])
        let informer = bench.informer
        informer.observe { change in
            sizes.withLock { $0.append(informer.store.count) }
            #expect(informer.store[change.key] == change.new)
        }
        try await bench.run {
            let list = await bench.server.next()
            list.send(Sample("a"), Sample("b"))
            list.finish(at: "5")
            let watch = await bench.server.next()
            try watch.send(.deleted(Sample("a", "6")))
            #expect(sizes.withLock { $0 } == [2, 2, 1])
        }
    }

    @Test("an index that was added before the run follows lists and events")
    func indexes() async throws {
        let bench = Bench()
        let byGroup = Index<Sample, String>("group") { $0.groups }
        bench.informer.index(byGroup)
        try await bench.run {
            let list = await bench.server.next()
            list.send(Sample("a", groups: ["x"]), Sample("b"))
            list.finish(at: "5")
            let watch = await bench.server.next()
            #expect(bench.informer.store.keys(byGroup, equalTo: "x") == [key("a")])
            try watch.send(.modified(Sample("b", "6", groups: ["x"])), .deleted(Sample("a", "7")))
            #expect(bench.informer.store.keys(byGroup, equalTo: "x") == [key("b")])
        }
    }

    @Test("a streaming list is one request: staged, swapped in at the mark, then the watch")
    func streaming() async throws {
        let bench = Bench(streaming: true)
        try await bench.run {
            let stream = await bench.server.next()
            #expect(stream.text == "watch initialEvents(notOlderThan: nil)")
            try stream.send(.added(Sample("a", "4")), .added(Sample("b", "2")), .deleted(Sample("b", "5")))
            #expect(bench.informer.store.count == 0)
            #expect(bench.changes().isEmpty)
            try stream.send(.bookmark("9", endsInitialEvents: true))
            #expect(bench.changes() == ["+a@4 initialList"])
            try await bench.informer.waitUntilSynced()
            #expect(bench.informer.store.resourceVersion == "9")
            try stream.send(.added(Sample("c", "10")))
            #expect(bench.changes() == ["+c@10 watch"])
            stream.end()
            #expect(await bench.server.next().text == "watch after(10)")
        }
    }

    @Test("a stream that brings nothing for half a minute is ended for a plain list")
    func streamAbandoned() async throws {
        let bench = Bench(streaming: true)
        try await bench.run {
            let stream = await bench.server.next()
            #expect(stream.text.hasPrefix("watch initialEvents"))
            for _ in 0..<3 { #expect(try await bench.clock.passNextSleep() == .seconds(10)) }
            let list = await bench.server.next()
            #expect(list.text == "list any limit 500")
            #expect(bench.server.cancelledCalls == 1)
            list.send(Sample("a"))
            list.finish(at: "5")
            try await bench.informer.waitUntilSynced()
            #expect(bench.changes() == ["+a@1 initialList"])
        }
    }

    @Test("what a broken stream brought is not in the list that follows")
    func brokenStreamIsDropped() async throws {
        let bench = Bench(streaming: true)
        try await bench.run {
            let stream = await bench.server.next()
            try stream.send(.added(Sample("gone", "1")))
            stream.end()
            let list = await bench.server.next()
            list.send(Sample("a"))
            list.finish(at: "5")
            try await bench.informer.waitUntilSynced()
            #expect(bench.informer.store.snapshot() == [Sample("a")])
        }
    }

    @Test("what one stream brought is not in the stream that is tried instead")
    func failedStreamIsDropped() async throws {
        let bench = Bench(streaming: true)
        try await bench.run {
            let stream = await bench.server.next()
            try stream.send(.added(Sample("gone", "1")))
            stream.fail(.tooLarge)
            let second = await bench.server.next()
            #expect(second.text == "watch initialEvents(notOlderThan: nil)")
            try second.send(.added(Sample("a")), .bookmark("5", endsInitialEvents: true))
            #expect(bench.informer.store.snapshot() == [Sample("a")])
        }
    }

    @Test("what an expired page brought is not in the full list that follows")
    func expiredPageIsDropped() async throws {
        let bench = Bench()
        try await bench.run {
            let first = await bench.server.next()
            first.send(Sample("gone"))
            first.finish(at: "5", continue: "more")
            await bench.server.next().fail(.expired)
            let full = await bench.server.next()
            #expect(full.text == "list any")
            full.send(Sample("a"))
            full.finish(at: "6")
            try await bench.informer.waitUntilSynced()
            #expect(bench.informer.store.snapshot() == [Sample("a")])
        }
    }

    @Test(
        "TestSharedInformerWatchDisruption: after 410 the relist tells deletions with unknown state, updates, additions"
    )
    func watchDisruption() async throws {
        let bench = Bench()
        try await bench.run {
            let list = await bench.server.next()
            list.send(Sample("a", "1"), Sample("b", "2"), Sample("c", "3"))
            list.finish(at: "5")
            let watch = await bench.server.next()
            _ = bench.changes()
            watch.fail(.expired)
            let wait = try await bench.clock.passNextSleep()
            #expect(wait == .milliseconds(800))
            let relist = await bench.server.next()
            #expect(relist.text == "list notOlderThan(5)")
            relist.send(Sample("a", "1"), Sample("c", "9"), Sample("d", "8"))
            relist.finish(at: "9")
            #expect(await bench.server.next().text == "watch after(9)")
            #expect(bench.changes() == ["-b@2? relist", "~c@3>9 relist", "+d@8 relist"])
        }
    }

    @Test("reflector_restarted_should_clear_objects: a second run takes nothing over that the server no longer has")
    func restarted() async throws {
        let bench = Bench()
        try await bench.run {
            let list = await bench.server.next()
            list.send(Sample("a"), Sample("b"))
            list.finish(at: "5")
            try await bench.informer.waitUntilSynced()
        }
        #expect(bench.informer.store.count == 2, "what is known stays readable between runs")
        _ = bench.changes()
        try await bench.run {
            // The cancelled run may have made its next request before it stopped; that one is not answered.
            var list = await bench.server.next()
            while !list.text.hasPrefix("list") { list = await bench.server.next() }
            #expect(list.text == "list any limit 500")
            list.send(Sample("b"))
            list.finish(at: "6")
            _ = await bench.server.next()
            #expect(bench.informer.store.snapshot() == [Sample("b")])
            #expect(bench.changes() == ["-a@1? relist"])
        }
    }

    @Test("an empty first list is a complete one")
    func emptyListSyncs() async throws {
        let bench = Bench()
        try await bench.run {
            await bench.server.next().finish(at: "5")
            try await bench.informer.waitUntilSynced()
            #expect(bench.informer.state.isSynced)
            #expect(bench.changes().isEmpty)
        }
    }

    @Test("a failing server is tried for ever, with a warning every few seconds while it cannot be reached")
    func failures() async throws {
        let bench = Bench()
        try await bench.run {
            for _ in 0..<4 {
                await bench.server.next().fail(KubeError(.transport, "connection refused by 127.0.0.1:6443"))
                try await bench.clock.passNextSleep()
            }
            await bench.server.next().fail(.serverFailed)
            try await bench.clock.passNextSleep()
            await bench.server.next().finish(at: "5")
            try await bench.informer.waitUntilSynced()
        }
        #expect(
            bench.told("warning") == [
                "warning cannot reach the API server: connection refused by 127.0.0.1:6443 (attempt 1, next try in 0.8 s)",
                "warning cannot reach the API server: connection refused by 127.0.0.1:6443 (attempt 4, next try in 6.4 s)",
                "warning reading configmaps failed: the server said 500 (attempt 5, next try in 12.8 s)",
            ])
    }

    @Test("an address in the error is not introduced twice")
    func unreachableWording() async throws {
        let bench = Bench()
        try await bench.run {
            await bench.server.next().fail(
                KubeError(.transport, "cannot reach the API server at https://10.0.0.1: refused"))
            try await bench.clock.passNextSleep()
        }
        #expect(
            bench.told("warning") == [
                "warning cannot reach the API server at https://10.0.0.1: refused (attempt 1, next try in 0.8 s)"
            ])
    }

    @Test("an optional kind that is forbidden lets waiters go on, says so once, and comes back by itself")
    func optionalKind() async throws {
        let bench = Bench(isOptional: true)
        try await bench.run {
            await bench.server.next().fail(.forbidden)
            try await bench.informer.waitUntilSynced()
            guard case .unavailable(let error) = bench.informer.state else {
                Issue.record("the kind should be off")
                return
            }
            #expect(error.isForbidden)
            #expect(try await bench.clock.passNextSleep() == .seconds(60))
            await bench.server.next().fail(.forbidden)
            #expect(try await bench.clock.passNextSleep() == .seconds(60))
            let list = await bench.server.next()
            list.send(Sample("a"))
            list.finish(at: "5")
            #expect(await bench.server.next().text == "watch after(5)")
            #expect(bench.informer.state.isSynced)
            #expect(bench.changes() == ["+a@1 initialList"])
        }
        #expect(
            bench.told("warning") == [
                "warning configmaps is off: grant list and watch on configmaps; tried again every 60 s"
            ])
        #expect(bench.told("info") == ["info configmaps can be read again"])
    }

    @Test("a kind that is not optional keeps its waiters waiting")
    func neededKind() async throws {
        let bench = Bench()
        try await bench.run {
            await bench.server.next().fail(.forbidden)
            #expect(try await bench.clock.passNextSleep() == .milliseconds(800))
            #expect(!bench.informer.state.isSynced)
            await bench.server.next().finish(at: "5")
            try await bench.informer.waitUntilSynced()
        }
    }

    @Test("cancelling run() ends it while it waits for a list, a watch, a stream or the clock", arguments: 0..<4)
    func cancellation(point: Int) async throws {
        let bench = Bench(streaming: point == 2)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await bench.informer.run()
                    return false
                } catch is CancellationError {
                    return true
                } catch {
                    return false
                }
            }
            let first = await bench.server.next()
            switch point {
            case 1:
                first.finish(at: "5")
                _ = await bench.server.next()
            case 3:
                first.fail(.serverFailed)
                _ = try await bench.clock.nextSleep()
            default: break
            }
            group.cancelAll()
            let isCancelled = try await group.next()
            #expect(isCancelled == true, "run() throws CancellationError and nothing else")
        }
    }

    @Test("run() that is cancelled before it begins asks nothing of the server")
    func cancelledBeforeStart() async throws {
        let bench = Bench()
        await withTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { await #expect(throws: CancellationError.self) { try await bench.informer.run() } }
        }
    }

    @Test("a waiter that is cancelled leaves; the others stay")
    func cancelledWaiter() async throws {
        let bench = Bench()
        try await bench.run {
            let list = await bench.server.next()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) { try await bench.informer.waitUntilSynced() }
                }
                group.cancelAll()
            }
            async let other: Void = bench.informer.waitUntilSynced()
            list.finish(at: "5")
            try await other
        }
    }

    @Test("waiters do not outlive the run")
    func waitersAfterTheRun() async throws {
        let bench = Bench()
        try await bench.run { _ = await bench.server.next() }
        await #expect(throws: CancellationError.self) { try await bench.informer.waitUntilSynced() }
    }

    @Test("a second run at the same time is refused, and does not disturb the first")
    func secondRun() async throws {
        let bench = Bench()
        try await bench.run {
            let list = await bench.server.next()
            await #expect(throws: KubeError.self) { try await bench.informer.run() }
            list.finish(at: "5")
            try await bench.informer.waitUntilSynced()
        }
    }

    @Test("an observer that comes too late is reported")
    func lateObserver() async throws {
        let bench = Bench()
        try await bench.run {
            _ = await bench.server.next()
            bench.informer.observe { _ in }
        }
        #expect(bench.told("error") == ["error an observer of configmaps came after run() and sees nothing"])
    }

    @Test("every list, event and bookmark is a sign of life; failures are none")
    func freshness() async throws {
        let bench = Bench()
        let informer = bench.informer
        let check = informer.freshnessCheck(limit: .seconds(180))
        try await bench.run {
            let failing = await bench.server.next()
            #expect(informer.freshness == Freshness(sinceContact: nil, sinceActivity: .zero))
            #expect(check.status() == .unhealthy("configmaps not listed yet"))
            failing.fail(.refused)
            try await bench.clock.passNextSleep()
            let list = await bench.server.next()
            #expect(informer.freshness.sinceContact == nil)
            list.finish(at: "5")
            let watch = await bench.server.next()
            #expect(informer.freshness.sinceContact == .zero)
            bench.clock.advance(by: .seconds(180))
            #expect(informer.freshness.sinceContact == .seconds(180))
            #expect(check.status() == .healthy)
            bench.clock.advance(by: .seconds(1))
            #expect(check.status() == .unhealthy("nothing was heard of configmaps for 181 s"))
            try watch.send(.bookmark("6", endsInitialEvents: false))
            #expect(informer.freshness == Freshness(sinceContact: .zero, sinceActivity: .zero))
            #expect(check.status() == .healthy)
        }
        #expect(informer.freshness.sinceActivity == nil)
    }

    @Test("an informer is alive while it keeps trying, and not when nothing moves any more")
    func liveness() async throws {
        let bench = Bench()
        let check = bench.informer.livenessCheck(limit: .seconds(900))
        #expect(check.status() == .healthy)
        try await bench.run {
            for _ in 0..<40 {
                await bench.server.next().fail(.refused)
                try await bench.clock.passNextSleep()
                #expect(check.status() == .healthy)
            }
            _ = await bench.server.next()
            bench.clock.advance(by: .seconds(900))
            #expect(check.status() == .healthy)
            bench.clock.advance(by: .seconds(1))
            #expect(check.status() == .unhealthy("the watch of configmaps has been stuck for 901 s"))
        }
        #expect(check.status() == .healthy)
    }

    @Test("a watch is healthy by the clock that was given: five seconds of it end a streak of failures")
    func lifetimeIsMeasured() async throws {
        let bench = Bench()
        try await bench.run {
            await bench.server.next().finish(at: "5")
            for milliseconds in [800, 1600, 3200] {
                await bench.server.next().fail(.status(429))
                let wait = try await bench.clock.passNextSleep()
                #expect(wait == .milliseconds(milliseconds))
            }
            let watch = await bench.server.next()
            try watch.send(.bookmark("6", endsInitialEvents: false))
            bench.clock.advance(by: .seconds(6))
            watch.fail(.status(429))
            #expect(try await bench.clock.passNextSleep() == .milliseconds(800))
            #expect(await bench.server.next().text == "watch after(6)")
        }
    }
}
