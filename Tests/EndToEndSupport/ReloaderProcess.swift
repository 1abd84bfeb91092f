package import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The Reloader binary as a child process, its log at hand.
package final class ReloaderProcess: Sendable {
    private struct State {
        var lines: [String] = []
        var waiters: [(isMatch: @Sendable (String) -> Bool, waiter: CheckedContinuation<String?, Never>)] = []
        var hasEnded = false
    }

    private let state = Mutex(State())

    /// What it logged so far.
    package var lines: [String] { state.withLock { $0.lines } }

    /// Returns the first line that matches, now or when it comes; nil when the process ends without.
    package func line(where isMatch: @escaping @Sendable (String) -> Bool) async -> String? {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> String?? in
                if let line = state.lines.first(where: isMatch) { return .some(line) }
                if state.hasEnded { return .some(nil) }
                state.waiters.append((isMatch, continuation))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func add(_ line: String) {
        let waiters = state.withLock { state in
            state.lines.append(line)
            let due = state.waiters.filter { $0.isMatch(line) }
            state.waiters.removeAll { $0.isMatch(line) }
            return due
        }
        for waiter in waiters { waiter.waiter.resume(returning: line) }
    }

    private func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.waiter.resume(returning: nil) }
    }

    /// Starts the binary, runs `body`, ends it with a signal, and returns its exit code; -1 when a signal ended it.
    ///
    /// Without a body it is left to end by itself.
    package static func run(
        _ arguments: [String], environment: [String: String] = [:], endingBy signal: Signal = .terminate,
        _ body: (@Sendable (ReloaderProcess) async throws -> Void)? = nil
    ) async throws -> (exitCode: Int, lines: [String]) {
        let process = ReloaderProcess()
        let variables = Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(15))]
        let result = try await Subprocess.run(
            .path(FilePath(binary)), arguments: Arguments(arguments), environment: .custom(variables),
            platformOptions: options, input: .none, output: .sequence, error: .combinedWithOutput
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardOutput.strings() { process.add(line) }
                    process.end()
                }
                if let body {
                    try await body(process)
                    // It may have ended by itself, which the test will tell from the exit code.
                    try? execution.send(signal: signal)
                }
                try await group.waitForAll()
            }
        }
        guard case .exited(let code) = result.terminationStatus else { return (-1, process.lines) }
        return (Int(code), process.lines)
    }

    /// The binary that was built along with this test.
    private static var binary: String {
        var path = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &path, path.count)
        let text = String(decoding: path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return
            "\(text.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/"))/Reloader"
    }
}
