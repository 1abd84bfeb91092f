import KubeClient
import Synchronization

/// The newest lines of each pod's output, for `kubectl logs`.
final class PodLogs: Sendable {
    // As much as somebody reads.
    private static let limit = 2000

    private let kept = Mutex<[ObjectKey: [String]]>([:])

    /// What a pod wrote, the oldest line first.
    func lines(of pod: ObjectKey) -> [String] { kept.withLock { $0[pod] ?? [] } }

    func append(_ line: String, of pod: ObjectKey) {
        kept.withLock { kept in
            kept[pod, default: []].append(line)
            let surplus = (kept[pod]?.count ?? 0) - Self.limit
            // Many at a time: to close the gap moves all that stay.
            if surplus > Self.limit / 2 { kept[pod]?.removeFirst(surplus) }
        }
    }

    /// Forgets a pod that is gone.
    func forget(_ pod: ObjectKey) { kept.withLock { $0[pod] = nil } }
}
