import KubeClient
import Synchronization

/// Which pods are ready, and on which port of this machine each listens.
///
/// Safe to use from any task.
final class ReadyPods: Sendable {
    private struct Entry {
        var pod: Manifest
        var port: Int
    }
    private let entries = Mutex<[String: Entry]>([:])

    /// Notes that a pod is ready on a port, or with nil that it is not.
    func set(_ pod: Manifest, port: Int?) {
        entries.withLock { $0[pod.uid] = port.map { Entry(pod: pod, port: $0) } }
    }

    /// The port of a ready pod that the selector selects, the newest first; nil when there is none.
    func port(in namespace: String?, selector: [String: String]) -> Int? {
        let matching = entries.withLock { entries in
            entries.values.filter { entry in
                entry.pod.namespace == namespace && selector.allSatisfy { entry.pod.labels[$0.key] == $0.value }
            }
        }
        return matching.max { ($0.pod.creationTimestamp, $0.port) < ($1.pod.creationTimestamp, $1.port) }?.port
    }
}
