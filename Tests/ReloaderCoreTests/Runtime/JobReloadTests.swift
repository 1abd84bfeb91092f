import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct JobReloadTests {
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
    private static let updated = "6b3093988321555757cc9b88a5f2d59101a0261c"
    private static let once = ObjectKey(namespace: "shop", name: "once")

    private func environment(of job: JSONValue?) -> JSONValue? {
        job?["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"]
    }

    private func markers(_ value: String) -> JSONValue {
        [["name": "PLAIN", "value": "x"], ["name": "STAKATER_A_CONFIGMAP", "value": .string(value)]]
    }

    @Test func `a change deletes the Job and creates it again under its name`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        let before = try stage.createJob("once", configMap: "a")
        let uid = before["metadata"]?["uid"]?.string ?? "-"
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            let request = try await stage.createdJob()
            let deletion = try await stage.server.waitForRequest {
                $0.attributes.verb == "delete" && $0.attributes.name == "once"
            }
            #expect(
                deletion.bodyText == #"{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background","#
                    + #""preconditions":{"uid":"\#(uid)"}}"#)
            #expect(request[query: "fieldManager"] == "Reloader")
            #expect(request.status == 201)
            let event = try JSONValue(parsing: try await stage.event().body)
            #expect(event["involvedObject"]?["kind"]?.string == "Job")
            #expect(stage.writes.dropLast() == Stage.recreation.dropLast())
            let after = try stage.server.get(.jobs, Self.once)
            #expect(after["metadata"]?["uid"]?.string != uid)
            #expect(after["metadata"]?["annotations"] == before["metadata"]?["annotations"])
            #expect(after["spec"]?["template"]?["metadata"]?["labels"]?["own"] == "label")
            #expect(environment(of: after) == markers(Self.updated))
        }
    }

    @Test func `a creation that fails is repeated until the Job is there again`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createJob("once", configMap: "a")
        let withdraw = stage.failCreations(.status(500, message: "the webhook is down"), times: nil)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            for _ in 0..<3 {
                try await stage.clock.waitForSleepers(1)
                #expect(stage.server.find(.jobs, Self.once) == nil)
                stage.clock.advance(by: .seconds(2))
            }
            // What is changed while the Job is away reaches it, too.
            try await stage.clock.waitForSleepers(1)
            try stage.change(configMap: "a", to: "updated")
            await stage.untilReceived(2)
            withdraw()
            stage.clock.advance(by: .seconds(5))
            let job = try await stage.server.waitForObject(.jobs, Self.once) { $0 != nil }
            #expect(environment(of: job) == markers(Self.updated))
            await stage.untilLogged("info Changes detected in 'a'")
            #expect(stage.calls.filter { $0.attributes.verb == "delete" && $0.attributes.name == "once" }.count == 1)
            #expect(stage.writes.filter { $0 == "get jobs" }.count == 1)
            #expect(stage.log.lines.contains { $0.contains("Update for 'once' of type 'Job'") })
        }
    }

    @Test func `a change that is taken back while the Job is away leaves no marker of it`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createJob("once", configMap: "a")
        stage.failCreations(.status(500))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.clock.waitForSleepers(1)
            try stage.change(configMap: "a", to: "1")
            await stage.untilReceived(2)
            stage.clock.advance(by: .seconds(1))
            let job = try await stage.server.waitForObject(.jobs, Self.once) { $0 != nil }
            #expect(environment(of: job) == [["name": "PLAIN", "value": "x"]])
        }
    }

    @Test func `a Job that finalizers hold is created again once it is gone`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createJob("once", configMap: "a", finalizers: #"["example.com/hold"]"#)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.clock.waitForSleepers(1)
            #expect(stage.writes == ["get jobs", "create jobs", "delete jobs", "create jobs", "get jobs"])
            try stage.server.patch(.jobs, Self.once, merge: #"{"metadata":{"finalizers":null}}"#)
            stage.clock.advance(by: .seconds(1))
            let job = try await stage.server.waitForObject(.jobs, Self.once) { $0 != nil }
            #expect(environment(of: job) == markers(Self.updated))
            #expect(job?["metadata"]?["finalizers"] == ["example.com/hold"])
            #expect(!stage.log.lines.contains { $0.hasPrefix("error") })
        }
    }

    @Test(
        "lost answers lose no Job and start none twice",
        arguments: [
            (
                "delete",
                ["get jobs", "create jobs", "delete jobs", "delete jobs", "create jobs", "delete jobs"]
            ),
            (
                "create",
                [
                    "get jobs", "create jobs", "delete jobs", "create jobs", "create jobs", "get jobs", "delete jobs",
                    "get jobs",
                ]
            ),
        ])
    func lostAnswers(verb: String, writes: [String]) async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createJob("once", configMap: "a")
        if verb == "create" {
            stage.failCreations(.lostAnswer)
        } else {
            stage.server.inject(Fault(.lostAnswer, verb: verb, resource: "jobs"))
        }
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            #expect(
                await stage.pump { stage.log.lines.contains { $0.hasPrefix("info Changes detected in 'a'") } })
            let job = try stage.server.get(.jobs, Self.once)
            #expect(environment(of: job) == markers(Self.updated))
            #expect(stage.writes == writes)
        }
    }

    @Test(
        "what changes after a creation that was not answered is a recreation of its own",
        arguments: ["third", "initial"])
    func lostCreation(content: String) async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createJob("once", configMap: "a")
        stage.failCreations(.lostAnswer)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.clock.waitForSleepers(1)
            try stage.change(configMap: "a", to: content)
            await stage.untilReceived(2)
            let wanted = markers(ReferenceSHA1.hex(Array("key=\(content)".utf8)))
            #expect(await stage.pump { environment(of: stage.server.find(.jobs, Self.once)) == wanted })
        }
    }

    @Test func `a Job that somebody else has created meanwhile is left alone, whatever became of our own try`()
        async throws
    {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createJob("once", configMap: "a")
        let heal = stage.failCreations(.status(500), times: nil)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            await stage.until { stage.calls.contains { $0.attributes.verb == "create" && $0.status == 500 } }
            heal()
            try stage.createJob("once", configMap: "a")
            #expect(await stage.pump { stage.log.lines.contains { $0.hasPrefix("info Changes detected in 'a'") } })
            _ = await stage.pump(rounds: 50) { false }
            #expect(stage.writes.count { $0 == "delete jobs" } == 2)
            #expect(stage.calls.count { $0.attributes.verb == "delete" && $0.attributes.name == "once" } == 1)
        }
    }

    @Test func `a Job that cannot be deleted is left alone, and tried again`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        let before = try stage.createJob("once", configMap: "a")
        stage.server.inject(Fault(.status(403, reason: "Forbidden"), verb: "delete", resource: "jobs"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.clock.waitForSleepers(1)
            #expect(stage.server.find(.jobs, Self.once) == before)
            #expect(try stage.server.list(.jobs).count == 1)
            stage.clock.advance(by: .seconds(1))
            try await stage.createdJob()
            #expect(stage.writes.prefix(4) == ["get jobs", "create jobs", "delete jobs", "delete jobs"])
        }
    }

    @Test func `a Job of which no copy can be made is not deleted, and tried again`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        let before = try stage.createJob("once", configMap: "a")
        stage.server.inject(
            Fault(.status(403, reason: "Forbidden", message: "exceeded quota"), verb: "create", resource: "jobs"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.clock.waitForSleepers(1)
            #expect(stage.server.find(.jobs, Self.once) == before)
            #expect(stage.writes == ["get jobs", "create jobs"])
            stage.clock.advance(by: .seconds(1))
            try await stage.createdJob()
        }
    }

    @Test func `a Job whose Reloader ended before it was created again is created by the next one, once`() async throws
    {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        let before = try stage.createJob("once", configMap: "a")
        let withdraw = stage.failCreations(.status(500), times: nil)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.clock.waitForSleepers(1)
            #expect(stage.server.find(.jobs, Self.once) == nil)
        }
        withdraw()
        try await stage.run(atOnce) { stage in
            let job = try await stage.server.waitForObject(.jobs, Self.once) { $0 != nil }
            #expect(environment(of: job) == markers(Self.updated))
            #expect(job?["metadata"]?["annotations"] == before["metadata"]?["annotations"])
            #expect(job?["spec"]?["parallelism"] == 1)
            await stage.until { (try? stage.server.list(.jobs).count) == 1 }
            #expect(stage.log.lines.contains { $0.contains("was deleted to be created again, and that was cut short") })
        }
    }

    @Test func `copies of Jobs that are there are removed, also while auto-reload-all is on`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        let untouched = try stage.createJob("once", configMap: "a", annotations: "{}")
        for (name, uid) in [("once", untouched["metadata"]?["uid"]?.string ?? ""), ("once", "another")] {
            try stage.server.create(
                json: """
                    {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"copy-\(uid)","namespace":"shop",\
                    "labels":{"reloader.stakater.com/parked-job":"true"},"annotations":{\
                    "reloader.stakater.com/parked-job":"{\\"name\\":\\"\(name)\\",\\"uid\\":\\"\(uid)\\"}"}},\
                    "spec":{"parallelism":0,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"app",\
                    "image":"busybox","envFrom":[{"configMapRef":{"name":"a"}}]}]}}}}
                    """)
        }
        var options = atOnce
        options.autoReloadAll = true
        try await stage.run(options) { stage in
            await stage.until { (try? stage.server.list(.jobs).count) == 1 }
            #expect(stage.server.find(.jobs, Self.once) == untouched)
        }
    }

    @Test(
        "finished Jobs run again only where an annotation of their own asks for it",
        arguments: [
            (#"{"reloader.stakater.com/auto":"true"}"#, true),
            (#"{"configmap.reloader.stakater.com/auto":"true"}"#, true),
            (#"{"configmap.reloader.stakater.com/reload":"a"}"#, true), ("{}", false),
        ])
    func finished(annotations: String, isRecreated: Bool) async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createJob("once", configMap: "a", annotations: annotations)
        try stage.complete(job: "once")
        var options = atOnce
        options.autoReloadAll = true
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            if isRecreated {
                try await stage.createdJob()
                let job = try stage.server.get(.jobs, Self.once)
                #expect(job["status"]?["conditions"] == nil)
            } else {
                await stage.untilLogged("reason=finished")
                #expect(stage.writes.isEmpty)
            }
        }
    }

    @Test func `a running Job is recreated through auto-reload-all`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createJob("once", configMap: "a", annotations: "{}")
        var options = atOnce
        options.autoReloadAll = true
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.createdJob()
        }
    }

    @Test func `a Job that a CronJob made is never recreated`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a", annotations: "{}")
        let uid = try stage.server.get(.cronJobs, ObjectKey(namespace: "shop", name: "report"))["metadata"]?["uid"]
        try stage.createJob(
            "report-1", configMap: "a",
            owners:
                #"[{"apiVersion":"batch/v1","kind":"CronJob","name":"report","uid":\#(uid ?? ""),"controller":true}]"#
        )
        try stage.createWorkload("web", configMaps: ["a"])
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.event()
            #expect(stage.writes == ["patch deployments"])
        }
    }

    @Test func `a Job that runs with the content already is left alone`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createJob("once", configMap: "a")
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            await stage.untilLogged("info Changes detected in 'a'")
            // It has the new marker now: a change to it and back does nothing within one quiet period, and neither does
            // the Job's own appearance.
            #expect(stage.writes == Stage.recreation)
        }
        try await stage.run(
            ReloaderOptions(reloadOnCreate: true, syncAfterRestart: true, reloadDelay: .zero, reloadMaxDelay: .zero)
        ) { stage in
            await stage.untilLogged("reason=strategy_not_updated")
            #expect(!stage.writes.contains("delete jobs"))
        }
    }

    @Test func `the policy ignore does not even watch`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createJob("once", configMap: "a")
        try stage.createWorkload("web", configMaps: ["a"])
        var options = atOnce
        options.jobPolicy = .ignore
        try await stage.run(options) { stage in
            #expect(!stage.server.watches.contains { $0.resource == "jobs" })
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.event()
            #expect(stage.writes == ["patch deployments"])
        }
    }
}
