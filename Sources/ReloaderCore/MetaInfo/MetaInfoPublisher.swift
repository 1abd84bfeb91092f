import ControllerKit
import KubeClient
import Logging
import ServiceLifecycle

/// Writes the ConfigMap of a ``MetaInfo`` once, in the background; a failure is a warning.
struct MetaInfoPublisher: Service {
    let info: MetaInfo
    let client: KubeClient
    let logger: Logger

    func run() async throws {
        do {
            try await cancelledByShutdown {
                await publish()
                // A service that returns ends the program.
                try await untilShutdown()
            }
        } catch is CancellationError where !Task.isCancelled {
            // Shut down before it was written: the next start writes it.
        }
    }

    private func publish() async {
        let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
        let options = WriteOptions(fieldManager: ReloaderIdentity.fieldManager)
        do throws(KubeError) {
            if try await exists(configMaps) {
                logger.info("Meta info configmap already exists, updating it")
                try await configMaps.replace(info.key.objectKey, with: info.body, options)
            } else {
                try await configMaps.create(info.body, in: .namespace(info.namespace), options)
            }
        } catch {
            // Another replica was faster, and wrote the same.
            guard error.code != .cancelled, !error.isAlreadyExists else { return }
            logger.warning("The meta info configmap cannot be written, which changes nothing else: \(error)")
        }
    }

    private func exists(_ configMaps: ResourceClient<ObjectMetadata>) async throws(KubeError) -> Bool {
        do throws(KubeError) {
            _ = try await configMaps.get(info.key.objectKey)
            return true
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
    }
}
