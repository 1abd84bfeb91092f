import KubeClient
import Testing

@testable import Sandbox

/// A cluster of values: does what the controllers write, as an API server would, and lets a test play the node.
struct ClusterSimulator {
    var cluster = ClusterSnapshot()
    private var nextID = 1

    /// Adds a Deployment of `replicas` whose containers run `image`.
    mutating func addDeployment(
        _ name: String = "web", replicas: Int = 1, image: String = "a", strategy: JSONValue? = nil
    ) {
        let labels = JSONValue.make(["app": name])
        var deployment = JSONValue.make(
            ("metadata", .make(("name", .string(name)), ("namespace", .string("test")))),
            (
                "spec",
                .make(
                    ("replicas", .make(replicas)), ("strategy", strategy),
                    ("selector", .make(("matchLabels", labels))),
                    (
                        "template",
                        .make(
                            ("metadata", .make(("labels", labels))),
                            ("spec", .make(("containers", .array([.make(("image", .string(image)))])))))
                    ))
            ))
        stamp(&deployment)
        cluster.deployments.append(Manifest(json: deployment))
    }

    /// Changes a Deployment as a user does.
    mutating func edit(_ patch: JSONValue) {
        cluster.deployments[0].json = Self.merged(cluster.deployments[0].json, patch)
        let generation = cluster.deployments[0].generation + 1
        cluster.deployments[0].json = Self.merged(
            cluster.deployments[0].json, .make(("metadata", .make(("generation", .make(generation))))))
    }

    mutating func edit(image: String) {
        edit(
            .make(
                (
                    "spec",
                    .make(
                        (
                            "template",
                            .make(("spec", .make(("containers", .array([.make(("image", .string(image)))])))))
                        ))
                )))
    }

    /// Does the next writes; false when there are none.
    mutating func step() -> Bool {
        var serial = nextID
        let writes = ControlPlaneStep.writes(for: cluster, now: "2026-01-01T00:00:00Z") {
            serial += 1
            return "p\(serial)"
        }
        nextID = serial
        for write in writes { perform(write) }
        return !writes.isEmpty
    }

    /// Steps until nothing is left to write, and records an issue when that does not happen.
    mutating func settle(sourceLocation: SourceLocation = #_sourceLocation) {
        for _ in 0..<50 where !step() { return }
        Issue.record("the controllers never come to rest", sourceLocation: sourceLocation)
    }

    /// Makes pods ready, the oldest first, at most `count` of those that are not.
    mutating func makeReady(_ count: Int = .max) {
        var left = count
        for index in cluster.pods.indices where !cluster.pods[index].isReadyPod && left > 0 {
            left -= 1
            cluster.pods[index].json = Self.merged(
                cluster.pods[index].json,
                .make(
                    (
                        "status",
                        .make(
                            ("phase", .string("Running")),
                            (
                                "conditions",
                                .array([.make(("type", .string("Ready")), ("status", .string("True")))])
                            ))
                    )))
        }
    }

    /// Settles, makes every pod that came of it ready, and settles again: the whole way of a small rollout.
    mutating func rollOut(sourceLocation: SourceLocation = #_sourceLocation) {
        settle(sourceLocation: sourceLocation)
        makeReady()
        settle(sourceLocation: sourceLocation)
    }

    var images: [String] {
        cluster.pods.map { $0.json.at("spec", "containers")?.elements.first?.at("image")?.string ?? "" }
    }
    var status: JSONValue { cluster.deployments[0].json.at("status") ?? .null }
    func condition(_ type: String) -> JSONValue? {
        status.at("conditions")?.elements.first { $0.at("type")?.string == type }
    }

    private mutating func stamp(_ object: inout JSONValue) {
        object = Self.merged(
            object,
            .make(
                (
                    "metadata",
                    .make(
                        ("uid", .string("uid-\(nextID)")), ("generation", .make(1)),
                        ("creationTimestamp", .string("2026-01-01T00:00:\(nextID)Z")))
                )))
        nextID += 1
    }

    private mutating func perform(_ write: ControllerWrite) {
        switch write {
        case .create(let resource, var body):
            stamp(&body)
            if resource == .pods {
                cluster.pods.append(Manifest(json: body))
            } else {
                cluster.replicaSets.append(Manifest(json: body))
            }
        case .patch(let resource, let key, let patch), .patchStatus(let resource, let key, let patch):
            change(resource, key) { $0.json = Self.merged($0.json, patch) }
        case .delete(let resource, let key, _):
            if resource == .pods {
                cluster.pods.removeAll { $0.key == key }
            } else {
                cluster.replicaSets.removeAll { $0.key == key }
            }
        }
    }

    private mutating func change(_ resource: APIResource, _ key: ObjectKey, _ body: (inout Manifest) -> Void) {
        func apply(_ objects: inout [Manifest]) {
            for index in objects.indices where objects[index].key == key { body(&objects[index]) }
        }
        switch resource {
        case .deployments: apply(&cluster.deployments)
        case .replicaSets: apply(&cluster.replicaSets)
        default: apply(&cluster.pods)
        }
    }

    /// RFC 7386.
    private static func merged(_ value: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var object = JSONObject()
        if case .object(let existing) = value { object = existing }
        for (name, change) in changes.members {
            object[name] = change == .null ? nil : merged(object[name] ?? .null, change)
        }
        return .object(object)
    }
}
