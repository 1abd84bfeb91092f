public import KubeClient
public import Logging
public import ServiceLifecycle
import Synchronization
public import UnixSignals

/// Starts what a controller program consists of in the right order, and stops it in reverse.
///
/// The order is: probes and metrics, informers, other services, controllers. Probes are listened for before anything
/// else starts, so that a bad address ends the program at once. On shutdown the controllers finish what they have in
/// hand, then the others stop, and the probes answer until the end.
///
/// With a ``LeaderElector`` the controllers that need leadership run only while this process leads, again and again if
/// need be; everything else runs on every replica, so that a standby is ready and its caches are filled before it
/// contends. On shutdown the lease is given back between the end of the controllers and the end of the caches.
public struct ControllerManager: Service {
    /// The checks behind the probes; each informer that is added becomes a readiness and a liveness check.
    public let health: HealthRegistry

    private let options: ManagerOptions
    private let metrics: PrometheusRegistry?
    private let elector: LeaderElector?
    private let logger: Logger
    private var routes: [String: ProbeServer.Route]
    private var informers: [ServiceGroupConfiguration.ServiceConfiguration] = []
    private var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
    private var controllers: [ServiceGroupConfiguration.ServiceConfiguration] = []
    private var ledControllers: [ServiceGroupConfiguration.ServiceConfiguration] = []
    /// What the controllers watch, which is known when the manager runs.
    private var watched: [@Sendable (inout ControllerManager) -> Void] = []
    private var caches: [@Sendable () async throws -> Void] = []
    private var checkNames: [String: Int] = [:]
    private var added: Set<ObjectIdentifier> = []
    private var permissions: [PermissionRule] = []
    private var permissionCheck: (@Sendable ([PermissionRule]) -> PermissionCheck)?

    /// Creates a manager of nothing.
    ///
    /// - Parameters:
    ///   - options: Where to serve, and how long to wait.
    ///   - health: The checks behind the probes.
    ///   - metrics: What is served as metrics; nil for none.
    ///   - leaderElector: Decides when controllers may run; nil for always.
    ///   - logger: Where starts, stops and addresses are told.
    public init(
        options: ManagerOptions = .init(), health: HealthRegistry = .init(), metrics: PrometheusRegistry? = nil,
        leaderElector: LeaderElector? = nil, logger: Logger
    ) {
        self.options = options
        self.health = health
        self.metrics = metrics
        elector = leaderElector
        self.logger = logger
        routes = [
            options.livenessPath: { ProbeResponse(health.liveness()) },
            options.readinessPath: { ProbeResponse(health.readiness()) },
        ]
        permissions = leaderElector?.permissions ?? []
        if let leaderElector { health.addLiveness("leader-election") { leaderElector.health } }
        if let metrics {
            routes[options.metricsPath] = { ProbeResponse(metrics) }
            metrics.refreshCredentialPlugins()
            metrics.refresh { [weak metrics] in metrics?.refreshCredentialPlugins() }
        }
    }

    /// Adds an informer; the program is ready once it is synced, or has turned out to be off, and alive as long as it is
    /// not stuck.
    ///
    /// Those that a controller watches are added with it; adding one again changes nothing.
    public mutating func add<Object: KubeObject>(_ informer: Informer<Object>) {
        guard added.insert(ObjectIdentifier(informer)).inserted else { return }
        let resource = informer.resource.qualifiedName
        let check = checkName(of: informer)
        health.addLiveness(informer.livenessCheck(check))
        health.addReadiness(check) {
            switch informer.state {
            case .synced, .unavailable: .healthy
            case .starting: .unhealthy("\(resource) not listed yet")
            }
        }
        caches.append { try await informer.waitUntilSynced() }
        permissions += informer.permissions
        informers.append(.init(service: informer, serviceName: "informer of \(resource)"))
    }

    /// A name that no other informer has: there may be one for each namespace, or several with different selectors.
    private mutating func checkName<Object: KubeObject>(of informer: Informer<Object>) -> String {
        var name = "informer-\(informer.resource.qualifiedName)"
        if case .namespace(let namespace) = informer.scope { name += "-\(namespace)" }
        let count = checkNames[name, default: 0] + 1
        checkNames[name] = count
        return count == 1 ? name : "\(name)-\(count)"
    }

    /// Adds a controller, and the informers that it watches when the manager runs.
    ///
    /// It runs while this process leads, unless ``ControllerOptions/needsLeadership`` is false; informers always run.
    public mutating func add<R: Reconciler>(_ controller: Controller<R>) {
        watched.append { manager in
            for addInformer in controller.triggers.withLock({ $0.informers }) { addInformer(&manager) }
        }
        metrics?.refresh { [queue = controller.queue] in queue.refreshMetrics() }
        let configuration = ServiceGroupConfiguration.ServiceConfiguration(
            service: controller, serviceName: "controller \(controller.name)")
        if elector != nil, controller.needsLeadership {
            ledControllers.append(configuration)
        } else {
            controllers.append(configuration)
        }
    }

