import KubeClient

/// One way of bringing a planned reload to the server.
///
/// The steps are separate so that a plan is made on the same state that is written.
protocol WorkloadWriter: Sendable {
    /// A reload that was begun and has to be finished before anything else is done for the workload.
    func unfinished(_ key: WorkloadKey) -> ReloadSubject?

    /// The state to plan on; nil when the workload is gone.
    ///
    /// A fresh one is the server's: a write that failed may have come through, or the watch is behind.
    func subject(_ workload: Workload, isFresh: Bool) async throws(KubeError) -> ReloadSubject?

    /// Sends what was planned for the subject; nothing can be planned for an unfinished one any more, which then ends as
    /// it began.
    func perform(_ write: ReloadWrite?, on subject: ReloadSubject) async throws(KubeError) -> WriteOutcome
}

extension WorkloadWriter {
    func unfinished(_ key: WorkloadKey) -> ReloadSubject? { nil }
}

/// How far a write came.
enum WriteOutcome: Hashable, Sendable {
    /// The workload is written, in this version.
    case written(ResourceVersion)
    /// Done, by other means than a new version of the workload.
    case done
    /// The workload does not exist any more, and nothing is to be done for it.
    case gone
    /// Not done yet, and nothing is wrong: the same again after this time.
    case again(after: Duration)
}

/// What a reload is planned on and applied to.
struct ReloadSubject: Sendable {
    /// What the policy and the plan read.
    let workload: Workload
    /// The whole object in the same state, for kinds that are written from it.
    let object: UnstructuredObject?
    /// Whether the server was asked for it, and not only the watch has told of it.
    var isRead: Bool { object != nil }

    /// A workload whose patch needs no more than what is kept of it.
    init(_ workload: Workload) {
        self.workload = workload
        object = nil
    }

    /// The same with the template that the workload uses.
    func borrowing(_ template: PodTemplate) -> ReloadSubject {
        ReloadSubject(workload: workload.borrowing(template), object: object)
    }

    private init(workload: Workload, object: UnstructuredObject?) {
        self.workload = workload
        self.object = object
    }

    /// A whole object.
    init(_ kind: WorkloadKind, _ object: UnstructuredObject) throws(JSONError) {
        workload = try unsafe JSONReader.read(object.bytes.span.bytes) { (reader) throws(JSONError) in
            try Workload(kind, from: &reader)
        }
        self.object = object
    }
}

extension KubeError {
    /// Whether certainly nothing came of the request.
    var isRefusal: Bool {
        if let kind = (underlying as? TransportFailure)?.kind, kind.isBeforeAnyConnection { return true }
        return status.map { $0.code < 500 } ?? false
    }
}

extension KubeClient {
    /// Reads a workload whole, as it is at this moment; nil when it is gone, or going.
    func subject(_ key: WorkloadKey) async throws(KubeError) -> ReloadSubject? {
        let object: UnstructuredObject
        do throws(KubeError) {
            object = try await resource(key.kind.resource, as: UnstructuredObject.self).get(key.object)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        guard object[at: "/metadata/deletionTimestamp"] == nil else { return nil }
        do throws(JSONError) {
            return try ReloadSubject(key.kind, object)
        } catch {
            throw KubeError(.decoding, "\(key) cannot be read", underlying: error)
        }
    }
}

/// The writers, by the way in which a kind is written.
struct WorkloadWriters: Sendable {
    private let patch: any WorkloadWriter
    private let run: CronJobRun
    let recreation: JobRecreation
    private let rollout: RolloutPatch
    private let isDryRun: Bool

    init(
        client: KubeClient, keys: AnnotationKeys, pauses: DeploymentPauses, isDryRun: Bool,
        wallClock: @escaping @Sendable () -> Timestamp
    ) {
        self.isDryRun = isDryRun
        patch = pauses.pausing(PatchWrite(client: client))
        run = CronJobRun(client: client)
        recreation = JobRecreation(client: client)
        rollout = RolloutPatch(client: client, keys: keys, wallClock: wallClock)
    }

    subscript(method: WorkloadKind.WriteMethod) -> any WorkloadWriter {
        isDryRun ? DryRunWrite(base: writer(method)) : writer(method)
    }

    private func writer(_ method: WorkloadKind.WriteMethod) -> any WorkloadWriter {
        switch method {
        case .patch: patch
        case .newRun: run
        case .recreation: recreation
        case .rolloutPatch: rollout
        }
    }
}
