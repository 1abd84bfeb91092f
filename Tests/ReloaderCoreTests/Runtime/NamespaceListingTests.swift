import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

@Suite(.timeLimit(.minutes(1))) struct NamespaceListingTests {
    @Test func `a list of workloads that fails is told in v1.4.21's words`() async throws {
        let stage = Stage(resources: [WorkloadKind.rollout.resource])
        try stage.createConfigMap("a", "1")
        stage.server.authorize {
            $0.verb == "watch" && $0.resource != "configmaps" && $0.resource != "secrets" ? .deny : .allow()
        }
        let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero, argoRollouts: true)
        try await stage.run(options) { stage in
            stage.server.inject(Fault(.status(500), times: nil, verb: "list"))
            try stage.change(configMap: "a", to: "2")
            for kinds in ["deployments", "daemonSets", "statefulSets", "cronjobs", "jobs", "Rollouts"] {
                await stage.untilLogged("error Failed to list \(kinds) ")
            }
        }
    }

    /// As with the demo's rights of v1.4.21, which have no rules for batch.
    @Test func `what may not be listed either, or does not exist, is asked for once in a minute`() async throws {
        let rollouts = WorkloadKind.rollout.resource
        let stage = Stage(resources: [rollouts])
        for name in ["a", "b"] { try stage.createConfigMap(name, "1") }
        try stage.createWorkload("web", configMaps: ["a"])
        stage.server.authorize { request in
            request.group == "batch" || request.group == rollouts.group && request.verb == "watch" ? .deny : .allow()
        }
        // What a server answers that has lost the kind since.
        stage.server.inject(
            Fault(.status(404), times: nil) { $0.resource == rollouts.plural && $0.namespace == "shop" })
        let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero, argoRollouts: true)
        @Sendable func lists(_ plural: String) -> Int {
            stage.calls.count {
                $0.attributes.verb == "list" && $0.attributes.resource == plural && $0.attributes.namespace == "shop"
            }
        }
        try await stage.run(options) { stage in
            for (round, value) in ["2", "3", "4"].enumerated() {
                try stage.change(configMap: "b", to: value)
                try stage.change(configMap: "a", to: value)
                await stage.untilSettled { stage.patches.count == round + 1 }
                await stage.until { lists("cronjobs") == 1 && lists("jobs") == 1 && lists("rollouts") == 1 }
            }
            for plural in ["cronjobs", "jobs", "rollouts"] { #expect(lists(plural) == 1, "\(plural)") }
            stage.clock.advance(by: .seconds(60))
            try stage.change(configMap: "b", to: "5")
            await stage.until { ["cronjobs", "jobs", "rollouts"].allSatisfy { lists($0) == 2 } }
        }
    }

    @Test func `a right to list in one namespace says nothing about another`() async throws {
        let stage = Stage()
        stage.server.createNamespaceIfAbsent("other")
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.server.create(
            json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","namespace":"other"}}"#)
        stage.server.authorize { request in
            guard request.group == "apps", ["watch", "list"].contains(request.verb) else { return .allow() }
            return request.verb == "list" && request.namespace == "shop" ? .allow() : .deny
        }
        @Sendable func refusals() -> Int {
            stage.calls.count {
                $0.attributes.verb == "list" && $0.attributes.resource == "deployments"
                    && $0.attributes.namespace == "other"
            }
        }
        try await stage.run(ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)) { stage in
            try stage.change(configMap: "a", to: "2")
            try await stage.patch(of: "web")
            try stage.server.patch(
                .configMaps, ObjectKey(namespace: "other", name: "b"), merge: #"{"data":{"key":"2"}}"#)
            await stage.until { refusals() == 1 }
            for _ in 0..<30 {
                stage.clock.advance(by: .seconds(10))
                _ = await stage.pump(rounds: 5) { false }
            }
            #expect(refusals() == 1)
        }
    }

    private let lists: @Sendable (Stage) -> Int = { stage in
        stage.calls.count { $0.attributes.verb == "list" && $0.attributes.resource == "deployments" }
    }

    @Test(
        "what changes while a kind may neither be watched nor listed any more is reloaded when one of both is granted again",
        arguments: ["watch", "list"])
    func refusedForAWhile(verb: String) async throws {
        let (stage, informerClock) = (Stage(), ManualClock())
        for name in ["a", "b"] { try stage.createConfigMap(name, "1") }
        try stage.createWorkload("web", configMaps: ["a"])
        try stage.createWorkload("api", configMaps: ["b"])
        let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        try await stage.run(options, informerClock: informerClock) { stage in
            stage.server.authorize {
                $0.resource == "deployments" && ["list", "watch"].contains($0.verb) ? .deny : .allow()
            }
            await stage.turnOff("deployments", informerClock)
            try stage.change(configMap: "a", to: "2")
            await stage.until { lists(stage) == 1 && stage.clock.timeToNextSleeper != nil }
            try stage.change(configMap: "b", to: "2")
            await stage.untilReceived(2)
            _ = await stage.pump(rounds: 20) { false }
            #expect(stage.patches.isEmpty)
            stage.server.authorize {
                $0.resource == "deployments" && $0.verb == "watch" && verb == "list" ? .deny : .allow()
            }
            if verb == "watch" {
                informerClock.advance(by: .seconds(60))
                await stage.untilLogged("deployments.apps can be read again")
            }
            #expect(await stage.pump { stage.patches.count == 2 })
            _ = await stage.pump(rounds: 50) { false }
            #expect(stage.patches.count == 2)
        }
    }

    @Test func `a list that failed is not needed any more once the kind is watched again`() async throws {
        let (stage, informerClock) = (Stage(), ManualClock())
        try stage.createConfigMap("a", "1")
        try stage.createWorkload("web", configMaps: ["a"])
        let options = ReloaderOptions(reloadDelay: .zero, reloadMaxDelay: .zero)
        try await stage.run(options, informerClock: informerClock) { stage in
            stage.server.authorize { $0.resource == "deployments" && $0.verb == "watch" ? .deny : .allow() }
            await stage.turnOff("deployments", informerClock)
            let withdraw = stage.server.inject(Fault(.status(500), times: nil, verb: "list", resource: "deployments"))
            try stage.change(configMap: "a", to: "2")
            await stage.untilLogged("Failed to list deployments")
            stage.server.authorize { _ in .allow() }
            withdraw()
            informerClock.advance(by: .seconds(60))
            await stage.untilLogged("deployments.apps can be read again")
            #expect(await stage.pump { stage.patches.count == 1 })
        }
    }
}
