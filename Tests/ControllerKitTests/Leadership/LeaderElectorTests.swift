import ControllerTestKit
import KubeClient
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import ControllerKit

@Suite("Leader elector", .timeLimit(.minutes(1)))
struct LeaderElectorTests {
    let server = TestAPIServer()
    let clock = ManualClock()
    let registry = PrometheusRegistry(reportsProcess: false)
    let key = ObjectKey(namespace: "default", name: "lock")

    func elector(
        _ identity: String, options: LeaderElectionOptions = .init(), logger: Logger = .silent
    ) throws -> LeaderElector {
        try LeaderElector(
            server.client(logger: .silent), lease: key, identity: identity, options: options, metrics: registry,
            timeline: Timeline(clock), wallClock: Timestamp.now, random: { 0 }, logger: logger)
    }

    /// The verbs of the requests about the lease, in order.
    var verbs: [String] { server.requests.map(\.attributes.verb) }

    func until(_ isTrue: () -> Bool) async {
        while !isTrue(), !Task.isCancelled { await Task.yield() }
    }

    /// Moves the clock step by step until something is so, letting everybody act in between.
    func advance(by step: Duration = .milliseconds(100), atMost limit: Duration, until isTrue: () -> Bool) async {
        var passed = Duration.zero
        while !isTrue(), passed < limit {
            clock.advance(by: step)
            passed += step
            for _ in 0..<200 where !isTrue() { await Task.yield() }
        }
    }

    /// Runs for as long as it may.
    static func forEver(_ journal: Journal<String>, _ name: String) -> @Sendable () async throws -> Void {
        {
            journal.append("\(name) begins")
            await Gate().wait()
            journal.append("\(name) ends")
        }
    }

    @Test("a new lease is created, and each renewal is one update")
    func fastPath() async throws {
        let elector = try elector("a")
        let journal = Journal<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await elector.withLeadership(Self.forEver(journal, "a")) }
            await journal.entries(1)
            #expect(elector.isLeader)
            #expect(elector.leader == "a")
            for count in 3...4 {
                // The work's deadline and the next renewal.
                try await clock.waitForSleepers(2)
                clock.advance(by: .seconds(2))
                await until { verbs.count == count }
            }
            #expect(verbs == ["get", "create", "update", "update"])
            #expect(exposed("leader_election_master_status{name=\"lock\"} 1\n"))
            #expect(exposed("leader_election_slowpath_total{name=\"lock\"} 0\n"))

