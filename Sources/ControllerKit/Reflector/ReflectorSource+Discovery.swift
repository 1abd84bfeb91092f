import KubeClient
import Synchronization

extension ReflectorSource {
    /// The same source, which answers 404 without asking for objects until `isServed` says that the server has the kind.
    func ifServed(
        _ resource: APIResource, _ isServed: @escaping @Sendable () async throws(KubeError) -> Bool
    ) -> ReflectorSource {
        let gate = DiscoveryGate(resource: resource, isServed: isServed)
        return ReflectorSource(
            list: { [list] options, body async throws(KubeError) -> ListMetadata in
                try await gate.pass()
                return try await list(options, body)
            },
            watch: { [watch] options, body async throws(KubeError) -> Void in
                try await gate.pass()
                try await watch(options, body)
            })
    }
}

/// Asks discovery until the kind is there, and then no more.
private final class DiscoveryGate: Sendable {
    private let resource: APIResource
    private let isServed: @Sendable () async throws(KubeError) -> Bool
    private let isOpen = Atomic(false)

    init(resource: APIResource, isServed: @escaping @Sendable () async throws(KubeError) -> Bool) {
        self.resource = resource
        self.isServed = isServed
    }

    func pass() async throws(KubeError) {
        if isOpen.load(ordering: .relaxed) { return }
        guard try await isServed() else {
            let message = "the server does not serve \(resource.qualifiedName)"
            throw KubeError(.status, message, status: Status(code: 404, reason: "NotFound", message: message))
        }
        isOpen.store(true, ordering: .relaxed)
    }
}
