import KubeClient

/// Plays the Deployment controller: one ReplicaSet per pod template, replaced within the limits of the strategy.
///
/// Pure: a step says what to write next; the caller writes, reads again and asks for the next step until there is none.
/// Sources: `apps/v1` Deployment, and the observable behaviour of kube-controller-manager. Left out: progress
/// deadlines, `minReadySeconds`, collision counts, proportional scaling while several ReplicaSets are active.
struct DeploymentController {
    static let revisionKey = "deployment.kubernetes.io/revision"
    static let hashKey = "pod-template-hash"

    var deployment: Manifest
    /// The ReplicaSets that the Deployment owns.
    var replicaSets: [Manifest]
    /// The pods of these ReplicaSets.
    var pods: [Manifest]
    /// The time to put into conditions, as RFC 3339.
    var now: String

    private var spec: JSONValue { deployment.json.at("spec") ?? .null }
    private var desired: Int { spec.at("replicas")?.int ?? 1 }
    private var template: JSONValue { spec.at("template") ?? .null }
    private var isPaused: Bool { spec.at("paused")?.isTrue ?? false }
    private var isRecreate: Bool { spec.at("strategy", "type")?.string == "Recreate" }

    /// The next writes; none when spec and state agree and the status says so.
    func writes() -> [ControllerWrite] {
        guard !deployment.isBeingDeleted else { return [] }
        let writes = isPaused ? scaleWhilePaused() : rollOut()
        return writes + status()
    }

    private var current: Manifest? {
        let hash = templateHash(template)
        return replicaSets.first { $0.labels[Self.hashKey] == hash }
    }
    private var old: [Manifest] {
        let current = current?.uid
        return replicaSets.filter { $0.uid != current }.sorted { Self.revision($0) < Self.revision($1) }
    }

    // MARK: Rolling out

    private func rollOut() -> [ControllerWrite] {
        let revision = (old.map(Self.revision).max() ?? 0) + 1
        guard let current else { return [create(revision)] }
        var writes = annotate(current, revision)
        writes += isRecreate ? recreate(current) : roll(current)
        return writes + removeHistory()
    }

    private func create(_ revision: Int) -> ControllerWrite {
        let hash = templateHash(template)
        let labels = (template.at("metadata", "labels")?.texts ?? [:]).merging([Self.hashKey: hash]) { $1 }
        let selector = (spec.at("selector") ?? .null).replacing(
            "matchLabels",
            with: .make((spec.at("selector", "matchLabels")?.texts ?? [:]).merging([Self.hashKey: hash]) { $1 }))
        let metadata = (template.at("metadata") ?? .make([:])).replacing("labels", with: .make(labels))
        return .create(
            .replicaSets,
            .make(
                ("apiVersion", .string("apps/v1")), ("kind", .string("ReplicaSet")),
                (
                    "metadata",
                    .make(
                        ("name", .string("\(deployment.name)-\(hash)")),
                        ("namespace", deployment.namespace.map { .string($0) }), ("labels", .make(labels)),
                        ("annotations", .make([Self.revisionKey: String(revision)])),
                        ("ownerReferences", .array([deployment.controllerReference(as: .deployments)])))
                ),
                (
                    "spec",
                    .make(
                        ("replicas", .make(0)), ("selector", selector),
                        ("template", template.replacing("metadata", with: metadata)))
                )))
    }

    private func annotate(_ current: Manifest, _ revision: Int) -> [ControllerWrite] {
        var writes: [ControllerWrite] = []
        // The current one keeps its number while it is the highest; after an undo it becomes the highest again.
        let number = max(revision, Self.revision(current))
        let patch = JSONValue.make(("metadata", .make(("annotations", .make([Self.revisionKey: String(number)])))))
        if Self.revision(current) != number { writes.append(.patch(.replicaSets, current.key, patch)) }
        if Self.revision(deployment) != number { writes.append(.patch(.deployments, deployment.key, patch)) }
        return writes
    }

    private func recreate(_ current: Manifest) -> [ControllerWrite] {
        let running = old.filter { Self.replicas($0) > 0 }
        guard running.isEmpty else { return running.map { scale($0, to: 0) } }
        // Also those that are still shutting down must be gone.
        let oldUIDs = Set(old.map(\.uid))
        guard !pods.contains(where: { $0.controllerUID.map(oldUIDs.contains) ?? false }) else { return [] }
        return Self.replicas(current) == desired ? [] : [scale(current, to: desired)]
    }

    private func roll(_ current: Manifest) -> [ControllerWrite] {
        let total = replicaSets.reduce(0) { $0 + Self.replicas($1) }
        let mine = Self.replicas(current)
        if mine > desired { return [scale(current, to: desired)] }
        if mine < desired {
            let room = min(desired + limits.surge - total, desired - mine)
            if room > 0 { return [scale(current, to: mine + room)] }
        }

        let minimum = desired - limits.unavailable
        let waiting = mine - available(in: current)
        var excess = total - minimum - waiting
        var writes: [ControllerWrite] = []
        // What serves nobody goes first; it does not count against the minimum.
        var left = old.map { (set: $0, replicas: Self.replicas($0), available: available(in: $0)) }
        for index in left.indices where excess > 0 {
            let cut = min(excess, max(0, left[index].replicas - left[index].available))
            left[index].replicas -= cut
            excess -= cut
        }
        var spare = replicaSets.reduce(0) { $0 + available(in: $1) } - minimum
        for index in left.indices where spare > 0 && excess > 0 {
            let cut = min(spare, excess, left[index].replicas)
            left[index].replicas -= cut
            (spare, excess) = (spare - cut, excess - cut)
        }
        for entry in left where entry.replicas != Self.replicas(entry.set) {
            writes.append(scale(entry.set, to: entry.replicas))
        }
        return writes
    }