            // Somebody touches the lease: the update is refused, and the slow path takes its place.
            try server.patch(.leases, key, merge: #"{"metadata":{"labels":{"a":"b"}}}"#)
            server.clearRequests()
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(2))
            await until { verbs.count == 3 }
            #expect(verbs == ["update", "get", "update"])
            #expect(try server.get(.leases, key)["metadata"]?["labels"]?["a"]?.string == "b")
            #expect(exposed("leader_election_slowpath_total{name=\"lock\"} 1\n"))
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(!elector.isLeader)
        #expect(exposed("leader_election_master_status{name=\"lock\"} 0\n"))
    }

    @Test("who leads is told when it changes, in v1.4.21's words")
    func announcements() async throws {
        try server.create(
            json: """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lock","namespace":"default"},\
                "spec":{"holderIdentity":"b","leaseDurationSeconds":15}}
                """)
        let lines = Journal<String>()
        func told(_ text: String) -> Int { lines.entries.count { $0.hasPrefix(text) } }
        let elector = try elector("a", logger: .into(lines))
        let journal = Journal<String>()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await elector.withLeadership(Self.forEver(journal, "a")) }
            await advance(atMost: .seconds(40)) { !journal.entries.isEmpty }
            #expect(told("info new leader is b") == 1)
            let renewals = verbs.count + 2
            await advance(atMost: .seconds(10)) { verbs.count >= renewals }
            #expect(told("info still the leader!") == 1)
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    func exposed(_ line: String) -> Bool { String(decoding: registry.exposition(), as: UTF8.self).contains(line) }

    @Test("when the work is done the lease is read anew and given back, and the next candidate takes it at once")
    func release() async throws {
        let first = try elector("a")
        try await first.withLeadership {}
        #expect(verbs == ["get", "create", "get", "update"])
        let released = try server.get(.leases, key)["spec"]
        #expect(released?["holderIdentity"]?.string == "")
        #expect(released?["leaseDurationSeconds"]?.int == 1)
        #expect(first.leader == nil)

        server.clearRequests()
        let second = try elector("b")
        try await second.withLeadership { #expect(second.isLeader) }
        #expect(verbs == ["get", "update", "get", "update"])
        #expect(try server.get(.leases, key)["spec"]?["leaseTransitions"]?.int == 1)
    }

    @Test("the error of the work is passed on, after the lease was given back")
    func failure() async throws {
        struct Failure: Error {}
        let elector = try elector("a")
        await #expect(throws: Failure.self) { try await elector.withLeadership { throw Failure() } }
        #expect(try server.get(.leases, key)["spec"]?["holderIdentity"]?.string == "")
    }

    @Test("a lease that cannot be renewed cancels the work at the deadline, and is contended for again")
    func deadline() async throws {
        let elector = try elector("a")
        let journal = Journal<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await elector.withLeadership(Self.forEver(journal, "a")) }
            await journal.entries(1)
            let withdraw = server.inject(Fault(.hang, times: nil))
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(2))
            // The renewal hangs; only the deadline sleeps now.
            await until { server.requests.last?.attributes.verb == "update" && clock.sleeperCount == 1 }
            clock.advance(by: .milliseconds(7_999))
            #expect(elector.isLeader)
            #expect(journal.entries == ["a begins"])
            clock.advance(by: .milliseconds(1))
            #expect(!elector.isLeader)
            await journal.entries(2)
            withdraw()
            await advance(atMost: .seconds(30)) { journal.entries.count == 3 }
            #expect(journal.entries == ["a begins", "a ends", "a begins"])
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    @Test("a leader that finds another holder stops at once")
    func replaced() async throws {
        let elector = try elector("a")
        let journal = Journal<String>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await elector.withLeadership(Self.forEver(journal, "a")) }
            await journal.entries(1)
            try server.patch(.leases, key, merge: #"{"spec":{"holderIdentity":"b"}}"#)
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(2))
            await journal.entries(2)
            #expect(elector.leader == "b")
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
        #expect(try server.get(.leases, key)["spec"]?["holderIdentity"]?.string == "b")
    }

    @Test("a standby takes over when the leader has vanished, not before, and never works beside it")
    func takeover() async throws {
        let (first, second) = (try elector("a"), try elector("b"))
        let journal = Journal<String>()
        await withThrowingTaskGroup(of: Void.self) { group in
            let leader = group.addTaskUnlessCancelled {
                // Cancelled, not shut down: the lease is left to expire, as when the process is killed.
                try? await withThrowingTaskGroup(of: Void.self) { inner in
                    inner.addTask { try await first.withLeadership(Self.forEver(journal, "a")) }
                    inner.addTask { await self.until { journal.entries.contains("stop") } }
                    try await inner.next()
                    inner.cancelAll()
                }
            }
            #expect(leader)
            await journal.entries(1)
            group.addTask { try await second.withLeadership(Self.forEver(journal, "b")) }
            await advance(atMost: .seconds(40)) { false }
            #expect(journal.entries == ["a begins"])
            #expect(second.leader == "a")
            journal.append("stop")
            await journal.entries(3)
            let start = clock.now
            await advance(atMost: .seconds(40)) { journal.entries.count == 4 }
            #expect(journal.entries == ["a begins", "stop", "a ends", "b begins"])
            let waited = start.duration(to: clock.now)
            #expect(waited > .seconds(10) && waited < .seconds(20), "\(waited)")
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.waitForAll() }
        }
    }

    @Test("graceful shutdown: a candidate gives up, a leader finishes and gives the lease back")
    func shutdown() async throws {
        struct Candidate: Service {
            let elector: LeaderElector
            let journal: Journal<String>
            func run() async throws {
                try await elector.withLeadership {
                    journal.append("begins")
                    try await gracefulShutdown()
                    journal.append("ends")
                }
                journal.append("done")
            }
        }
        let (first, second) = (try elector("a"), try elector("b"))
        let (journal, idle) = (Journal<String>(), Journal<String>())
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: Candidate(elector: first, journal: journal)),
                    .init(service: StandBy(leader: journal, candidate: Candidate(elector: second, journal: idle))),
                ], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await journal.entries(1)
            await until { second.leader == "a" }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(journal.entries == ["begins", "ends", "done"])
        #expect(idle.entries == ["done"])
        #expect(try server.get(.leases, key)["spec"]?["holderIdentity"]?.string == "")

        struct StandBy: Service {
            let leader: Journal<String>
            let candidate: Candidate
            func run() async throws {
                await leader.entries(1)
                try await candidate.run()
            }
        }
    }

    @Test("work that does not stop makes the process unhealthy once nobody can hope any more")
    func health() async throws {
        let elector = try elector("a")
        let finished = Journal<String>()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await elector.withLeadership {
                    // Deaf to cancellation.
                    await finished.entries(1)
                }
            }
            await until { elector.isLeader }
            server.inject(Fault(.reset, times: nil))
            #expect(elector.health == .healthy)
            clock.advance(by: .seconds(30))
            #expect(elector.health == .healthy)
            clock.advance(by: .seconds(6))
            #expect(elector.health != .healthy)
            finished.append("open")
            group.cancelAll()
            while let result = await group.nextResult() { _ = result }
        }
        #expect(elector.health == .healthy)
    }

    @Test("an identity that means nobody is refused; the default one is unique")
    func identity() throws {
        #expect(throws: KubeError.self) { try elector("") }
        let (one, two) = (LeaderElector.uniqueIdentity(), LeaderElector.uniqueIdentity())
        #expect(one != two)
        let uuid = try #require(one.split(separator: "_").last)
        #expect(uuid.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(uuid.split(separator: "-")[2].first == "4")
    }

    @Test("the requests use the lease's connections, with a time-out of their own, and are not repeated")
    func channel() async throws {
        let transport = RecordingTransport()
        let client = KubeClient(transport: transport, logger: .silent)
        let elector = try LeaderElector(
            client, lease: key, identity: "a", metrics: registry, clock: clock, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await elector.withLeadership {} }
            await transport.requests.entries(1)
            try? await clock.waitForSleepers()
            group.cancelAll()
        }
        let requests = transport.requests.entries
        #expect(requests.count == 1)
        #expect(requests.first?.channel == .lease)
        #expect(requests.first?.timeout == .seconds(5))
    }
}

/// Refuses everything, asking to be tried again.
private struct RecordingTransport: Transport {
    var host: String { "in-process" }

    let requests = Journal<HTTPRequest>()
    func perform(_ request: HTTPRequest, deliveringTo receiver: any ResponseReceiver) async throws(KubeError) {
        requests.append(request)
        try receiver.receive(HTTPResponseHead(status: 429, headers: [("Retry-After", "1")]))
    }
}
