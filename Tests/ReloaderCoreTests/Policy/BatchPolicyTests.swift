import KubeClient
import ReloaderCore
import Testing

@Suite struct BatchPolicyTests {
    private let config = ConfigObject(ConfigKey(.configMap, namespace: "shop", name: "a"), fingerprint: .empty)

    private func workload(
        _ kind: WorkloadKind, isSuspended: Bool = false, isFinished: Bool = false, isOwned: Bool = false,
        annotations: [String: String] = ["reloader.stakater.com/auto": "true"]
    ) -> Workload {
        Workload(
            WorkloadKey(kind, ObjectKey(namespace: "shop", name: "w")), isSuspended: isSuspended,
            isFinished: isFinished, isOwnedByCronJob: isOwned, annotations: annotations,
            template: PodTemplate(
                containers: [.init("app", environmentReferences: [ConfigName(.configMap, "a")])]))
    }

    private func code(_ workload: Workload, autoReloadAll: Bool = false) -> String {
        ReloadPolicy(autoReloadAll: autoReloadAll).decide(workload, config).reason.code
    }

    @Test func `suspension stops runs, and nothing else`() {
        #expect(code(workload(.cronJob)) == "auto")
        #expect(code(workload(.cronJob, isSuspended: true)) == "suspended")
        #expect(code(workload(.cronJobTemplates, isSuspended: true)) == "auto")
        #expect(code(workload(.job, isSuspended: true)) == "auto")
    }

    @Test func `a Job of a CronJob is not even looked up`() {
        let owned = workload(.job, isOwned: true)
        #expect(code(owned) == "owned-by-cronjob")
        #expect(ReloadPolicy(autoReloadAll: true).indexKeys(for: owned).isEmpty)
        #expect(!ReloadPolicy().indexKeys(for: workload(.job)).isEmpty)
    }

    @Test func `the copy of a Job is nobody's business`() {
        let copy = workload(
            .job, annotations: ["reloader.stakater.com/parked-job": "{}", "reloader.stakater.com/auto": "true"])
        #expect(code(copy, autoReloadAll: true) == "parked-copy")
        #expect(ReloadPolicy(autoReloadAll: true).indexKeys(for: copy).isEmpty)
    }

    @Test(
        "a finished Job runs again when it asks for it itself",
        arguments: [
            (["reloader.stakater.com/auto": "true"], "auto"),
            (["configmap.reloader.stakater.com/auto": "true"], "auto"),
            (["configmap.reloader.stakater.com/reload": "a"], "named"), ([:], "finished"),
            (["reloader.stakater.com/auto": "false"], "auto-off"),
        ])
    func finished(annotations: [String: String], expected: String) {
        let job = workload(.job, isFinished: true, annotations: annotations)
        #expect(code(job, autoReloadAll: true) == expected)
    }

    @Test func `a Job that runs is reloaded through auto-reload-all`() {
        #expect(code(workload(.job, annotations: [:]), autoReloadAll: true) == "auto-reload-all")
    }
}