    /// Adds something else that runs as long as the program, and that controllers may rely on until they have stopped.
    ///
    /// What it needs of the server is checked with the rest when it says so (``DeclaresPermissions``).
    public mutating func add(_ service: some Service) {
        if let declaring = service as? any DeclaresPermissions { permissions += declaring.permissions }
        services.append(.init(service: service))
    }

    /// Has the account's permissions checked at start: those of the informers, the leader elector, the services that
    /// declare some, and `rules` for what the reconcilers write.
    ///
    /// All that is added is asked of `client`: a program for several clusters passes false for `includingDeclared`. Runs
    /// beside everything else as soon as the server answers, and tells in one log entry what is missing, with the RBAC
    /// rules to add. A server that does not answer such questions changes nothing. Source: SelfSubjectAccessReview.
    ///
    /// - Parameters:
    ///   - client: The account to check.
    ///   - rules: What is needed besides.
    ///   - includingDeclared: False for programs whose `rules` say it all, in words of their own.
    ///   - stopsIfMissing: Whether ``run()`` throws ``MissingPermissions`` when something required is missing. False by
    ///     default: informers and controllers keep trying, so the program recovers when the rule is added.
    ///   - clock: The clock of the pauses between tries while the server cannot be reached.
    public mutating func checkPermissions(
        _ client: KubeClient, _ rules: [PermissionRule] = [], includingDeclared: Bool = true,
        stopsIfMissing: Bool = false,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        permissionCheck = { [logger] declared in
            PermissionCheck(
                checker: PermissionChecker(client), rules: (includingDeclared ? declared : []) + rules,
                stopsIfMissing: stopsIfMissing,
                timeline: Timeline(clock), logger: logger)
        }
    }

    /// Adds something else that runs only while this process leads, when the manager has an elector, else as long as the
    /// program.
    ///
    /// It is started anew each time that leadership is gained; one that returns ends the program.
    public mutating func add(_ service: some Service, needsLeadership: Bool) {
        guard elector != nil, needsLeadership else { return add(service) }
        ledControllers.append(.init(service: service))
    }

    /// Adds a path to the probe server, or replaces what the manager serves there.
    public mutating func serve(_ path: String, _ route: @escaping ProbeServer.Route) { routes[path] = route }

    /// Runs everything until the task is cancelled, the surrounding service group shuts down, or something fails.
    ///
    /// Throws the error of what failed; the others are cancelled then.
    public func run() async throws { try await run(listener: nil) }

    /// Like ``run()``, and shuts down gracefully at the first SIGTERM or SIGINT.
    ///
    /// What has not stopped after ``ManagerOptions/gracefulShutdownLimit`` is cancelled, which is told and is no error. A
    /// program that takes its time before it calls this traps the signals first, and calls ``run(stoppingAt:)``.
    public func runService() async throws {
        try await run(stoppingAt: await UnixSignalsSequence(trapping: .sigterm, .sigint))
    }

    /// Like ``runService()``, for signals that are trapped already: one that has come in the meantime counts, too.
    public func run(stoppingAt signals: UnixSignalsSequence) async throws {
        try await run(listener: SignalListener(signals: signals, logger: logger))
    }

    private func run(listener: SignalListener?) async throws {
        var complete = self
        for addInformers in watched { addInformers(&complete) }
        try await complete.runServices(listener: listener)
    }

    private func runServices(listener: SignalListener?) async throws {
        let probes = try ProbeServer(address: options.probeAddress, routes: routes, logger: logger)
        try await probes.bind()
        var controllers = controllers
        if let elector {
            let led = LedServices(elector: elector, services: ledControllers, preconditions: caches, logger: logger)
            controllers.append(.init(service: led, serviceName: "leader election"))
        }
        var services = services
        if let permissionCheck {
            services.append(.init(service: permissionCheck(permissions), serviceName: "permission check"))
        }
        // The last one is the first to be shut down.
        let last = listener.map { [$0.configuration] } ?? []
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: probes, serviceName: "probes")] + informers + services + controllers + last,
            logger: logger)
        configuration.maximumGracefulShutdownDuration = options.gracefulShutdownLimit
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch is CancellationError where !Task.isCancelled {
            // Nobody has cancelled this task, so it was the limit.
            logger.warning("not everything had finished in time after the signal to stop; the rest was cancelled")
        }
    }
}
