import KubeClient

/// Runs `body` with a stream that has an element whenever something changed in `resources`; several changes may be one.
///
/// The first element comes at once. What the watches miss while they reconnect is made up for by an element afterwards,
/// so whoever reads the cluster anew for each element never stays behind.
func withClusterChanges(
    of resources: [APIResource], _ client: KubeClient, _ body: sending (AsyncStream<Void>) async -> Void
) async {
    let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    continuation.yield()
    await withTaskGroup { group in
        for resource in resources {
            group.addTask {
                let objects = client.resource(resource, as: Manifest.self)
                while !Task.isCancelled {
                    do throws(KubeError) { try await objects.watch { _ in continuation.yield() } } catch {}
                    continuation.yield()
                    try? await Task.sleep(for: .milliseconds(200))
                }
            }
        }
        await body(changes)
        group.cancelAll()
    }
}
