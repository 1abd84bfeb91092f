import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program that runs, and what the kernel says about it.
final class RunningCommand: Sendable {
    private struct State {
        var lines: [String] = []
        var hasEnded = false
    }

    private let pid: pid_t
    private let state = Mutex(State())

    private init(pid: pid_t) { self.pid = pid }

    /// Runs a command until `body` returns, then ends it with SIGTERM and, 15 s later, with SIGKILL.
    ///
    /// It inherits PATH and HOME and nothing else.
    static func run<Result: Sendable>(
        _ command: CommandTemplate.Command, environment: [String: String],
        _ body: @escaping @Sendable (RunningCommand) async throws -> Result
    ) async throws -> Result {
        var variables: [Environment.Key: String] = [:]
        for name in ["PATH", "HOME"] {
            if let value = unsafe getenv(name) {
                variables[Environment.Key(stringLiteral: name)] = unsafe String(cString: value)
            }
        }
        for (name, value) in environment.merging(command.environment, uniquingKeysWith: { $1 }) {
            variables[Environment.Key(stringLiteral: name)] = value
        }
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(15))]
        let result = try await Subprocess.run(
            command.program.contains("/") ? .path(FilePath(command.program)) : .name(command.program),
            arguments: Arguments(command.arguments), environment: .custom(variables), platformOptions: options,
            input: .none, output: .sequence, error: .combinedWithOutput
        ) { execution in
            let running = RunningCommand(pid: pid_t(execution.processIdentifier.value))
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardOutput.strings() { running.add(line) }
                    running.state.withLock { $0.hasEnded = true }
                }
                let result: Result
                do { result = try await body(running) } catch {
                    try? execution.send(signal: .terminate)
                    throw error
                }
                try? execution.send(signal: .terminate)
                try await group.waitForAll()
                return result
            }
        }
        return result.closureResult
    }

    private func add(_ line: String) {
        state.withLock { state in
            state.lines.append(line)
            if state.lines.count > 200 { state.lines.removeFirst(100) }
        }
    }

    /// Whether it has ended, or at least its output has.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// The last lines that it wrote.
    var lastLines: String { state.withLock { $0.lines.suffix(5).joined(separator: "\n") } }

    /// Seconds of CPU so far; nan where the system does not tell.
    var cpuSeconds: Double {
        #if os(Linux)
        var (clock, time) = (clockid_t(), timespec())
        guard unsafe clock_getcpuclockid(pid, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else { return .nan }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        #else
        return .nan
        #endif
    }

    /// A figure of `/proc/PID/status` in MiB; nan where there is none.
    func mebibytes(_ field: String) -> Double {
        guard let text = readText("/proc/\(pid)/status") else { return .nan }
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(field):") }
        let words = line?.split { $0 == " " || $0 == "\t" } ?? []
        return words.count > 1 ? (Double(words[1]) ?? .nan) / 1024 : .nan
    }
}

/// The beginning of a small file.
private func readText(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
}
