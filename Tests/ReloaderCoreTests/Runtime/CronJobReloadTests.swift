import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct CronJobReloadTests {
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
    private static let updated = "6b3093988321555757cc9b88a5f2d59101a0261c"
    private static let report = ObjectKey(namespace: "shop", name: "report")

    @Test func `a change starts one run and leaves the CronJob as it is`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createCronJob(
            "report", configMap: "a",
            templateMetadata: #"{"annotations":{"team":"x"},"labels":{"app":"report"}}"#)
        let before = try stage.server.get(.cronJobs, Self.report)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            let request = try await stage.createdJob()
            #expect(request.path == "/apis/batch/v1/namespaces/shop/jobs")
            #expect(request[query: "fieldManager"] == "Reloader")
            #expect(request.status == 201)
            let body = try JSONValue(parsing: request.body)
            let metadata = body["metadata"]
            let name = metadata?["name"]?.string ?? ""
            let suffix = name.dropFirst("report-".count)
            #expect(name.hasPrefix("report-"))
            #expect(suffix.count == 10)
            let uid = before["metadata"]?["uid"]?.string ?? "-"
            let start =
                #"{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"\#(name)","namespace":"shop","#
                + #""annotations":{"cronjob.kubernetes.io/instantiate":"manual","team":"x"},"labels":{"app":"report"},"#
                + #""ownerReferences":[{"apiVersion":"batch/v1","kind":"CronJob","name":"report","uid":"\#(uid)","#
                + #""controller":true,"blockOwnerDeletion":true}]},"spec":"#
            #expect(request.bodyText.hasPrefix(start))
            #expect(body["spec"]?["backoffLimit"] == 2)
            #expect(
                body["spec"]?["template"]?["spec"]?["containers"]?[0]?["env"]
                    == [
                        ["name": "PLAIN", "value": "x"],
                        ["name": "STAKATER_A_CONFIGMAP", "value": .string(Self.updated)],
                    ])
            let event = try JSONValue(parsing: try await stage.event().body)
            #expect(event["involvedObject"]?["kind"]?.string == "CronJob")
            #expect(stage.writes == ["get cronjobs", "create jobs"])
        }
        let after = try stage.server.get(.cronJobs, Self.report)
        #expect(after == before)
    }

    @Test func `the annotations strategy records the change on the run`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createCronJob("report", configMap: "a")
        var options = atOnce
        options.strategy = .annotations
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            let body = try JSONValue(parsing: try await stage.createdJob().body)
            #expect(
                body["spec"]?["template"]?["metadata"]?["annotations"]?["reloader.stakater.com/last-reloaded-from"]
                    == .string(
                        #"{"type":"CONFIGMAP","name":"a","namespace":"shop","hash":"\#(Self.updated)","#
                            + #""containerRefs":["app"],"observedAt":1786340000}"#))
        }
    }

    @Test func `a run whose answer was lost is not started again`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createCronJob("report", configMap: "a")
        stage.server.inject(Fault(.lostAnswer, verb: "create", resource: "jobs"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.clock.waitForSleepers(1)
            // What does not change the content does not make it another change.
            try stage.server.patch(
                .configMaps, ObjectKey(namespace: "shop", name: "a"), merge: #"{"metadata":{"labels":{"x":"y"}}}"#)
            await stage.untilReceived(2)
            stage.clock.advance(by: .seconds(1))
            await stage.untilLogged("info Changes detected in 'a'")
            #expect(stage.writes == ["get cronjobs", "create jobs", "get cronjobs", "create jobs"])
            let jobs = try stage.server.list(.jobs, in: .namespace("shop"))
            #expect(jobs.count == 1)
        }
    }

    @Test func `a refused run is tried until it starts, once`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createCronJob("report", configMap: "a")
        stage.server.inject(
            Fault(.status(403, reason: "Forbidden", message: "exceeded quota"), verb: "create", resource: "jobs"))
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "updated")
            try await stage.clock.waitForSleepers(1)
            #expect(stage.log.lines.contains { $0.contains("Update for 'report' of type 'CronJob'") })
            stage.clock.advance(by: .seconds(1))
            await stage.untilLogged("info Changes detected in 'a'")
            let jobs = try stage.server.list(.jobs, in: .namespace("shop"))
            #expect(jobs.count == 1)
        }
    }

    @Test func `a CronJob that cannot be read is told of, and tried again`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createCronJob("report", configMap: "a")
        try await stage.run(atOnce) { stage in
            stage.server.inject(Fault(.status(500, message: "etcd is away"), verb: "get", resource: "cronjobs"))
            try stage.change(configMap: "a", to: "updated")
            try await stage.clock.waitForSleepers(1)
            let lines = stage.log.lines.filter { $0.hasPrefix("error Failed to get cronjob ") }
            #expect(lines.count == 1 && lines.first?.contains("etcd is away") == true)
            stage.clock.advance(by: .seconds(1))
            try await stage.createdJob()
        }
    }

    @Test func `a change back to an earlier content is a change and starts a run of its own`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a")
        try await stage.run(atOnce) { stage in
            for (count, value) in ["2", "1", "2"].enumerated() {
                try stage.change(configMap: "a", to: value)
                await stage.until {
                    stage.log.lines.filter { $0.hasPrefix("info Changes detected in 'a'") }.count == count + 1
                }
            }
            let jobs = try stage.server.list(.jobs, in: .namespace("shop"))
            #expect(jobs.count == 3)
        }
    }

    @Test func `several configs changed together start one run`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createConfigMap("b", "1")
        try stage.createCronJob(
            "report", configMap: "a",
            annotations: #"{"reloader.stakater.com/auto":"true","configmap.reloader.stakater.com/reload":"b"}"#)
        try await stage.run(ReloaderOptions()) { stage in
            try stage.change(configMap: "a", to: "2")
            try stage.change(configMap: "b", to: "2")
            await stage.untilReceived(2)
            try await stage.clock.waitForSleepers(1)
            stage.clock.advance(by: .milliseconds(300))
            let request = try await stage.createdJob()
            #expect(request.bodyText.contains("STAKATER_A_CONFIGMAP"))
            #expect(request.bodyText.contains("STAKATER_B_CONFIGMAP"))
            try await stage.event()
            #expect(stage.writes == ["get cronjobs", "create jobs"])
        }
    }

    @Test func `with the old chart's rights, which lack watch, a change starts one run and recreates a Job once`()
        async throws
    {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a")
        let before = try stage.createJob("once", configMap: "a")
        stage.server.authorize { request in
            let isGranted =
                switch request.resource {
                case "cronjobs": ["list", "get"].contains(request.verb)
                case "jobs": ["create", "delete", "list", "get"].contains(request.verb)
                default: true
                }
            return isGranted ? .allow() : .deny
        }
        try await stage.run(atOnce) { stage in
            for count in 1...2 {
                try stage.change(configMap: "a", to: "\(count + 1)")
                await stage.until {
                    stage.log.lines.filter { $0.hasPrefix("info Changes detected in 'a'") }.count == 2 * count
                }
            }
            #expect(stage.writes.filter { $0 == "create jobs" }.count == 6)
            #expect(stage.writes.filter { $0 == "delete jobs" }.count == 4)
            let jobs = try stage.server.list(.jobs, in: .namespace("shop"))
            #expect(jobs.count == 3)
            let after = try stage.server.get(.jobs, ObjectKey(namespace: "shop", name: "once"))
            #expect(after["metadata"]?["uid"] != before["metadata"]?["uid"])
            #expect(!stage.log.lines.contains { $0.hasPrefix("error") })
        }
    }

    @Test func `a suspended CronJob starts nothing`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a", isSuspended: true)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.untilLogged("reason=suspended")
            #expect(stage.writes.isEmpty)
        }
    }

    @Test func `a CronJob suspended behind the watch's back starts nothing`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a")
        try await stage.run(atOnce) { stage in
            stage.server.dropNextEvent(of: .cronJobs)
            try stage.server.patch(.cronJobs, Self.report, merge: #"{"spec":{"suspend":true}}"#)
            try stage.change(configMap: "a", to: "2")
            await stage.untilLogged("reason=suspended")
            #expect(stage.writes == ["get cronjobs"])
        }
    }

    @Test func `the run of a CronJob is not recreated, whatever its annotations`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob(
            "report", configMap: "a", templateMetadata: #"{"annotations":{"reloader.stakater.com/auto":"true"}}"#)
        try await stage.run(atOnce) { stage in
            for (round, value) in ["2", "3"].enumerated() {
                try stage.change(configMap: "a", to: value)
                await stage.until { stage.calls.count { $0.attributes.resource == "events" } == round + 1 }
            }
            #expect(stage.writes == ["get cronjobs", "create jobs", "get cronjobs", "create jobs"])
        }
    }

    @Test func `a deletion starts a run with the annotations strategy only`() async throws {
        for strategy in ReloadStrategy.allCases {
            let stage = Stage()
            try stage.createConfigMap("a", "1")
            try stage.createCronJob("report", configMap: "a")
            var options = atOnce
            options.strategy = strategy
            options.reloadOnDelete = true
            try await stage.run(options) { stage in
                try stage.server.delete(.configMaps, ObjectKey(namespace: "shop", name: "a"))
                switch strategy {
                case .envVars:
                    await stage.untilLogged("reason=strategy_not_updated")
                    #expect(stage.writes == ["get cronjobs"])
                case .annotations:
                    let request = try await stage.createdJob()
                    #expect(request.bodyText.contains("aae45badef99284e4dae01d6046154ea9d99532f"))
                }
            }
        }
    }

    @Test func `the policy template patches the template of the runs to come, suspended or not`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "initial")
        try stage.createCronJob("report", configMap: "a", isSuspended: true)
        var options = atOnce
        options.cronJobPolicy = .template
        try await stage.run(options) { stage in
            try stage.change(configMap: "a", to: "updated")
            let patch = try await stage.patch(of: "report")
            #expect(patch.path == "/apis/batch/v1/namespaces/shop/cronjobs/report")
            #expect(patch.status == 200)
            #expect(
                patch.bodyText == #"{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"app","#
                    + #""env":[{"name":"STAKATER_A_CONFIGMAP","value":"\#(Self.updated)"}]}]}}}}}}"#)
            try await stage.event()
            #expect(stage.writes == ["patch cronjobs"])
        }
    }

    @Test func `the policy ignore does not even watch`() async throws {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createCronJob("report", configMap: "a")
        try stage.createWorkload("web", configMaps: ["a"])
        var options = atOnce
        options.cronJobPolicy = .ignore
        try await stage.run(options) { stage in
            #expect(!stage.server.watches.contains { $0.resource == "cronjobs" })
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.event()
            #expect(stage.writes == ["patch deployments"])
        }
    }
}
