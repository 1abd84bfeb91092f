import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// A Reloader that waits for another one's lease to run out.
@Suite(.timeLimit(.minutes(1))) struct TakeoverTests {
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
    private let lease = ObjectKey(namespace: "shop", name: "lock")

    /// A candidate for a lease that somebody else holds.
    private func candidate(on stage: Stage) throws -> LeaderElector {
        try stage.server.create(
            json: """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lock","namespace":"shop"},\
                "spec":{"holderIdentity":"other","leaseDurationSeconds":15,"leaseTransitions":1,\
                "acquireTime":"2026-08-10T05:33:20.000000Z","renewTime":"2026-08-10T05:33:20.000000Z"}}
                """)
        return try LeaderElector(
            stage.server.client(logger: stage.log.logger), lease: lease, identity: "me", metrics: stage.metrics,
            clock: stage.clock, logger: stage.log.logger)
    }

    /// Lets time pass while the other one renews its lease.
    private func pass(_ seconds: Int, on stage: Stage) async throws {
        for second in 0..<seconds {
            let micros = String(100_000 + second)
            try stage.server.patch(
                .leases, lease, merge: #"{"spec":{"renewTime":"2026-08-10T05:33:20.\#(micros)Z"}}"#)
            await stage.pass(.seconds(1))
        }
    }

    private func changeThatLeaderHasTimeFor(on stage: Stage) async throws {
        try stage.change(configMap: "a", to: "2")
        await stage.untilReceived(1)
        try await pass(31, on: stage)
    }

    /// Has nobody hold the lease.
    private func free(on stage: Stage) throws {
        try stage.server.patch(.leases, lease, merge: #"{"spec":{"holderIdentity":""}}"#)
    }

    /// Lets time pass until the other one's lease has run out.
    private func takeOver(_ elector: LeaderElector, on stage: Stage) async throws {
        for _ in 0..<60 where !elector.isLeader { await stage.pass(.seconds(1)) }
        try #require(elector.isLeader)
    }

    @Test func `what the leader has not done is made up for`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        let elector = try candidate(on: stage)
        try await stage.run(atOnce, elector: elector) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.untilReceived(1)
            #expect(stage.patches.isEmpty)
            try await takeOver(elector, on: stage)
            #expect(try await stage.patch(of: "web").status == 200)
        }
    }

    @Test func `what the leader had time for is not done again where nothing shows it`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createCronJob("old", configMap: "a", templateMetadata: "{}")
        try stage.createCronJob("fresh", configMap: "b", templateMetadata: "{}")
        let elector = try candidate(on: stage)
        try await stage.run(atOnce, elector: elector) { stage in
            try await changeThatLeaderHasTimeFor(on: stage)
            try stage.change(configMap: "b", to: "2")
            await stage.untilReceived(2)
            try await takeOver(elector, on: stage)
            let job = try await stage.createdJob()
            #expect(try JSONValue(parsing: job.body)["metadata"]?["name"]?.string?.hasPrefix("fresh-") == true)
            #expect(try stage.server.list(.jobs).count == 1)
        }
    }

    @Test func `what goes back after the leader had time for it is a change for the next one`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a")
        let elector = try candidate(on: stage)
        try await stage.run(atOnce, elector: elector) { stage in
            try await changeThatLeaderHasTimeFor(on: stage)
            try stage.change(configMap: "a", to: "1")
            await stage.untilReceived(2)
            try await takeOver(elector, on: stage)
            try await stage.createdJob()
            #expect(try stage.server.list(.jobs).count == 1)
        }
    }

    @Test func `what goes back after the leader had time to tell of it is told by the next one`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            let elector = try candidate(on: stage)
            var options = atOnce
            options.webhook = WebhookOptions(url: receiver.url)
            try await stage.run(options, elector: elector) { stage in
                try await changeThatLeaderHasTimeFor(on: stage)
                try stage.change(configMap: "a", to: "1")
                await stage.untilReceived(2)
                try await takeOver(elector, on: stage)
                #expect(await receiver.untilReceived(1).count == 1)
            }
        }
    }

    @Test(
        "what a term leaves undone is not done long after, when this one leads again",
        arguments: [WorkloadKind.job, .cronJob])
    func secondTerm(kind: WorkloadKind) async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        if kind == .job {
            try stage.createJob("once", configMap: "a")
        } else {
            try stage.createCronJob("report", configMap: "a")
        }
        let elector = try candidate(on: stage)
        try await stage.run(atOnce, elector: elector) { stage in
            try free(on: stage)
            try await takeOver(elector, on: stage)
            // Of a Job a copy comes first.
            let heal =
                kind == .job
                ? stage.failCreations(.status(500), times: nil)
                : stage.server.inject(Fault(.status(500), times: nil, verb: "create", resource: "jobs"))
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.calls.contains { $0.attributes.verb == "create" && $0.status == 500 } }
            try stage.server.patch(
                .leases, lease,
                merge: #"{"spec":{"holderIdentity":"other","renewTime":"2026-08-10T05:33:21.000000Z"}}"#)
            for _ in 0..<60 where elector.isLeader { await stage.pass(.seconds(1)) }
            try #require(!elector.isLeader)
            heal()
            // The other one has done it by now, and what it made is gone again.
            for job in try stage.server.list(.jobs) {
                let name = try #require(job["metadata"]?["name"]?.string)
                try stage.server.delete(.jobs, ObjectKey(namespace: "shop", name: name))
            }
            try await pass(31, on: stage)
            try free(on: stage)
            try await takeOver(elector, on: stage)
            await lead(on: stage)
            #expect(try stage.server.list(.jobs).isEmpty)
        }
    }

    @Test func `what a term leaves undone stays due when nobody else has led since`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a")
        let elector = try candidate(on: stage)
        try await stage.run(atOnce, elector: elector) { stage in
            try free(on: stage)
            try await takeOver(elector, on: stage)
            let heal = stage.server.inject(
                Fault(.status(500), times: nil) { request in
                    request.resource == "leases" || request.verb == "create" && request.resource == "jobs"
                })
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.calls.contains { $0.attributes.verb == "create" && $0.status == 500 } }
            await stage.pass(.seconds(45))
            #expect(!elector.isLeader)
            heal()
            try await takeOver(elector, on: stage)
            await lead(on: stage)
            #expect(try stage.server.list(.jobs).count == 1)
        }
    }

    /// Has this one take over after a change that the leader had time for, whose turn comes 40 s after it.
    private func takeOverEarly(_ elector: LeaderElector, on stage: Stage) async throws {
        try await changeThatLeaderHasTimeFor(on: stage)
        try free(on: stage)
        try await takeOver(elector, on: stage)
        // The turn of what was collected has not come yet.
        #expect(stage.clock.now.offset < .seconds(40))
    }

    /// Long enough for what is due 40 s after the takeover.
    private func lead(on stage: Stage) async { await stage.pass(.seconds(72)) }

    @Test func `what changes after the takeover is done, whatever the leader had time for`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createCronJob(
            "report", configMap: "a",
            annotations: #"{"reloader.stakater.com/auto":"true","configmap.reloader.stakater.com/reload":"b"}"#)
        let elector = try candidate(on: stage)
        let options = ReloaderOptions(reloadDelay: .seconds(40), reloadMaxDelay: .seconds(300))
        try await stage.run(options, elector: elector) { stage in
            try await takeOverEarly(elector, on: stage)
            try stage.change(configMap: "b", to: "2")
            await stage.untilReceived(2)
            await lead(on: stage)
            let jobs = try stage.server.list(.jobs)
            #expect(jobs.count == 1)
            #expect(jobs.first?.description.contains("STAKATER_B_CONFIGMAP") == true)
            #expect(jobs.first?.description.contains("STAKATER_A_CONFIGMAP") == false)
        }
    }

    @Test func `a config that changes after the takeover is told, whatever the leader had time for`() async throws {
        try await Receiver.run(.answer(200)) { receiver in
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            let elector = try candidate(on: stage)
            var options = ReloaderOptions(reloadDelay: .seconds(40), reloadMaxDelay: .seconds(300))
            options.webhook = WebhookOptions(url: receiver.url)
            try await stage.run(options, elector: elector) { stage in
                try await takeOverEarly(elector, on: stage)
                // Back to what it was before the leader told of it.
                try stage.change(configMap: "a", to: "1")
                await stage.untilReceived(2)
                await lead(on: stage)
                #expect(await receiver.untilReceived(1).count == 1)
            }
        }
    }
}
