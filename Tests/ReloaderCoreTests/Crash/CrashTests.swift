import ControllerTestKit
import KubeClient
import ReloaderCore
import Testing

/// Kill it before and after each of its writes, start another one, and nothing shows that anything happened.
@Suite("Crash at every step", .timeLimit(.minutes(5))) struct CrashTests {
    @Test(arguments: reloads + batch + rollouts + pauses)
    func `whenever a Reloader is killed, the end is the same`(scenario: CrashScenario) async throws {
        let (expected, writes) = try await scenario.undisturbed()
        #expect(writes > 1)
        for write in 1...max(writes, 1) {
            for moment in CrashPoint.Moment.allCases {
                let point = CrashPoint(write: write, moment: moment)
                let end = try await scenario.killed(at: point)
                #expect(end == expected, "\(scenario.name), killed \(point) of \(writes)")
            }
        }
    }

    private static func generation(_ stage: Stage, _ name: String, _ resource: APIResource = .deployments) -> Int? {
        stage.server.find(resource, ObjectKey(namespace: "shop", name: name))?["metadata"]?["generation"]?.int
    }

    /// The content `2` of a config.
    private static let changed = "86a73563b6bb37fa56bf52aacfc7d79cea7ab856"

    private static let reloads: [CrashScenario] = ReloadStrategy.allCases.flatMap { strategy in
        var collecting = ReloaderOptions.ledgered(strategy)
        (collecting.reloadDelay, collecting.reloadMaxDelay) = (.milliseconds(300), .seconds(5))
        return [
            CrashScenario(name: "a Deployment, \(strategy)", options: .ledgered(strategy)) { stage in
                try stage.createConfigMap("a", "1")
                try stage.createWorkload("web", configMaps: ["a"])
            } change: {
                try $0.change(configMap: "a", to: "2")
            } isDone: {
                generation($0, "web") == 2
            },
            CrashScenario(
                name: "two workloads of one config, \(strategy)", options: .ledgered(strategy),
                kinds: [.deployments, .statefulSets]
            ) { stage in
                try stage.createConfigMap("a", "1")
                try stage.createWorkload("web", configMaps: ["a"])
                try stage.createWorkload("db", kind: "StatefulSet", configMaps: ["a"])
            } change: {
                try $0.change(configMap: "a", to: "2")
            } isDone: {
                generation($0, "web") == 2 && generation($0, "db", .statefulSets) == 2
            },
            CrashScenario(name: "two configs changed together, \(strategy)", options: collecting, changeCount: 2) {
                stage in
                try stage.createConfigMap("a", "1")
                try stage.createSecret("s", "1")
                try stage.createWorkload("web", configMaps: ["a"], secrets: ["s"])
            } change: {
                try $0.change(secret: "s", to: "2")
                try $0.change(configMap: "a", to: "2")
            } isDone: {
                generation($0, "web") == 2
            },
        ]
    }

    private static let batch: [CrashScenario] = [
        CrashScenario(name: "a CronJob", kinds: [.cronJobs, .jobs]) { stage in
            try stage.createConfigMap("a", "1")
            try stage.createCronJob("report", configMap: "a")
        } change: {
            try $0.change(configMap: "a", to: "2")
        } isDone: {
            (try? $0.server.list(.jobs).count) == 1
        },
        CrashScenario(name: "a Job", kinds: [.jobs]) { stage in
            try stage.createConfigMap("a", "1")
            try stage.createJob("once", configMap: "a")
        } change: {
            try $0.change(configMap: "a", to: "2")
        } isDone: { stage in
            guard let jobs = try? stage.server.list(.jobs), jobs.count == 1 else { return false }
            return jobs[0]["metadata"]?["name"] == "once" && jobs[0].description.contains(changed)
        },
    ]

    private static let rollouts: [CrashScenario] = ["rollout", "restart"].map { method in
        var options = ReloaderOptions.ledgered()
        options.argoRollouts = true
        let resource = WorkloadKind.rollout.resource
        return CrashScenario(
            name: "a Rollout, \(method)", options: options, resources: [resource], kinds: [resource]
        ) { stage in
            try stage.createConfigMap("a", "1")
            try stage.createRollout(
                "web", configMap: "a",
                annotations:
                    #"{"reloader.stakater.com/auto":"true","reloader.stakater.com/rollout-strategy":"\#(method)"}"#)
        } change: {
            try $0.change(configMap: "a", to: "2")
        } isDone: {
            generation($0, "web", resource) == 2
        }
    }

    private static let pauses = [
        // A Deployment that was paused before the crash may be resumed and paused again before it is reloaded.
        CrashScenario(name: "a Deployment with a pause period", ignoredFields: ["generation"]) { stage in
            try stage.createConfigMap("a", "1")
            try stage.createWorkload(
                "web", configMaps: ["a"],
                annotations:
                    #"{"reloader.stakater.com/auto":"true","deployment.reloader.stakater.com/pause-period":"10s"}"#)
        } change: {
            try $0.change(configMap: "a", to: "2")
        } isDone: { stage in
            let web = stage.server.find(.deployments, ObjectKey(namespace: "shop", name: "web"))
            return web?["spec"]?["template"]?.description.contains(changed) == true
                && web?["spec"]?["paused"]?.bool != true
        }
    ]
}
