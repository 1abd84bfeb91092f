import KubeClient

extension ServerState {
    /// Answers paths that are no resource's: health, version, discovery, OpenAPI.
    ///
    /// Nil for a path that there is not.
    func document(_ request: ServerRequest) throws(APIFailure) -> ServerResponse? {
        guard request.method == "GET" else { return nil }
        let path = request.path.hasSuffix("/") ? request.path.dropLast() : request.path[...]
        let parts = path.split(separator: "/").map(String.init)
        let discovery = Discovery(kinds.registry)
        switch (parts.first, parts.count) {
        case ("healthz", 1), ("livez", 1), ("readyz", 1): return .text("ok")
        case ("version", 1): return .json(Self.versionDocument)
        case ("api", 1):
            if Self.wantsAggregated(request) { return Self.aggregated(discovery.aggregated(core: true)) }
            return .json(discovery.coreVersions(serverAddress: request.header("host") ?? "127.0.0.1"))
        case ("api", 2): return discovery.resourceList(group: "", version: parts[1]).map { .json($0) }
        case ("apis", 1):
            if Self.wantsAggregated(request) { return Self.aggregated(discovery.aggregated(core: false)) }
            return .json(discovery.groupList())
        case ("apis", 2): return discovery.group(parts[1]).map { .json($0) }
        case ("apis", 3): return discovery.resourceList(group: parts[1], version: parts[2]).map { .json($0) }
        case ("openapi", 2) where parts[1] == "v3": return .json(discovery.openAPIIndex())
        case ("openapi", 4) where parts[1] == "v3" && parts[2] == "api":
            return discovery.openAPI(group: "", version: parts[3]).map { .json($0) }
        case ("openapi", 5) where parts[1] == "v3" && parts[2] == "apis":
            return discovery.openAPI(group: parts[3], version: parts[4]).map { .json($0) }
        default: return nil
        }
    }

    private static func wantsAggregated(_ request: ServerRequest) -> Bool {
        (request.header("accept") ?? "").split(separator: ",").contains {
            $0.contains("as=APIGroupDiscoveryList") && $0.contains("v=v2") && !$0.contains("v2beta1")
        }
    }

    private static func aggregated(_ document: JSONValue) -> ServerResponse {
        var response = ServerResponse.json(document)
        response.contentType = Discovery.aggregatedType
        return response
    }

    /// Source: `version.Info` of apimachinery.
    private static let versionDocument = JSONValue.dict(
        ("major", .string("1")), ("minor", .string("36")), ("emulationMajor", .string("1")),
        ("emulationMinor", .string("36")), ("minCompatibilityMajor", .string("1")),
        ("minCompatibilityMinor", .string("35")), ("gitVersion", .string("v1.36.2")),
        ("gitCommit", .string("0000000000000000000000000000000000000000")), ("gitTreeState", .string("clean")),
        ("buildDate", .string("2026-01-01T00:00:00Z")), ("goVersion", .string("go1.26")), ("compiler", .string("gc")),
        ("platform", .string("linux/amd64")))
}
