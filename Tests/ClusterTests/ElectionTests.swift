import ControllerKit
import KubeClient
import TestSupport
import Testing

/// Two candidates for one Lease.
@Suite(.timeLimit(.minutes(2))) struct ElectionTests {
    private func elector(_ bed: TestBed, _ identity: String, lease: Int = 15) throws -> LeaderElector {
        try LeaderElector(
            bed.client, lease: bed.key("lock"), identity: identity,
            options: LeaderElectionOptions(
                leaseDuration: .seconds(lease), renewDeadline: .milliseconds(lease * 600),
                retryPeriod: .milliseconds(50)),
            logger: .silent)
    }

    private func leaseSpec(_ bed: TestBed) async throws -> JSONValue? {
        try await bed.find(.leases, "lock")?[at: "/spec"]
    }

    @Test(arguments: Place.all)
    func `one leads, and the other takes over as soon as the lease is given back`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let journal = Journal<String>()
            let (first, second) = (try elector(bed, "first"), try elector(bed, "second"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await first.withLeadership {
                        journal.append("first")
                        await journal.wait { $0.contains("second knows") }
                        #expect(first.isLeader)
                        #expect(!second.isLeader)
                        journal.append("first ends")
                    }
                }
                await journal.wait { $0.contains("first") }
                let holder = try await leaseSpec(bed)?["holderIdentity"]?.string
                #expect(holder == "first")
                group.addTask {
                    try await second.withLeadership { journal.append("second") }
                }
                group.addTask {
                    while second.leader != "first" { try await Task.sleep(for: .milliseconds(10)) }
                    journal.append("second knows")
                }
                try await group.waitForAll()
            }
            #expect(journal.entries == ["first", "second knows", "first ends", "second"])
            let spec = try await leaseSpec(bed)
            #expect(spec?["leaseTransitions"]?.int == 1)
            #expect(spec?["holderIdentity"]?.string ?? "" == "")
        }
    }

    @Test(arguments: Place.slow)
    func `a lease that nobody renews is taken after its time, not before`(place: Place) async throws {
        try await TestBed.at(place) { bed in
            let journal = Journal<String>()
            let first = try elector(bed, "first", lease: 2)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Cancelled as by a crash: the lease stays behind.
                    try? await first.withLeadership {
                        journal.append("first")
                        await withTaskCancellationHandler {
                            await journal.wait { $0.contains("crash") }
                        } onCancel: {
                            journal.append("crash")
                        }
                    }
                }
                await journal.wait { $0.contains("first") }
                group.cancelAll()
                try await group.waitForAll()
            }
            let start = ContinuousClock.now
            try await elector(bed, "second", lease: 2).withLeadership { journal.append("second") }
            #expect(ContinuousClock.now - start > .seconds(2))
            #expect(journal.entries == ["first", "crash", "second"])
        }
    }
}
