import ControllerTestKit
import KubeClient

@testable import Sandbox

/// Says yes to exactly what Roles, ClusterRoles and their bindings grant.
///
/// Source: the RBAC authorizer of the API server. Left out: aggregation, groups and users as subjects, paths.
struct RoleAuthorizer: Sendable {
    private struct Grant: Sendable {
        var user: String
        /// nil: everywhere.
        var namespace: String?
        var rules: [JSONValue]
    }

    private var grants: [Grant] = []

    init(_ manifests: [Manifest]) {
        for binding in manifests where binding.kind.hasSuffix("RoleBinding") {
            let isCluster = binding.kind == "ClusterRoleBinding"
            let (kind, name) = (
                binding.json.at("roleRef", "kind")?.string, binding.json.at("roleRef", "name")?.string
            )
            let role = manifests.first {
                $0.kind == kind && $0.name == name && ($0.kind == "ClusterRole" || $0.namespace == binding.namespace)
            }
            for subject in binding.json.at("subjects")?.elements ?? [] {
                let user = RequestUser.serviceAccount(
                    namespace: subject.at("namespace")?.string ?? "", name: subject.at("name")?.string ?? "")
                grants.append(
                    Grant(
                        user: user.name, namespace: isCluster ? nil : binding.namespace,
                        rules: role?.json.at("rules")?.elements ?? []))
            }
        }
    }

    func decision(_ attributes: RequestAttributes) -> AuthorizationDecision {
        // Discovery and reviews of one's own rights are everybody's.
        guard attributes.isResourceRequest, attributes.group != "authorization.k8s.io" else { return .allow() }
        let isGranted = grants.contains { grant in
            grant.user == attributes.user.name && (grant.namespace == nil || grant.namespace == attributes.namespace)
                && grant.rules.contains { Self.allows($0, attributes) }
        }
        return isGranted ? .allow() : .deny
    }

    private static func allows(_ rule: JSONValue, _ attributes: RequestAttributes) -> Bool {
        func texts(_ member: String) -> [String] { (rule.at(member)?.elements ?? []).compactMap(\.string) }
        let resource =
            attributes.subresource.isEmpty ? attributes.resource : "\(attributes.resource)/\(attributes.subresource)"
        let names = texts("resourceNames")
        return (texts("verbs").contains(attributes.verb) || texts("verbs").contains("*"))
            && texts("apiGroups").contains(attributes.group) && texts("resources").contains(resource)
            && (names.isEmpty || names.contains(attributes.name))
    }
}
