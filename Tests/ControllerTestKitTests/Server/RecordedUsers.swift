@testable import ControllerTestKit

/// The accounts of the recordings and the permissions that they had.
enum RecordedUsers {
    /// The token that stands for who asked; nil for a request without one of its own.
    static func token(for identity: String) -> String? {
        switch identity {
        case "none", "raw-authorization-header": nil
        default: identity
        }
    }

    static func configure(_ server: TestAPIServer) {
        server.authenticate { token in
            let parts = token.split(separator: ":").map(String.init)
            if token == "admin" { return .admin }
            guard parts.count == 3, parts[0] == "serviceaccount" else { return nil }
            return .serviceAccount(namespace: parts[1], name: parts[2])
        }
        server.authorize { isAllowed($0) }
    }

    private static func isAllowed(_ request: RequestAttributes) -> AuthorizationDecision {
        let reason =
            "RBAC: allowed by RoleBinding \"reader/golden-auth\" of Role \"reader\" to ServiceAccount \"reader/golden-auth\""
        if request.user.groups.contains("system:masters") { return .allow() }
        if !request.isResourceRequest {
            let isOpen = ["/version", "/healthz", "/livez", "/readyz"].contains(request.path)
            let isDiscovery = request.path.hasPrefix("/api") || request.path.hasPrefix("/openapi")
            return isOpen || isDiscovery && request.user != .anonymous ? .allow() : .deny
        }
        guard request.user != .anonymous else { return .deny }
        if request.resource.hasPrefix("selfsubject") { return .allow() }
        guard request.user.name == "system:serviceaccount:golden-auth:reader", request.namespace == "golden-auth",
            request.group.isEmpty
        else { return .deny }
        if request.resource == "configmaps", ["get", "list", "watch"].contains(request.verb) {
            return .allow(reason: reason)
        }
        if request.resource == "secrets", request.verb == "get", request.name == "only-this" {
            return .allow(reason: reason)
        }
        return .deny
    }
}
