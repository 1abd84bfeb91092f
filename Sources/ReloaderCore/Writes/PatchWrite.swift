import KubeClient

/// Patches the template of a built-in kind: one request, whatever the number of changes.
struct PatchWrite: WorkloadWriter {
    let client: KubeClient

    func subject(_ workload: Workload, isFresh: Bool) async throws(KubeError) -> ReloadSubject? {
        guard isFresh else { return ReloadSubject(workload) }
        do throws(KubeError) {
            return try await client.subject(workload.key)
        } catch {
            // To patch a kind takes no right to read it.
            guard error.isForbidden else { throw error }
            return ReloadSubject(workload)
        }
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome {
        guard let write else { return .done }
        let resource = client.resource(write.workload.kind.resource, as: ObjectMetadata.self)
        do throws(KubeError) {
            let written = try await resource.patch(write.workload.object, write.patch, .reload)
            return .written(written.resourceVersion)
        } catch {
            if error.isNotFound { return .gone }
            throw error
        }
    }
}

extension WriteOptions {
    /// The options of every write to a workload.
    static var reload: WriteOptions { WriteOptions(fieldManager: ReloaderIdentity.fieldManager) }
}
