import ControllerKit
import CoreMetrics
import KubeClient
import Logging
import ReloaderCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Flags and environment in, one manager out.
@main struct Main {
    static func main() async {
        let environment = processEnvironment()
        do throws(UsageError) {
            switch try CommandLineParser.parse(Array(CommandLine.arguments.dropFirst()), environment: environment) {
            case .help: print(HelpText.full)
            case .version: print("Reloader \(reloaderVersion)")
            case .run(let flags): exit(await run(flags, environment))
            }
        } catch {
            writeToStandardError(error.text)
            exit(1)
        }
    }

    /// Runs until a signal ends it; returns the exit code.
    private static func run(_ flags: ReloaderFlags, _ environment: [String: String]) async -> Int32 {
        let logging = LoggingConfiguration(flags)
        let logger = Logger(label: "reloader") { _ in LineLogHandler(logging) }
        if let warning = logging.warning { logger.warning("\(warning)") }
        logger.info("Starting Reloader", metadata: ["version": "\(reloaderVersion)"])
        for notice in flags.startUpNotices { logger.warning("\(notice)") }

        let client: KubeClient
        do throws(KubeError) {
            var configuration = try KubeConfiguration.infer(environment: environment)
            configuration.userAgent = "Reloader/\(reloaderVersion)"
            for warning in configuration.warnings { logger.warning("\(warning)") }
            client = try KubeClient(configuration: configuration, logger: logger)
            logger.info("Using \(configuration)")
        } catch {
            logger.critical("Unable to create Kubernetes client error = \(error)")
            return 1
        }

        var options = ReloaderOptions(flags, environment: environment)
        do { options.alerts = try AlertOptions(environment: environment) } catch { logger.error("\(error)") }
        for line in options.announcements(flags) {
            logger.log(level: line.isWarning ? .warning : .info, "\(line.text)")
        }

        let metrics = PrometheusRegistry()
        MetricsSystem.bootstrap(metrics)
        let runtime = ReloaderRuntime(
            client: client, options: options, metrics: metrics,
            countsByNamespace: environment["METRICS_COUNT_BY_NAMESPACE"] == "enabled", logger: logger)
        var manager = ControllerManager(
            options: ManagerOptions(
                probeAddress: flags.listenAddress.description, gracefulShutdownLimit: .seconds(10),
                livenessPath: "/live", readinessPath: "/ready"),
            metrics: metrics, logger: logger)
        // What v1.4.21 answers; probes compare the status, people the body.
        manager.serve("/live") { ProbeResponse("alive") }
        runtime.install(in: &manager)
        do {
            try await manager.runService()
            logger.info("Reloader stopped")
            return 0
        } catch {
            logger.critical("\(error)")
            return 1
        }
    }
}
