import ControllerKit
import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// Pause periods, played through with a server.
@Suite("Pause periods", .timeLimit(.minutes(1))) struct PauseRuntimeTests {
    private static let web = ObjectKey(namespace: "shop", name: "web")
    private static let pausedAt = "deployment.reloader.stakater.com/paused-at"
    private static let pausing =
        #"{"reloader.stakater.com/auto":"true","deployment.reloader.stakater.com/pause-period":"10s"}"#
    private static let resume = #"{"metadata":{"annotations":{"\#(pausedAt)":null}},"spec":{"paused":false}}"#
    private let atOnce = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)

    private func stage(annotations: String = pausing) throws -> Stage {
        let stage = Stage()
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"], annotations: annotations)
        return stage
    }

    /// Pauses the Deployment as an earlier process did.
    private func pause(_ stage: Stage, at time: String) throws {
        try stage.server.patch(
            .deployments, Self.web,
            merge: #"{"metadata":{"annotations":{"\#(Self.pausedAt)":"\#(time)"}},"spec":{"paused":true}}"#)
    }

    private func resumed(_ stage: Stage) async throws {
        try await stage.server.waitForObject(.deployments, Self.web) {
            $0?["spec"]?["paused"]?.bool != true && $0?["metadata"]?["annotations"]?[Self.pausedAt] == nil
        }
    }

    private func watchRefused(on stage: Stage) {
        stage.server.authorize { $0.verb == "watch" && $0.group == "apps" ? .deny : .allow() }
    }

    @Test func `pause, template, resume: changes of the period become one rollout`() async throws {
        let stage = try stage()
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.patches.count == 2 && stage.patches.allSatisfy { $0.status == 200 } }
            #expect(
                stage.patches[0].bodyText
                    == #"{"metadata":{"annotations":{"\#(Self.pausedAt)":"2026-08-10T05:33:20Z"}},"spec":{"paused":true}}"#
            )
            #expect(stage.patches[0][query: "fieldManager"] == "Reloader")
            #expect(stage.patches[0][header: "Content-Type"] == "application/strategic-merge-patch+json")
            #expect(stage.patches[1].bodyText.contains("STAKATER_A_CONFIGMAP"))

            stage.clock.advance(by: .seconds(6))
            try stage.change(configMap: "a", to: "3")
            await stage.untilSettled { stage.patches.count == 3 }
            #expect(stage.patches[2].bodyText.contains("STAKATER_A_CONFIGMAP"))

            // The second change has not put the end off.
            try await stage.clock.waitForSleepers()
            stage.clock.advance(by: .seconds(4))
            try await resumed(stage)
            #expect(stage.patches.count == 4)
            #expect(stage.patches[3].bodyText == Self.resume)
            #expect(stage.calls.filter { $0.attributes.verb == "get" }.count == 1)
        }
        let infos = stage.log.lines.filter { $0.hasPrefix("info") }
        #expect(infos.contains("info Pausing Deployment 'web' in namespace 'shop' for 10s"))
        #expect(infos.contains("info Deployment 'web' in namespace 'shop' already paused"))
        #expect(infos.contains { $0.hasPrefix("info Successfully resumed deployment 'web' in namespace 'shop'") })
        #expect(!infos.contains { $0.contains("has expired") })
    }

    @Test func `a pause that was not answered ends in time where Deployments are only listed`() async throws {
        let stage = try stage()
        watchRefused(on: stage)
        stage.server.inject(Fault(.lostAnswer, verb: "patch", resource: "deployments"))
        try await stage.run(ReloaderOptions(strategy: .annotations, reloadDelay: .zero, reloadMaxDelay: .zero)) {
            stage in
            try stage.change(configMap: "a", to: "2")
            #expect(await stage.pump { stage.patches.last?.bodyText == Self.resume })
            #expect(stage.patches.count == 3)
        }
    }

    @Test(
        "a Deployment that an earlier process has paused is resumed in time, watched or listed",
        arguments: [true, false])
    func restart(isWatched: Bool) async throws {
        let stage = try stage()
        if !isWatched { watchRefused(on: stage) }
        try pause(stage, at: "2026-08-10T05:33:15Z")
        try await stage.run(atOnce) { stage in
            try await stage.clock.waitForSleepers()
            stage.clock.advance(by: .milliseconds(4_999))
            #expect(stage.patches.isEmpty)
            try await stage.clock.waitForSleepers()
            stage.clock.advance(by: .milliseconds(1))
            try await resumed(stage)
            #expect(stage.patches.map(\.bodyText) == [Self.resume])
        }
    }

    @Test(
        "one that should be running by now is resumed at once",
        arguments: [
            (pausing, "2026-08-10T05:33:10Z"), (pausing, "soon"), (Stage.auto, "2026-08-10T05:33:20Z"),
            (#"{"deployment.reloader.stakater.com/pause-period":"5"}"#, "2026-08-10T05:33:20Z"),
        ])
    func overdue(annotations: String, pausedAt: String) async throws {
        let stage = try stage(annotations: annotations)
        try pause(stage, at: pausedAt)
        try await stage.run(atOnce) { try await resumed($0) }
    }

    @Test func `a person's pause is left alone`() async throws {
        let stage = try stage()
        try stage.server.patch(.deployments, Self.web, merge: #"{"spec":{"paused":true}}"#)
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try await stage.event()
            stage.clock.advance(by: .seconds(60))
            #expect(stage.patches.count == 1)
            let deployment = try stage.server.get(.deployments, Self.web)
            #expect(deployment["spec"]?["paused"]?.bool == true)
            #expect(deployment["metadata"]?["annotations"]?[Self.pausedAt] == nil)
        }
    }

    @Test func `a resume that is refused is tried until it is done`() async throws {
        let stage = try stage()
        try pause(stage, at: "2026-08-10T05:33:00Z")
        let withdraw = stage.server.inject(Fault(.status(500), times: nil, verb: "patch", resource: "deployments"))
        try await stage.run(atOnce) { stage in
            _ = await stage.pump(rounds: 5) { false }
            #expect(
                stage.log.lines.contains { $0.hasPrefix("error Failed to resume deployment 'web' in namespace 'shop'") }
            )
            withdraw()
            #expect(await stage.pump { stage.patches.contains { $0.status == 200 } })
            try await resumed(stage)
        }
        let expired = "Pause period for deployment 'web' in namespace 'shop' has expired. Resuming immediately"
        #expect(stage.log.lines.contains("info \(expired)"))
    }

    @Test func `a Deployment that cannot be read is told of, and resumed later`() async throws {
        let stage = try stage()
        try pause(stage, at: "2026-08-10T05:33:00Z")
        stage.server.inject(Fault(.status(500), verb: "get", resource: "deployments"))
        try await stage.run(atOnce) { stage in
            await stage.untilLogged("error Failed to get deployment ")
            #expect(await stage.pump { stage.patches.contains { $0.status == 200 } })
            try await resumed(stage)
        }
    }

    @Test func `a pause that was ended by hand leaves nothing that a later pause could be taken for`() async throws {
        let stage = try stage()
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.patches.count == 2 }
            try stage.server.patch(.deployments, Self.web, merge: #"{"spec":{"paused":false}}"#)
            try await resumed(stage)
            try stage.server.patch(.deployments, Self.web, merge: #"{"spec":{"paused":true}}"#)
            stage.clock.advance(by: .seconds(60))
            try stage.change(configMap: "a", to: "3")
            await stage.untilSettled { stage.patches.count == 4 }
            #expect(try stage.server.get(.deployments, Self.web)["spec"]?["paused"]?.bool == true)
        }
    }

    @Test func `after a pause that was ended by hand the next reload pauses anew, and is resumed in time`() async throws
    {
        let stage = try stage()
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.patches.count == 2 }
            try stage.server.patch(.deployments, Self.web, merge: #"{"spec":{"paused":false}}"#)
            try await resumed(stage)
            // The end of the first pause goes by.
            stage.clock.advance(by: .seconds(60))
            try stage.change(configMap: "a", to: "3")
            await stage.untilSettled { stage.patches.filter { $0.bodyText.contains(#""paused":true"#) }.count == 2 }
            await stage.untilSettled { stage.patches.last?.bodyText.contains("STAKATER_A_CONFIGMAP") == true }
            let paused = stage.clock.now.offset
            #expect(await stage.pump { stage.patches.last?.bodyText == Self.resume })
            #expect(stage.clock.now.offset - paused <= .seconds(10))
        }
    }

    @Test func `a pause is found again after a takeover`() async throws {
        let stage = try stage()
        try stage.server.create(
            json: """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lock","namespace":"shop"},\
                "spec":{"holderIdentity":"other","leaseDurationSeconds":15}}
                """)
        let elector = try LeaderElector(
            stage.server.client(logger: stage.log.logger), lease: ObjectKey(namespace: "shop", name: "lock"),
            identity: "me", metrics: stage.metrics, clock: stage.clock, logger: stage.log.logger)
        try await stage.run(atOnce, elector: elector) { stage in
            // The leader pauses, and is gone before it can resume.
            try pause(stage, at: "2026-08-10T05:33:20Z")
            try await stage.clock.waitForSleepers()
            #expect(stage.patches.isEmpty)
            #expect(await stage.pump { stage.patches.contains { $0.attributes.resource == "deployments" } })
            #expect(elector.isLeader)
            try await resumed(stage)
        }
    }

    @Test func `a Deployment that is deleted while paused is forgotten`() async throws {
        let stage = try stage()
        try await stage.run(atOnce) { stage in
            try stage.change(configMap: "a", to: "2")
            await stage.until { stage.patches.count == 2 }
            try stage.server.delete(.deployments, Self.web)
            try await stage.clock.waitForSleepers()
            stage.clock.advance(by: .seconds(10))
            try await stage.server.waitForRequest { $0.attributes.verb == "get" && $0.status == 404 }
            #expect(stage.patches.count == 2)
        }
        #expect(!stage.log.lines.contains { $0.hasPrefix("error") })
    }

    @Test func `a template patch that fails after the pause does not pause again`() async throws {
        let stage = try stage()
        watchRefused(on: stage)
        try await stage.run(atOnce) { stage in
            stage.server.inject(
                Fault(.status(500), times: 1) { $0.verb == "patch" && stage.patches.count > 1 })
            try stage.change(configMap: "a", to: "2")
            await stage.pass(.seconds(1))
            #expect(stage.patches.map(\.status) == [200, 500, 200])
            #expect(stage.patches.filter { $0.bodyText.contains(#""paused":true"#) }.count == 1)
        }
    }

    @Test(
        "a bad period costs one line and one Warning Event, and the reload goes on",
        arguments: ["5", "", "1d", "soon"])
    func badPeriod(period: String) async throws {
        let stage = try stage(
            annotations:
                #"{"reloader.stakater.com/auto":"true","deployment.reloader.stakater.com/pause-period":"\#(period)"}"#)
        try await stage.run(atOnce) { stage in
            for content in ["2", "3"] {
                try stage.change(configMap: "a", to: content)
                await stage.untilSettled { stage.patches.count == (content == "2" ? 1 : 2) }
            }
            #expect(stage.patches.allSatisfy { $0.bodyText.contains("STAKATER_A_CONFIGMAP") })
            await stage.until { stage.eventReasons.filter { $0 == "Reloaded" }.count == 2 }
            let event = try stage.server.list(.events)[0]
            #expect(event["reason"]?.string == "InvalidAnnotation")
            #expect(event["type"]?.string == "Warning")
            #expect(event["involvedObject"]?["name"]?.string == "web")
        }
        #expect(stage.eventReasons.filter { $0 == "InvalidAnnotation" }.count <= 1)
        let lines = stage.log.lines.filter { $0.contains("deployment.reloader.stakater.com/pause-period") }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("error Reloading without a pause") == true)
    }
}
