import ControllerKit
import KubeClient
import Logging

/// Looks for the workloads that changed configs concern, where the account may list a kind but not watch it.
///
/// One request for each kind and namespace, however many configs changed meanwhile. What may not be listed either waits until
/// it may be listed or watched again, if it ever could. Source: the rights that installations of v1.4.21 grant.
struct NamespaceListing: Reconciler {
    /// What is listed.
    struct Key: Hashable, Sendable, CustomStringConvertible {
        var kind: WorkloadKind
        var namespace: String

        var description: String { "\(kind) \(namespace)" }
    }

    let coordinator: ReloadCoordinator
    let client: KubeClient
    let workloads: WorkQueue<WorkloadKey>

    func reconcile(_ key: Key, _ context: ReconcileContext) async throws -> Outcome {
        guard let cache = coordinator.caches.kinds(in: key.namespace).first(where: { $0.kind == key.kind }) else {
            return .done
        }
        let (isRefused, pause) = (cache.isRefused(), coordinator.pause(before: key))
        if isRefused, let pause, coordinator.isExpectedBack(key, cache) { return .again(after: pause) }
        let changes = coordinator.changes(toListFor: key)
        defer { coordinator.listingEnded(key) }
        guard isRefused else {
            coordinator.watchedAgain(cache, for: changes, feeding: workloads)
            return .done
        }
        // Some came while the list was under way that was refused.
        guard !changes.isEmpty, pause == nil else { return .done }
        let wanted = Set(changes.flatMap { ConfigIndexKey.lookup(for: $0.config.key) })
        let (policy, caches) = (coordinator.policy, coordinator.caches)
        do throws(KubeError) {
            let found = try await cache.list(.namespace(key.namespace)) { workload in
                !wanted.isDisjoint(with: policy.indexKeys(for: workload)) || !caches.borrowers(of: workload.key).isEmpty
            }
            coordinator.listingGranted(key)
            let owners = try await owners(of: found)
            coordinator.listed(found, owners: owners, for: changes, feeding: workloads)
        } catch {
            guard !error.isForbidden, !error.isNotFound else {
                coordinator.listingRefused(key)
                context.logger.debug("\(key.kind) is off in this namespace", metadata: ["error": "\(error)"])
                guard coordinator.isExpectedBack(key, cache) else { return .done }
                coordinator.listingFailed(key, changes)
                return .again(after: coordinator.pause(before: key) ?? .zero)
            }
            coordinator.listingFailed(key, changes)
            context.logger.error("\(ReloadMessage.failedToList(key.kind, error))")
            throw error
        }
        return .done
    }

    /// The workloads whose templates these use, where they are not watched.
    private func owners(of found: [Workload]) async throws(KubeError) -> [Workload] {
        var owners: [Workload] = []
        for key in Set(found.compactMap(\.templateOwner)) where coordinator.caches.watched(key) == nil {
            do throws(KubeError) {
                if let owner = try await client.subject(key)?.workload { owners.append(owner) }
            } catch {
                guard error.isForbidden else { throw error }
            }
        }
        return owners
    }
}
