import KubeClient
import Logging

/// Plays the only node: runs each pod's container as a local process and reports how it does.
///
/// Cancelling ``run()`` ends all processes before it returns.
struct Kubelet: Sendable {
    var client: KubeClient
    var host: SandboxHost
    var readyPods: ReadyPods
    var logs: PodLogs
    var console: Console
    var logger: Logger

    func run() async {
        await withClusterChanges(of: [.pods], client) { changes in
            await withTaskGroup { group in
                // Ending a stop stream ends the pod's process, and then the pod.
                var stops: [String: AsyncStream<Never>.Continuation] = [:]
                for await _ in changes {
                    guard let pods = await self.pods() else { continue }
                    let known = Set(pods.map(\.uid))
                    for (uid, stop) in stops where !known.contains(uid) {
                        stop.finish()
                        stops[uid] = nil
                    }
                    for pod in pods {
                        if stops[pod.uid] == nil {
                            let (stop, continuation) = AsyncStream.makeStream(of: Never.self)
                            stops[pod.uid] = continuation
                            group.addTask { await PodLifecycle(self, pod).run(until: stop) }
                        }
                        if pod.isBeingDeleted { stops[pod.uid]?.finish() }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// The pods of this node; nil when they cannot be listed now.
    private func pods() async -> [Manifest]? {
        do throws(KubeError) {
            return try await client.resource(.pods, as: Manifest.self).list().items
        } catch {
            logger.debug("The kubelet cannot list pods: \(error)")
            return nil
        }
    }
}
