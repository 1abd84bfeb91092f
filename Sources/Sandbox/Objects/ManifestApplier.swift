import KubeClient

/// Creates the objects of a manifest in order, as `kubectl apply` does in an empty cluster.
struct ManifestApplier: Sendable {
    var client: KubeClient
    /// The resources that the server has.
    var resources: [APIResource]

    func apply(_ manifests: [Manifest]) async throws(SandboxError) {
        for manifest in manifests {
            let name = "\(manifest.kind) \(manifest.key)"
            guard
                let resource = resources.first(where: {
                    $0.apiVersion == manifest.apiVersion && $0.kind == manifest.kind
                })
            else { throw SandboxError("\(name): the sandbox has no \(manifest.apiVersion) \(manifest.kind)") }
            do throws(KubeError) {
                try await client.resource(resource, as: Manifest.self).create(
                    manifest.withLastApplied.json.bytes, in: manifest.key.scope, WriteOptions(fieldManager: "sandbox"))
            } catch {
                throw SandboxError("\(name) could not be created: \(error)")
            }
        }
    }
}

extension Manifest {
    /// The object with the annotation that later `kubectl apply` runs compare with.
    fileprivate var withLastApplied: Manifest {
        let metadata = json.at("metadata") ?? .make([:])
        let text = String(decoding: json.bytes, as: UTF8.self) + "\n"
        let annotations = (metadata.at("annotations") ?? .make([:])).replacing(
            "kubectl.kubernetes.io/last-applied-configuration", with: .string(text))
        return Manifest(json: json.replacing("metadata", with: metadata.replacing("annotations", with: annotations)))
    }
}
