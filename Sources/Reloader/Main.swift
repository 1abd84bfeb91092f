import CAllocator
import ControllerKit
import CoreMetrics
import KubeClient
import Logging
import ReloaderCore
import UnixSignals

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Flags and environment in, one manager out.
@main struct Main {
    /// The lease of v1.4.21, in the pod's namespace.
    static let leaseName = "stakater-reloader-lock"

    static func main() async {
        callocator_keep_little()
        let environment = processEnvironment()
        do throws(UsageError) {
            switch try CommandLineParser.parse(Array(CommandLine.arguments.dropFirst()), environment: environment) {
            case .help(let subcommand): print(subcommand.map(HelpText.help) ?? HelpText.full, terminator: "")
            case .version: print("Reloader \(reloaderVersion)")
            case .run(let flags): exit(await run(flags, environment))
            case .explain(let target, let options, let flags):
                exit(
                    await ExplainCommand(target: target, options: options, flags: flags, environment: environment).run()
                )
            case .check(let options, let flags):
                exit(await CheckCommand(options: options, flags: flags, environment: environment).run())
            }
        } catch {
            writeToStandardError(error.text)
            exit(error.exitCode)
        }
    }

    /// Runs until a signal ends it; returns the exit code.
    private static func run(_ flags: ReloaderFlags, _ environment: [String: String]) async -> Int32 {
        // First of all: a pod may be told to stop the moment it has started, and nothing is wrong then.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let logging = LoggingConfiguration(flags)
        let logger = Logger(label: "reloader") { _ in LineLogHandler(logging) }
        if let warning = logging.warning { logger.warning("\(warning)") }
        logger.info("Starting Reloader", metadata: ["version": "\(reloaderVersion)"])
        if !flags.environmentVariables.isEmpty {
            logger.info("Flags from the environment: \(flags.environmentVariables.joined(separator: ", "))")
        }
        for notice in flags.startUpNotices + EnvironmentNotices.warnings(environment) {
            logger.warning("\(notice)")
        }

        let client: KubeClient
        var options: ReloaderOptions
        do throws(KubeError) {
            let configuration = try KubeConfiguration(flags, environment: environment)
            options = ReloaderOptions(flags, environment: environment, configuration)
            client = try KubeClient(configuration: configuration, logger: logger)
            logger.info("Using \(configuration)")
        } catch {
            logger.critical("Unable to create Kubernetes client error = \(error)")
            return 1
        }

        do { options.alerts = try AlertOptions(environment: environment) } catch { logger.error("\(error)") }
        for line in options.announcements(flags) {
            logger.log(level: line.isWarning ? .warning : .info, "\(line.text)")
        }

        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let elector: LeaderElector?
        do throws(KubeError) {
            elector = try leaderElector(flags, environment, client, metrics, logger)
        } catch {
            logger.critical("\(error)")
            return 1
        }
        let runtime = ReloaderRuntime(
            client: client, options: options, metrics: metrics,
            countsByNamespace: environment["METRICS_COUNT_BY_NAMESPACE"] == "enabled", leaderElector: elector,
            logger: logger)
        var manager = ControllerManager(
            options: ManagerOptions(
                probeAddress: flags.listenAddress.description, gracefulShutdownLimit: .seconds(9),
                livenessPath: "/live", readinessPath: "/ready"),
            metrics: metrics, leaderElector: elector, logger: logger)
        // What v1.4.21 answers; probes compare the status, people the body.
        manager.serve("/live") { [health = manager.health] in
            let report = health.liveness()
            return report.isHealthy ? ProbeResponse("alive") : ProbeResponse(status: 500, report.text)
        }
        runtime.install(in: &manager)
        manager.add(StartUpMemory(runtime: runtime))
        manager.checkPermissions(
            client, options.permissions + (elector?.permissions ?? []), includingDeclared: false)
        do {
            try await manager.run(stoppingAt: signals)
            logger.info("Reloader stopped")
            return 0
        } catch {
            logger.critical("\(error)")
            return 1
        }
    }

    /// The candidate for the lease of v1.4.21, with its times; nil without `--enable-ha`.
    private static func leaderElector(
        _ flags: ReloaderFlags, _ environment: [String: String], _ client: KubeClient, _ metrics: PrometheusRegistry,
        _ logger: Logger
    ) throws(KubeError) -> LeaderElector? {
        // Without the flag the parser has not asked for the names.
        guard flags.enableHA, !flags.dryRun, let name = environment["POD_NAME"],
            let namespace = environment["POD_NAMESPACE"]
        else {
            return nil
        }
        return try LeaderElector(
            client, lease: ObjectKey(namespace: namespace, name: leaseName), identity: name,
            metrics: metrics, logger: logger)
    }
}
