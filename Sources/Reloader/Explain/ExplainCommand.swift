import KubeClient
import Logging
import ReloaderCore

/// `Reloader explain`: reads what is there, says what a change would do, and changes nothing.
struct ExplainCommand {
    let target: ExplainTarget
    let options: SubcommandOptions
    let flags: ReloaderFlags
    let environment: [String: String]

    /// Prints the explanation on stdout; returns the exit code.
    func run() async -> Int32 {
        do throws(KubeError) {
            print(try await answer(), terminator: "")
            return 0
        } catch {
            writeToStandardError("Error: \(error)\n")
            return 1
        }
    }

    private func answer() async throws(KubeError) -> String {
        let configuration = try KubeConfiguration(flags, environment: environment)
        let client = try KubeClient(configuration: configuration, logger: subcommandLogger())
        let namespace = options.namespace ?? configuration.namespace ?? "default"
        let reader = ExplainReader(client: client, options: ReloaderOptions(flags, environment: environment))
        let text = ExplanationText(style: .standardOutput(environment))
        switch target.kind {
        case .workload(let name):
            guard let kind = reader.kinds.first(where: { $0.name == name }) else {
                throw KubeError(.configuration, "workloads of kind \(name) cannot be explained with these flags")
            }
            let explanation = try await reader.workload(kind, ObjectKey(namespace: namespace, name: target.name))
            return rendered(ExplanationJSON.document(explanation)) ?? text.text(explanation)
        case .config(let type):
            let explanation = try await reader.config(ConfigKey(type, namespace: namespace, name: target.name))
            // Workloads may wait for one that does not exist yet; without any it is a slip of the pen.
            if case .absent = explanation.config.state, explanation.workloads.isEmpty {
                throw KubeError(
                    .status,
                    "\(type.kindName) \(target.name) does not exist in namespace \(namespace), and no workload "
                        + "uses or names it")
            }
            return rendered(ExplanationJSON.document(explanation)) ?? text.text(explanation)
        }
    }

    private func rendered(_ document: JSONValue) -> String? {
        options.output == .json ? String(decoding: document.bytes, as: UTF8.self) + "\n" : nil
    }
}

/// The log of a subcommand: what went wrong on the way, on stderr.
func subcommandLogger() -> Logger {
    Logger(label: "reloader") { _ in
        LineLogHandler(LoggingConfiguration(format: "", level: "warning", isTerminal: false))
    }
}

extension KubeConfiguration {
    /// The cluster that the flags ask for, else the environment.
    init(_ flags: ReloaderFlags, environment: [String: String]) throws(KubeError) {
        let context = flags.context.isEmpty ? nil : flags.context
        self =
            flags.kubeconfig.isEmpty
            ? try .infer(environment: environment, context: context)
            : try .kubeconfig(paths: [flags.kubeconfig], context: context)
        userAgent = "Reloader/\(reloaderVersion)"
    }
}
