import ControllerKit
import KubeClient
import Logging
import ServiceLifecycle

/// Says once whether the Secrets Store CSI driver is there, in v1.4.21's words.
///
/// v1.4.21 asks for the API group; here the answers to the lists tell.
struct ProviderClassAnnouncement: Service {
    let caches: [ProviderClassCache]
    let logger: Logger

    func run() async throws {
        do {
            try await cancelledByShutdown {
                for cache in caches {
                    try await cache.statuses.waitUntilSynced()
                    try await cache.waitUntilAnnotationsAreKnown()
                }
                announce()
                // A service that returns ends the program.
                try await untilShutdown()
            }
        } catch is CancellationError where !Task.isCancelled {
            // Shut down before anything was known.
        }
    }

    private func announce() {
        if caches.contains(where: { $0.statuses.state.isSynced }) {
            logger.info("CSI provider is installed")
            let resource = ProviderClassPodStatus.apiResource.plural
            logger.info("created controller for: \(resource)")
            for cache in caches {
                let namespace =
                    switch cache.scope {
                    case .all: ""
                    case .namespace(let name): name
                    }
                logger.info("Starting Controller to watch resource type: \(resource) in namespace: \(namespace)")
            }
            if let error = caches.lazy.compactMap(\.annotationsError).first {
                logger.warning(
                    "annotations of SecretProviderClasses count for nothing: grant list and watch on them",
                    metadata: ["error": "\(error)"])
            }
            return
        }
        for case .unavailable(let error) in caches.map(\.statuses.state) where error.isNotFound {
            logger.info("CSI provider is not installed")
            logger.info("Skipping secretproviderclasspodstatuses controller: CSI CRDs not installed")
            return
        }
    }
}
