import ControllerTestKit
import KubeClient

/// The rights that the chart of v1.4.21 grants, which existing installations have.
enum ChartRules {
    struct Rule: Sendable {
        var group: String
        var resources: [String]
        var verbs: [String]
    }

    /// Note that workloads may be listed, not watched.
    static let clusterRole = [
        Rule(group: "", resources: ["secrets", "configmaps"], verbs: ["list", "get", "watch"]),
        Rule(
            group: "apps", resources: ["deployments", "daemonsets", "statefulsets"],
            verbs: ["list", "get", "update", "patch"]),
        Rule(group: "batch", resources: ["cronjobs"], verbs: ["list", "get"]),
        Rule(group: "batch", resources: ["jobs"], verbs: ["create", "delete", "list", "get"]),
        Rule(group: "", resources: ["events"], verbs: ["create", "patch"]),
    ]

    /// In Reloader's own namespace.
    static let ownRole = [
        Rule(group: "", resources: ["configmaps"], verbs: ["list", "get", "watch", "create", "update"])
    ]

    /// What the manifests of this project grant in addition.
    static let watchingWorkloads = [
        Rule(group: "apps", resources: ["deployments", "daemonsets", "statefulsets"], verbs: ["watch"]),
        Rule(group: "batch", resources: ["cronjobs", "jobs"], verbs: ["watch"]),
    ]

    /// The rules of a Role.
    static func json(_ rules: [Rule]) -> String {
        let items = rules.map { rule in
            let object: JSONObject = [
                "apiGroups": .array([.string(rule.group)]), "resources": .array(rule.resources.map(JSONValue.string)),
                "verbs": .array(rule.verbs.map(JSONValue.string)),
            ]
            return JSONValue.object(object)
        }
        return JSONValue.array(items).description
    }

    /// Whether one of the rules allows it.
    static func allow(_ rules: [Rule], _ request: RequestAttributes) -> Bool {
        rules.contains {
            $0.group == request.group && $0.resources.contains(request.resource) && $0.verbs.contains(request.verb)
        }
    }
}
