import KubeClient

/// What the kubelet reports about a pod with one container.
struct PodStatus: Hashable, Sendable {
    /// What the container is doing.
    enum Container: Hashable, Sendable {
        case waiting(ContainerProblem)
        case running(since: String, isReady: Bool)
    }

    var container: Container
    var restartCount = 0
    /// When the pod was first seen by the kubelet.
    var startTime: String
    /// When the pod became ready, or stopped being so.
    var readySince: String

    private var isReady: Bool { if case .running(_, isReady: true) = container { true } else { false } }

    /// The status as `core/v1` PodStatus.
    func json(for pod: Manifest) -> JSONValue {
        let conditions: [JSONValue] = [
            condition("PodReadyToStartContainers", true, startTime), condition("Initialized", true, startTime),
            condition("Ready", isReady, readySince), condition("ContainersReady", isReady, readySince),
            condition("PodScheduled", true, startTime),
        ]
        let statuses = (pod.json.at("spec", "containers")?.elements ?? []).map { status(of: $0) }
        let phase: String
        switch container {
        case .waiting: phase = restartCount == 0 ? "Pending" : "Running"
        case .running: phase = "Running"
        }
        return .make(
            ("observedGeneration", pod.generation == 0 ? nil : .make(pod.generation)), ("phase", .string(phase)),
            ("conditions", .array(conditions)), ("hostIP", .string("127.0.0.1")), ("podIP", .string("127.0.0.1")),
            ("podIPs", .array([.make(("ip", .string("127.0.0.1")))])), ("startTime", .string(startTime)),
            ("containerStatuses", .array(statuses)), ("qosClass", .string("Burstable")))
    }

    private func condition(_ type: String, _ holds: Bool, _ since: String) -> JSONValue {
        .make(
            ("type", .string(type)), ("status", .string(holds ? "True" : "False")), ("lastProbeTime", .null),
            ("lastTransitionTime", .string(since)), ("reason", holds ? nil : .string("ContainersNotReady")))
    }

    private func status(of spec: JSONValue) -> JSONValue {
        let state: JSONValue
        switch container {
        case .waiting(let problem):
            state = .make(
                ("waiting", .make(("reason", .string(problem.reason)), ("message", .string(problem.message)))))
        case .running(let since, _): state = .make(("running", .make(("startedAt", .string(since)))))
        }
        let image = spec.at("image")?.string ?? ""
        return .make(
            ("name", spec.at("name")), ("state", state), ("lastState", .make([:])), ("ready", .bool(isReady)),
            ("restartCount", .make(restartCount)), ("image", .string(image)), ("imageID", .string("")),
            ("started", .bool(isReady)))
    }
}
