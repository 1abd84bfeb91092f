import KubeClient

/// Starts a run of a CronJob, as `kubectl create job --from` does; the CronJob itself stays as it is.
///
/// The name of the run follows from the changes that it is for, so that a retry, and another replica, find it there
/// instead of starting a second one.
struct CronJobRun: WorkloadWriter {
    let client: KubeClient

    func subject(_ workload: Workload, isFresh: Bool) async throws(KubeError) -> ReloadSubject? {
        try await client.subject(workload.key)
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome {
        guard let write, let object = subject.object else { return .done }
        let job = Self.job(write, from: object.value)
        do throws(KubeError) {
            try await client.resource(.jobs, as: ObjectMetadata.self)
                .create(job.bytes, in: write.workload.object.scope, .reload)
        } catch {
            // An earlier try was here, whose answer did not arrive, or another replica.
            if error.isAlreadyExists { return .done }
            // The namespace is gone, and everything in it.
            if error.isNotFound { return .gone }
            throw error
        }
        return .done
    }

    /// The Job that a CronJob's controller would make, with the changed template.
    static func job(_ write: ReloadWrite, from cronJob: JSONValue) -> JSONValue {
        var changed = cronJob
        write.mutation.apply(to: &changed, at: write.workload.kind.templatePath)
        let template = changed["spec"]?["jobTemplate"]
        let (name, uid) = (write.workload.object.name, cronJob["metadata"]?["uid"]?.string ?? "")

        var annotations: JSONObject = ["cronjob.kubernetes.io/instantiate": "manual"]
        for (key, value) in template?["metadata"]?["annotations"]?.object?.members ?? [] { annotations[key] = value }
        var metadata: JSONObject = [
            "name": .string(RunName.name(ofCronJob: name, uid: uid, for: write.changes)),
            "namespace": .string(write.workload.object.namespace ?? ""), "annotations": .object(annotations),
        ]
        if let labels = template?["metadata"]?["labels"] { metadata["labels"] = labels }
        metadata["ownerReferences"] = [
            [
                "apiVersion": "batch/v1", "kind": "CronJob", "name": .string(name), "uid": .string(uid),
                "controller": true, "blockOwnerDeletion": true,
            ]
        ]
        return [
            "apiVersion": "batch/v1", "kind": "Job", "metadata": .object(metadata),
            "spec": template?["spec"] ?? .object([:]),
        ]
    }
}
