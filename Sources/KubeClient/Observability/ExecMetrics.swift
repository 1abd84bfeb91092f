import CoreMetrics

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The `rest_client_exec_plugin_*` metrics, with client-go's names and labels: the runs of credential plugins, and the age and
/// the end of the client certificates that they give.
///
/// Plugins are shared by the clients of a process, so their metrics are the process's own.
struct ExecMetrics: Sendable {
    let factory: (any MetricsFactory)?

    /// Counts a run; one that was cancelled says nothing about the plugin.
    func ended(_ result: Result<Program.Outcome, Program.Failure>) {
        let (code, status): (Int32, String)
        switch result {
        case .success(let outcome):
            switch outcome.ending {
            case .exited(0): (code, status) = (0, "no_error")
            case .exited(let exitCode): (code, status) = (exitCode, "plugin_execution_error")
            case .signalled: (code, status) = (-1, "plugin_execution_error")
            }
        case .failure(.cancelled): return
        case .failure(.notStarted(ENOENT)): (code, status) = (1, "plugin_not_found_error")
        case .failure: (code, status) = (1, "client_internal_error")
        }
        Counter(
            label: "rest_client_exec_plugin_call_total", dimensions: [("code", "\(code)"), ("call_status", status)],
            factory: factory ?? MetricsSystem.factory
        ).increment()
    }

    /// Records how old a client certificate was when another took its place.
    func rotated(after age: Duration) {
        Recorder(
            label: "rest_client_exec_plugin_certificate_rotation_age", aggregate: true,
            factory: factory ?? MetricsSystem.factory
        ).record(age.seconds)
    }

    /// How many seconds the client certificates of `plugins` last, the first to end; infinite without certificates, nil without
    /// plugins.
    static func timeToLive(of plugins: [ExecCredentials], at now: Timestamp) -> Double? {
        if plugins.isEmpty { return nil }
        return plugins.compactMap(\.certificateEnd).min().map { now.duration(to: $0).seconds } ?? .infinity
    }
}

extension KubeClient {
    /// The buckets of `rest_client_exec_plugin_certificate_rotation_age`, in seconds: from ten minutes to four years.
    package static let certificateAgeBuckets: [Double] = [
        600, 1800, 3600, 14_400, 86_400, 604_800, 2_592_000, 7_776_000, 15_552_000, 31_104_000, 124_416_000,
    ]

    /// How many seconds the client certificates last that credential plugins gave to clients of this process, the first to end;
    /// negative when it has ended, infinite when there are none, nil when no plugin is in use.
    package static func execCertificateTimeToLive() -> Double? {
        ExecMetrics.timeToLive(of: ExecCredentials.shared, at: .now())
    }
}
