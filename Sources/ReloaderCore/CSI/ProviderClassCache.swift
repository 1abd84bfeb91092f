import ControllerKit
import KubeClient
import Logging
import Synchronization

/// The SecretProviderClasses of one scope: their content from the statuses of pods, their annotations from themselves.
///
/// Two watches, whatever the number of pods and workloads. Label selectors for configs do not apply: the driver labels the
/// statuses, not the user.
final class ProviderClassCache: Sendable {
    let scope: Scope
    let statuses: Informer<ProviderClassPodStatus>
    private let classes: Informer<ProviderClass>
    private let contents = Mutex(ProviderClassContents())
    private let unknown = Mutex<Set<ConfigKey>>([])
    private let logger: Logger

    init(client: KubeClient, scope: Scope, clock: any Clock<Duration>, logger: Logger) {
        self.scope = scope
        self.logger = logger
        let options = InformerOptions(isOptional: true)
        statuses = Informer(
            client.resource(ProviderClassPodStatus.self), scope: scope, options: options, logger: logger, clock: clock)
        // Both are served or neither; what the one says need not be said twice.
        var quiet = logger
        quiet.logLevel = .error
        classes = Informer(
            client.resource(ProviderClass.self), scope: scope, options: options, logger: quiet, clock: clock)
    }

    /// Makes the informers the manager's.
    func install(in manager: inout ControllerManager) {
        manager.add(classes)
        manager.add(statuses)
    }

    /// Waits until annotations can be read, or turn out not to be readable.
    func waitUntilAnnotationsAreKnown() async throws { try await classes.waitUntilSynced() }

    /// Why annotations cannot be read; nil when they can.
    var annotationsError: KubeError? {
        if case .unavailable(let error) = classes.state { error } else { nil }
    }

    /// The class now; nil when no pod has mounted it so far.
    func config(_ key: ConfigKey) -> ConfigObject? {
        contents.withLock { $0.config(key) }.map(annotated)
    }

    /// The classes that pods have mounted, in no order and without their annotations.
    var all: [ConfigObject] { contents.withLock { $0.configs } }

    /// The class with the annotations of this moment.
    ///
    /// One that does not exist has none; that is told once for each, because a typing error is the likely reason.
    func annotated(_ config: ConfigObject) -> ConfigObject {
        guard let object = classes.store[config.key.objectKey] else {
            if classes.state.isSynced, unknown.withLock({ $0.insert(config.key).inserted }) {
                logger.warning(
                    """
                    SecretProviderClass '\(config.key.name)' in namespace '\(config.key.namespace)' does not exist, \
                    though pods have mounted it; it counts as one without annotations
                    """)
            }
            return config
        }
        guard !object.trueAnnotations.isEmpty else { return config }
        return ConfigObject(
            config.key, fingerprint: config.fingerprint, uid: config.uid, resourceVersion: config.resourceVersion,
            trueAnnotations: object.trueAnnotations)
    }

    /// Calls `body` for every change, as ``Informer/observe(_:)`` does.
    func observe(_ body: @escaping @Sendable (ObservedChange) -> Void) {
        statuses.observe { [self] change in
            // One at a time, because the informer tells one at a time.
            if let change = contents.withLock({ $0.received(change) }) { body(change) }
        }
    }
}
