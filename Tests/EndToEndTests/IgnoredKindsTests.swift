import ControllerTestKit
import EndToEndSupport
import Testing

/// What flags switch off costs nothing: no informer, no list, no watch.
@Suite(.timeLimit(.minutes(2))) struct IgnoredKindsTests {
    private static let batch = ["jobs", "cronjobs"]
    private static let optional = [
        "rollouts", "secretproviderclasses", "secretproviderclasspodstatuses", "namespaces", "leases",
    ]

    @Test(
        "kinds that flags switch off are never asked for",
        arguments: [
            ([], optional), (["--resources-to-ignore=secrets"], ["secrets"]),
            (["--resources-to-ignore=configmaps"], ["configmaps"]),
            (["--ignored-workload-types=jobs,cronjobs"], batch),
            (["--ignored-workload-types=jobs"], ["jobs"]), (["--ignored-workload-types=cronjobs"], ["cronjobs"]),
            (["--job-policy=ignore", "--cronjob-policy=ignore"], batch),
            (["--is-Argo-Rollouts=True"], ["rollouts"]),
            (["--webhook-url=http://127.0.0.1:1"], batch + ["daemonsets", "statefulsets", "deploymentconfigs"]),
        ] as [([String], [String])])
    func off(flags: [String], resources: [String]) async throws {
        let shop = try Shop("web")
        let (exitCode, _) = try await shop.serving { listener in
            try await shop.start(listener.url, flags) { process in try await process.untilReady() }
        }
        #expect(exitCode == 0)
        let asked = Set(shop.server.requests.map(\.attributes.resource))
        #expect(asked.isDisjoint(with: resources), "\(asked.sorted())")
        #expect(asked.contains(resources == ["configmaps"] ? "secrets" : "configmaps"))
    }
}
