import KubeClient
import Subprocess
import SystemPackage

/// Runs a container's command as a process of this machine.
enum PodProcess {
    /// Runs `command` until it ends, handing on each line of its output; says how it ended.
    ///
    /// When the task is cancelled the process gets SIGTERM, and SIGKILL after five seconds. When the sandbox dies
    /// without being able to do that, the kernel sends SIGTERM (Linux, where `setpriv` is installed).
    static func run(
        _ command: ContainerCommand, onLine: @Sendable (String) -> Void
    ) async throws(ContainerProblem) -> String {
        guard let program = find(command.words[0], path: command.environment["PATH"] ?? "") else {
            throw ContainerProblem(
                reason: "RunContainerError",
                message: "exec: \"\(command.words[0])\": executable file not found in $PATH")
        }
        var words = [program] + command.words.dropFirst()
        if Files.isExecutable(setpriv) { words = [setpriv, "--pdeathsig", "TERM", "--"] + words }

        var environment: [Environment.Key: String] = [:]
        for (name, value) in command.environment { environment[Environment.Key(stringLiteral: name)] = value }
        var options = PlatformOptions()
        // A group of its own: Ctrl-C is for the sandbox, which then ends its pods in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
                environment: .custom(environment), platformOptions: options, input: .none, output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                for try await line in execution.standardOutput.strings() { onLine(line) }
            }
            return "\(result.terminationStatus)"
        } catch {
            throw ContainerProblem(reason: "RunContainerError", message: "\(error)")
        }
    }

    private static let setpriv = "/usr/bin/setpriv"

    /// The path of a program, looked up as a shell does; nil when there is none.
    static func find(_ name: String, path: String) -> String? {
        if name.contains("/") { return Files.isExecutable(name) ? name : nil }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: Files.isExecutable)
    }
}
