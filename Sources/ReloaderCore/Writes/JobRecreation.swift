import KubeClient
import Synchronization

/// Deletes a Job and creates it again with the changed template.
///
/// The object is kept in memory from before the deletion until the creation has succeeded or has become pointless, over
/// any number of tries, and as a ``ParkedJob`` beside it for the case that this process does not live to see that.
final class JobRecreation: WorkloadWriter {
    private struct State {
        var begun: [WorkloadKey: Recreation] = [:]
        /// Copies that could not be removed.
        var leftovers: Set<ObjectKey> = []
    }

    private let client: KubeClient
    private let state = Mutex(State())

    init(client: KubeClient) { self.client = client }

    func unfinished(_ key: WorkloadKey) -> ReloadSubject? { state.withLock { $0.begun[key]?.subject } }

    func subject(_ workload: Workload, isFresh: Bool) async throws(KubeError) -> ReloadSubject? {
        try await client.subject(workload.key)
    }

    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome {
        let key = subject.workload.key
        guard let object = subject.object, write != nil || unfinished(key) != nil else { return .done }
        await removeLeftovers()
        var recreation = state.withLock { $0.begun[key] } ?? Recreation(subject)
        while true {
            // Before the request: its answer may not arrive.
            state.withLock { $0.begun[key] = recreation }
            let answer =
                switch recreation.next {
                case .park: await create(ParkedJob.body(of: object.value, with: write?.mutation), key)
                case .delete: await delete(key.object, uid: subject.workload.uid)
                case .create: await create(JobCopy.body(of: object.value, with: write?.mutation), key)
                case .inspect: await inspect(key)
                case .unpark: await unpark(subject.workload)
                }
            switch recreation.received(answer) {
            case .proceed: break
            case .retry(let after):
                state.withLock { $0.begun[key] = recreation }
                return .again(after: after)
            case .fail(let error):
                // Who is cancelled leads no more, and leaves the Job to whoever finds the copy.
                let goesOn = recreation.isBegun && error.code != .cancelled
                state.withLock { $0.begun[key] = goesOn ? recreation : nil }
                throw error
            case .finish(let outcome):
                state.withLock { $0.begun[key] = nil }
                return outcome
            }
        }
    }

    private var jobs: ResourceClient<ObjectMetadata> { client.resource(.jobs) }

    private func delete(_ key: ObjectKey, uid: String? = nil) async -> Recreation.Answer {
        do throws(KubeError) {
            try await jobs.delete(key, DeleteOptions(propagation: .background, uid: uid))
            return .done
        } catch {
            return .refused(error)
        }
    }

    private func create(_ body: JSONValue, _ key: WorkloadKey) async -> Recreation.Answer {
        do throws(KubeError) {
            try await jobs.create(body.bytes, in: key.object.scope, .reload)
            return .done
        } catch {
            return .refused(error)
        }
    }

    private func inspect(_ key: WorkloadKey) async -> Recreation.Answer {
        do throws(KubeError) {
            let job = try await client.resource(.jobs, as: UnstructuredObject.self).get(key.object)
            let managers = job[at: "/metadata/managedFields"]?.array?.compactMap { $0["manager"]?.string } ?? []
            return .found(
                uid: job.uid, isOurs: managers.isEmpty || managers.contains(ReloaderIdentity.fieldManager))
        } catch {
            return error.isNotFound ? .found(uid: nil) : .refused(error)
        }
    }

    private func unpark(_ workload: Workload) async -> Recreation.Answer {
        let copy = ObjectKey(
            namespace: workload.namespace, name: ParkedJob.name(of: workload.name, uid: workload.uid))
        let answer = await delete(copy)
        // The Job is there again, which is what counts; the copy starts nothing.
        if case .refused(let error) = answer, !error.isNotFound {
            state.withLock { _ = $0.leftovers.insert(copy) }
        }
        return answer
    }
}

// MARK: what others have left

extension JobRecreation {
    /// Leaves what is unfinished to whoever finds the copies, which may be this process.
    func termEnded() { state.withLock { $0.begun = [:] } }

    /// Looks for the copies that a Reloader left when it was killed, and removes those that are of no use any more.
    ///
    /// Returns the Jobs that have yet to be created again: from now on they are ``unfinished(_:)``.
    func resume(in scopes: [Scope]) async throws(KubeError) -> [WorkloadKey] {
        var resumed: [WorkloadKey] = []
        for scope in scopes {
            let copies = try await client.resource(.jobs, as: UnstructuredObject.self)
                .list(in: scope, ListOptions(labelSelector: ParkedJob.selector))
            for copy in copies.items {
                if let key = try await resume(copy) { resumed.append(key) }
            }
        }
        return resumed
    }

    private func resume(_ copy: UnstructuredObject) async throws(KubeError) -> WorkloadKey? {
        // One that cannot be read may hold somebody's only Job.
        guard let record = ParkedJob.record(of: copy.value) else { return nil }
        let key = WorkloadKey(.job, ObjectKey(namespace: copy.id.namespace, name: record.name))
        guard unfinished(key) == nil else { return key }
        let present: ObjectMetadata?
        do throws(KubeError) {
            present = try await jobs.get(key.object)
        } catch {
            guard error.isNotFound else { throw error }
            present = nil
        }
        // Deleted, or going; otherwise its recreation had not begun, or was done.
        if let present, present.uid != record.uid || present.deletionTimestamp == nil {
            if case .refused(let error) = await delete(copy.id, uid: copy.uid), !error.isNotFound { throw error }
            return nil
        }
        let subject: ReloadSubject
        do throws(JSONError) {
            subject = try ReloadSubject(.job, UnstructuredObject(record.job))
        } catch {
            throw KubeError(.decoding, "the copy \(copy.id) of a Job cannot be read", underlying: error)
        }
        state.withLock { $0.begun[key] = Recreation(resuming: subject) }
        return key
    }

    /// Tries to remove the copies that could not be removed at their time.
    private func removeLeftovers() async {
        for copy in state.withLock({ $0.leftovers }) {
            if case .refused(let error) = await delete(copy), !error.isNotFound { continue }
            state.withLock { _ = $0.leftovers.remove(copy) }
        }
    }
}

extension UnstructuredObject {
    /// The object of a tree.
    fileprivate init(_ value: JSONValue) throws(JSONError) {
        let bytes = value.bytes
        self = try unsafe JSONReader.read(bytes.span.bytes) { (reader) throws(JSONError) in
            try UnstructuredObject(from: &reader)
        }
    }
}
