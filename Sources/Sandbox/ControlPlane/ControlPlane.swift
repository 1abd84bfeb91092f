import KubeClient
import Logging

/// Plays the built-in controllers: reads what there is, asks ``ControlPlaneStep`` what to write, and writes it.
///
/// One loop for everything; a sandbox is small. Cancelling ``run()`` is enough.
struct ControlPlane: Sendable {
    var client: KubeClient
    var logger: Logger

    func run() async {
        await withClusterChanges(of: [.deployments, .replicaSets, .pods], client) { changes in
            for await _ in changes { await settle() }
        }
    }

    /// Steps until nothing is left to write; a failed write is made up for after the next change or a short pause.
    private func settle() async {
        for _ in 0..<100 {
            do throws(KubeError) {
                let writes = ControlPlaneStep.writes(
                    for: try await snapshot(), now: Timestamp.now().rfc3339, suffix: Self.suffix)
                if writes.isEmpty { return }
                for write in writes { try await perform(write) }
            } catch {
                // Somebody else wrote in between, or the object is gone: look again.
                logger.debug("The control plane looks again: \(error)")
                try? await Task.sleep(for: .milliseconds(50))
            }
            if Task.isCancelled { return }
        }
    }

    private func snapshot() async throws(KubeError) -> ClusterSnapshot {
        ClusterSnapshot(
            deployments: try await client.resource(.deployments, as: Manifest.self).list().items,
            replicaSets: try await client.resource(.replicaSets, as: Manifest.self).list().items,
            pods: try await client.resource(.pods, as: Manifest.self).list().items)
    }

    private func perform(_ write: ControllerWrite) async throws(KubeError) {
        switch write {
        case .create(let resource, let body):
            let scope = body.at("metadata", "namespace")?.string.map { Scope.namespace($0) } ?? .all
            try await client.resource(resource, as: Manifest.self).create(body.bytes, in: scope)
        case .patch(let resource, let key, let patch):
            try await client.resource(resource, as: Manifest.self).patch(key, .merge(patch.bytes))
        case .patchStatus(let resource, let key, let patch):
            try await client.resource(resource, as: Manifest.self).patch(
                key, .merge(patch.bytes), subresource: .status)
        case .delete(let resource, let key, let uid):
            try await client.resource(resource, as: Manifest.self).delete(
                key, DeleteOptions(propagation: .background, uid: uid))
        }
    }

    private static func suffix() -> String {
        String((0..<5).compactMap { _ in "bcdfghjklmnpqrstvwxz2456789".randomElement() })
    }
}
