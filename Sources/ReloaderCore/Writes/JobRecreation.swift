import KubeClient
import Synchronization

/// Deletes a Job and creates it again with the changed template.
///
/// The object is kept in memory from before the deletion until the creation has succeeded or has become pointless, over
/// any number of tries. It is lost with the process: one that is killed in between leaves the Job deleted.
final class JobRecreation: WorkloadWriter {
    private let client: KubeClient
    private let begun = Mutex<[WorkloadKey: Recreation]>([:])

    init(client: KubeClient) { self.client = client }

    func unfinished(_ key: WorkloadKey) -> ReloadSubject? { begun.withLock { $0[key]?.subject } }

    func subject(_ workload: Workload) async throws(KubeError) -> ReloadSubject? {
        try await client.subject(workload.key)
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome {
        let key = subject.workload.key
        guard let object = subject.object, write != nil || unfinished(key) != nil else { return .done }
        var recreation = begun.withLock { $0[key] } ?? Recreation(subject)
        while true {
            // Before the request: its answer may not arrive.
            begun.withLock { $0[key] = recreation }
            let answer =
                switch recreation.next {
                case .delete: await delete(subject.workload)
                case .create: await create(JobCopy.body(of: object.value, with: write?.mutation), key)
                case .inspect: await inspect(key)
                }
            switch recreation.received(answer) {
            case .proceed: break
            case .retry(let after):
                begun.withLock { $0[key] = recreation }
                return .again(after: after)
            case .fail(let error):
                begun.withLock { $0[key] = recreation.isBegun ? recreation : nil }
                throw error
            case .finish(let outcome):
                begun.withLock { $0[key] = nil }
                return outcome
            }
        }
    }

    private func delete(_ workload: Workload) async -> Recreation.Answer {
        do throws(KubeError) {
            try await client.resource(.jobs, as: ObjectMetadata.self)
                .delete(workload.key.object, DeleteOptions(propagation: .background, uid: workload.uid))
            return .done
        } catch {
            return .refused(error)
        }
    }

    private func create(_ body: JSONValue, _ key: WorkloadKey) async -> Recreation.Answer {
        do throws(KubeError) {
            try await client.resource(.jobs, as: ObjectMetadata.self).create(body.bytes, in: key.object.scope, .reload)
            return .done
        } catch {
            return .refused(error)
        }
    }

    private func inspect(_ key: WorkloadKey) async -> Recreation.Answer {
        do throws(KubeError) {
            return .found(uid: try await client.resource(.jobs, as: ObjectMetadata.self).get(key.object).uid)
        } catch {
            return error.isNotFound ? .found(uid: nil) : .refused(error)
        }
    }
}
