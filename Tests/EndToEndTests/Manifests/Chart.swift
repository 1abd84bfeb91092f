import EndToEndSupport
import KubeClient

@testable import Sandbox

/// The Helm chart, rendered by helm.
enum Chart {
    static let path = repositoryFile("kubernetes/helm/reloader")
    /// What an existing installation has; `values.yaml` are the upstream chart's values.
    static let upstream = repositoryFile("Tests/EndToEndTests/Manifests/upstream-chart")
    /// What the cluster has besides its built-in APIs.
    private static let apis = ["monitoring.coreos.com/v1", "autoscaling.k8s.io/v1"]

    /// The objects of release `rel` in namespace `ops` with some values, as `--set` takes them.
    static func render(_ values: [String] = [], files: [String] = [], apis: [String] = apis) async throws -> [Manifest]
    {
        let arguments = values.flatMap { ["--set", $0] } + files.flatMap { ["--values", $0] }
        let text = try await KubeTool.helm.output(
            ["template", "rel", path, "--namespace", "ops"] + apis.flatMap { ["--api-versions", $0] } + arguments)
        return try manifests(text)
    }
}

/// The objects of a YAML text.
func manifests(_ text: String) throws(YAMLError) -> [Manifest] {
    try YAMLReader.documents(Array(text.utf8), file: "rendered").filter { $0 != .null }.map { Manifest(json: $0) }
}

extension [Manifest] {
    func first(_ kind: String, _ name: String? = nil) -> Manifest? {
        first { $0.kind == kind && (name == nil || $0.name == name) }
    }

    /// The pods of Reloader's Deployment.
    var pod: JSONValue? {
        first { $0.kind == "Deployment" && $0.container?.at("image")?.string?.contains("reloader") == true }?.json
            .at("spec", "template")
    }
    var container: JSONValue? { pod?.at("spec", "containers")?[0] }
    var arguments: [String] { (container?.at("args")?.elements ?? []).compactMap(\.string) }
    /// The variables' values, or where they come from.
    var variables: [String: String] {
        var variables: [String: String] = [:]
        for variable in container?.at("env")?.elements ?? [] {
            let source = variable.at("valueFrom")
            variables[variable.at("name")?.string ?? ""] =
                variable.at("value")?.string ?? source?.at("fieldRef", "fieldPath")?.string
                ?? source?.at("secretKeyRef").map { "\($0.at("name")?.string ?? "")/\($0.at("key")?.string ?? "")" }
        }
        return variables
    }
    /// Kind and name of each, sorted.
    var names: [String] { map { "\($0.kind) \($0.name)" }.sorted() }
}

extension Manifest {
    var container: JSONValue? { json.at("spec", "template", "spec", "containers")?[0] }
}