    private func scaleWhilePaused() -> [ControllerWrite] {
        let active = replicaSets.filter { Self.replicas($0) > 0 }
        guard let newest = (active.isEmpty ? replicaSets : active).max(by: { Self.revision($0) < Self.revision($1) }),
            active.count <= 1, Self.replicas(newest) != desired
        else { return [] }
        return [scale(newest, to: desired)]
    }

    private func removeHistory() -> [ControllerWrite] {
        let finished = old.filter { set in
            Self.replicas(set) == 0 && !pods.contains { $0.controllerUID == set.uid } && !set.isBeingDeleted
        }
        let excess = finished.count - (spec.at("revisionHistoryLimit")?.int ?? 10)
        return finished.prefix(max(0, excess)).map { .delete(.replicaSets, $0.key, uid: $0.uid) }
    }

    private func scale(_ set: Manifest, to replicas: Int) -> ControllerWrite {
        .patch(.replicaSets, set.key, .make(("spec", .make(("replicas", .make(replicas))))))
    }

    /// `maxSurge` and `maxUnavailable` as numbers: surge rounds up, unavailability down, and not both are zero.
    private var limits: (surge: Int, unavailable: Int) {
        let rolling = spec.at("strategy", "rollingUpdate")
        let surge = amount(rolling?.at("maxSurge") ?? .string("25%"), roundingUp: true)
        let unavailable = amount(rolling?.at("maxUnavailable") ?? .string("25%"), roundingUp: false)
        return surge == 0 && unavailable == 0 ? (0, 1) : (surge, min(unavailable, desired))
    }

    private func amount(_ value: JSONValue, roundingUp: Bool) -> Int {
        if let number = value.int { return number }
        guard let text = value.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else { return 0 }
        return (percent * desired + (roundingUp ? 99 : 0)) / 100
    }

    // MARK: Status

    private func status() -> [ControllerWrite] {
        let total = pods.count { $0.isActivePod }
        let ready = pods.count { $0.isReadyPod }
        let updated = current.map { set in pods.count { $0.isActivePod && $0.controllerUID == set.uid } } ?? 0
        let specified = max(desired, replicaSets.reduce(0) { $0 + Self.replicas($1) })
        let isComplete = updated == desired && total == desired && ready == desired
        let before = deployment.json.at("status") ?? .make([:])

        let isAvailable = ready >= desired - (isRecreate ? 0 : limits.unavailable)
        let conditions: [JSONValue] = [
            condition(
                "Available", isAvailable ? "True" : "False",
                isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                isAvailable
                    ? "Deployment has minimum availability." : "Deployment does not have minimum availability.", before),
            isPaused
                ? condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", before)
                : condition(
                    "Progressing", "True", isComplete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                    "ReplicaSet \"\(deployment.name)-\(templateHash(template))\" "
                        + (isComplete ? "has successfully progressed." : "is progressing."), before),
        ]
        let after = JSONValue.make(
            ("observedGeneration", .make(deployment.generation)), ("replicas", .nonZero(total)),
            ("updatedReplicas", .nonZero(updated)), ("readyReplicas", .nonZero(ready)),
            ("availableReplicas", .nonZero(ready)), ("unavailableReplicas", .nonZero(max(0, specified - ready))),
            ("conditions", .array(conditions)))
        return statusPatch(from: before, to: after).map { [.patchStatus(.deployments, deployment.key, $0)] } ?? []
    }

    private func condition(
        _ type: String, _ status: String, _ reason: String, _ message: String, _ before: JSONValue
    ) -> JSONValue {
        let known = before.at("conditions")?.elements.first { $0.at("type")?.string == type }
        let isSameStatus = known?.at("status")?.string == status
        let isSame = isSameStatus && known?.at("reason")?.string == reason && known?.at("message")?.string == message
        return .make(
            ("type", .string(type)), ("status", .string(status)),
            ("lastUpdateTime", isSame ? known?.at("lastUpdateTime") : .string(now)),
            ("lastTransitionTime", isSameStatus ? known?.at("lastTransitionTime") : .string(now)),
            ("reason", .string(reason)), ("message", .string(message)))
    }

    // MARK: Reading

    private static func replicas(_ set: Manifest) -> Int { set.json.at("spec", "replicas")?.int ?? 1 }
    private static func revision(_ object: Manifest) -> Int { Int(object.annotations[revisionKey] ?? "") ?? 0 }
    private func available(in set: Manifest) -> Int { pods.count { $0.isReadyPod && $0.controllerUID == set.uid } }
}

/// The merge patch that makes one status the other; nil when they agree.
///
/// What is missing or nil afterwards is removed.
func statusPatch(from before: JSONValue, to after: JSONValue) -> JSONValue? {
    guard case .object(let old) = before, case .object(let new) = after else { return .make(("status", after)) }
    var patch = JSONObject()
    for (name, value) in new.members where value != (old[name] ?? .null) { patch[name] = value }
    return patch.members.isEmpty ? nil : .make(("status", .object(patch)))
}

extension JSONValue {
    /// A count as Go writes it with `omitempty`: zero is nothing.
    static func nonZero(_ count: Int) -> JSONValue { count == 0 ? .null : .make(count) }
}

extension Manifest {
    /// The owner reference that an object controlled by this one carries; items of lists do not say their kind.
    func controllerReference(as resource: APIResource) -> JSONValue {
        .make(
            ("apiVersion", .string(resource.apiVersion)), ("kind", .string(resource.kind)), ("name", .string(name)),
            ("uid", .string(uid)), ("controller", .bool(true)), ("blockOwnerDeletion", .bool(true)))
    }
}
