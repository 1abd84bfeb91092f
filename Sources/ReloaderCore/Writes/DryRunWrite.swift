import KubeClient

/// Takes every reload for written without writing it: what is read before a write is read, so that the plan is the same.
struct DryRunWrite: WorkloadWriter {
    let base: any WorkloadWriter

    func subject(_ workload: Workload, isFresh: Bool) async throws(KubeError) -> ReloadSubject? {
        try await base.subject(workload, isFresh: isFresh)
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome { .done }
}
