import Logging
import ServiceLifecycle
import UnixSignals

/// Returns at the first signal, which is how a group that it is in learns of it.
struct SignalListener: Service {
    let signals: UnixSignalsSequence
    let logger: Logger

    /// The service with what its end means.
    var configuration: ServiceGroupConfiguration.ServiceConfiguration {
        .init(service: self, successTerminationBehavior: .gracefullyShutdownGroup, serviceName: "signals")
    }

    func run() async {
        try? await cancelledByShutdown {
            for await signal in signals {
                logger.info("stopping", metadata: ["signal": "\(signal)"])
                return
            }
        }
    }
}
