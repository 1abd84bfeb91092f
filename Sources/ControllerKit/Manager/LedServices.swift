import Logging
import ServiceLifecycle

/// Runs services only while this process leads.
struct LedServices: Service {
    let elector: LeaderElector
    let services: [ServiceGroupConfiguration.ServiceConfiguration]
    /// What has to be ready before this process contends, so that a new leader starts with full caches.
    let preconditions: [@Sendable () async throws -> Void]
    let logger: Logger

    func run() async throws {
        do {
            try await cancelledByShutdown {
                for waitUntilReady in preconditions { try await waitUntilReady() }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully && !Task.isCancelled {
            return
        }
        try await elector.withLeadership {
            logger.info("became leader, starting controllers")
            // A group of nothing would return at once.
            guard !services.isEmpty else { return try await untilShutdown() }
            try await ServiceGroup(configuration: .init(services: services, logger: logger)).run()
        }
    }
}
