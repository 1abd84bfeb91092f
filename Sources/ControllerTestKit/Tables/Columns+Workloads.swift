import KubeClient

extension Columns {
    static let deployment = Columns(
        [
            text("Ready", "Number of the pod with ready state") { ready($0, "readyReplicas") },
            Column(
                name: "Up-to-date",
                description: "Total number of non-terminating pods targeted by this deployment that have the desired "
                    + "template spec."
            ) { object, _ in .int(status(object, "updatedReplicas")) },
            Column(
                name: "Available",
                description: "Total number of available non-terminating pods (ready for at least minReadySeconds) "
                    + "targeted by this deployment."
            ) { object, _ in .int(status(object, "availableReplicas")) },
        ],
        wide: podColumns + [
            text(
                "Selector",
                "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones "
                    + "affected by this deployment. It must match the pod template's labels."
            ) { pairs($0["spec", "selector", "matchLabels"]) }
        ])

    static let statefulSet = Columns(
        [text("Ready", "Number of the pod with ready state") { ready($0, "readyReplicas") }], wide: podColumns)

    static let daemonSet = Columns(
        [
            number("Desired", "Nodes that should run the pod") { status($0, "desiredNumberScheduled") },
            number("Current", "Nodes that run the pod and should") { status($0, "currentNumberScheduled") },
            number("Ready", "Nodes with a ready pod") { status($0, "numberReady") },
            number("Up-to-date", "Nodes with a pod of the newest template") { status($0, "updatedNumberScheduled") },
            number("Available", "Nodes with an available pod") { status($0, "numberAvailable") },
            text("Node Selector", "The labels of the nodes to run on") {
                pairs($0["spec", "template", "spec", "nodeSelector"])
            },
        ], wide: podColumns)

    static let replicaSet = Columns(
        [
            number("Desired", "The number of desired replicas") { $0["spec", "replicas"]?.int },
            number("Current", "The most recently observed number of replicas") { status($0, "replicas") },
            number("Ready", "The number of ready replicas") { status($0, "readyReplicas") },
        ], wide: podColumns)

    static let job = Columns(
        [
            text("Status", "Status of the job") { job in
                let met = (job["status", "conditions"]?.array ?? [])
                    .filter { $0["status"] == .string("True") }.compactMap { $0["type"]?.string }
                return ["Complete", "Failed", "Suspended"].first { met.contains($0) } ?? "Running"
            },
            text("Completions", "Pods that succeeded, of those wanted") { job in
                "\(status(job, "succeeded"))/\(job["spec", "completions"]?.int ?? 1)"
            },
            Column(name: "Duration", description: "Time from start to completion") { job, now in
                guard let start = job["status", "startTime"]?.string,
                    let start = try? APITime(parsing: start, layout: .seconds)
                else { return .string("") }
                let end = job["status", "completionTime"]?.string.flatMap {
                    try? APITime(parsing: $0, layout: .seconds)
                }
                return .string(duration((end?.seconds ?? now) - start.seconds))
            },
        ], wide: podColumns)

    static let cronJob = Columns([
        text("Schedule", "The schedule in Cron format") { $0["spec", "schedule"]?.string },
        text("Timezone", "The time zone of the schedule") { $0["spec", "timeZone"]?.string ?? "<none>" },
        text("Suspend", "Whether no new Jobs are made") { $0["spec", "suspend"] == .bool(true) ? "True" : "False" },
        number("Active", "Jobs that run") { $0["status", "active"]?.array?.count },
        Column(name: "Last Schedule", description: "When a Job was last made") { object, now in
            let last = object["status", "lastScheduleTime"]
            return .string(last == nil ? "<none>" : age(last, now))
        },
    ])

    static let pod = Columns(
        [
            text("Ready", "Containers that are ready, of all") { pod in
                let statuses = pod["status", "containerStatuses"]?.array ?? []
                let ready = statuses.count { $0["ready"] == .bool(true) }
                return "\(ready)/\(pod["spec", "containers"]?.array?.count ?? 0)"
            },
            text("Status", "The state of the pod") { podStatus($0) },
            text("Restarts", "How often containers were restarted") { pod in
                let statuses = pod["status", "containerStatuses"]?.array ?? []
                return String(statuses.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) })
            },
        ],
        wide: [
            text("IP", "The address of the pod") { $0["status", "podIP"]?.string ?? "<none>" },
            text("Node", "Where the pod runs") { $0["spec", "nodeName"]?.string ?? "<none>" },
            text("Nominated Node", "Where the pod may run after preemption") {
                $0["status", "nominatedNodeName"]?.string ?? "<none>"
            },
            text("Readiness Gates", "Conditions that readiness waits for") { _ in "<none>" },
        ])

    private static let podColumns = [
        text("Containers", "Names of each container in the template.") { containers($0, "name") },
        text("Images", "Images referenced by each container in the template.") { containers($0, "image") },
    ]

    private static func containers(_ object: JSONValue, _ field: String) -> String {
        (object["spec", "template", "spec", "containers"]?.array ?? [])
            .map { $0[field]?.string ?? "" }.joined(separator: ",")
    }

    private static func status(_ object: JSONValue, _ field: String) -> Int { object["status", field]?.int ?? 0 }

    private static func ready(_ object: JSONValue, _ field: String) -> String {
        "\(status(object, field))/\(object["spec", "replicas"]?.int ?? 0)"
    }

    /// The reason of what waits or failed, else the phase.
    private static func podStatus(_ pod: JSONValue) -> String {
        if pod["metadata", "deletionTimestamp"] != nil { return "Terminating" }
        for status in pod["status", "containerStatuses"]?.array ?? [] {
            for state in ["waiting", "terminated"] {
                if let reason = status["state", state, "reason"]?.string, !reason.isEmpty { return reason }
            }
        }
        return pod["status", "reason"]?.string ?? pod["status", "phase"]?.string ?? "Unknown"
    }
}
