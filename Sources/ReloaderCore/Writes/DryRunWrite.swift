import KubeClient

/// Takes every reload for written without writing it: what is read before a write is read, so that the plan is the same.
struct DryRunWrite: WorkloadWriter {
    let base: any WorkloadWriter

    func subject(_ workload: Workload) async throws(KubeError) -> ReloadSubject? { try await base.subject(workload) }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome { .done }
}
