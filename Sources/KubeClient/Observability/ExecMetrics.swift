import CoreMetrics

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Counts the runs of credential plugins, `rest_client_exec_plugin_call_total`, with client-go's name and labels.
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
}
