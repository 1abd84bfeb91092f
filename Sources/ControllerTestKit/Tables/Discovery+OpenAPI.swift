package import KubeClient

/// As much OpenAPI as kubectl needs to leave validation to the server: `apply`, `edit` and `create` ask whether PATCH
/// of a kind takes `fieldValidation`.
///
/// No schemas, so `kubectl explain` has nothing to say. Source: `/openapi/v3`, API concepts.
extension Discovery {
    /// `GET /openapi/v3`: where each group version's document is.
    package func openAPIIndex() -> JSONValue {
        var paths = JSONObject()
        for (group, version) in groupVersions {
            let path = Self.root(group, version)
            paths[path] = .dict(("serverRelativeURL", .string("/openapi/v3/\(path)")))
        }
        return .dict(("paths", .object(paths)))
    }

    /// `GET /openapi/v3/api/{version}` and `GET /openapi/v3/apis/{group}/{version}`; nil when nothing is served there.
    package func openAPI(group: String, version: String) -> JSONValue? {
        let kinds = kinds(group, version)
        guard !kinds.isEmpty else { return nil }
        var paths = JSONObject()
        for kind in kinds {
            let resource = kind.resource
            let scope = resource.isNamespaced ? "namespaces/{namespace}/" : ""
            let patch = JSONValue.dict(
                (
                    "parameters",
                    .array(
                        ["dryRun", "fieldManager", "fieldValidation", "force"].map { name in
                            .dict(("name", .string(name)), ("in", .string("query")))
                        })
                ),
                (
                    "x-kubernetes-group-version-kind",
                    .dict(
                        ("group", .string(group)), ("version", .string(version)), ("kind", .string(resource.kind)))
                ))
            paths["/\(Self.root(group, version))/\(scope)\(resource.plural)/{name}"] = .dict(("patch", patch))
        }
        return .dict(
            ("openapi", .string("3.0.0")),
            ("info", .dict(("title", .string("Kubernetes")), ("version", .string("v1.36.2")))),
            ("paths", .object(paths)))
    }

    private static func root(_ group: String, _ version: String) -> String {
        group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
    }

    private var groupVersions: [(group: String, version: String)] {
        ([""] + groups).flatMap { group in versions(of: group).map { (group, $0) } }
    }
}
