import Glibc

/// A child process whose output goes to a file, and what the kernel says about it.
final class ChildProcess {
    struct LaunchFailure: Error { var message: String }

    let pid: pid_t
    private let outputPath: String
    private var hasEnded = false

    /// Starts a program; nothing is searched on the path.
    init(_ path: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        outputPath = try temporaryFile()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid = pid_t()
        let result = posix_spawn(&pid, path, &actions, nil, &argv, &envp)
        guard result == 0 else {
            throw LaunchFailure(message: "cannot start \(path): \(String(cString: strerror(result)))")
        }
        self.pid = pid
    }

    deinit {
        if !hasEnded { kill(pid, SIGKILL) }
        unlink(outputPath)
    }

    /// What it wrote so far, line by line.
    var lines: [Substring] { readFile(outputPath).split(separator: "\n") }

    /// Ends it with SIGTERM and waits for it.
    func terminate() {
        kill(pid, SIGTERM)
        wait()
    }

    /// Waits until it ends by itself; returns its exit code.
    @discardableResult
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        hasEnded = true
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
    }

    /// Seconds of CPU so far, threads that have ended included.
    var cpuSeconds: Double {
        var (clock, time) = (clockid_t(), timespec())
        guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return .nan }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// A figure of `/proc/PID/status`: kibibytes, or the number of threads.
    func status(_ field: String) -> Double {
        let line = readFile("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("\(field):") }
        return (line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first).flatMap { Double($0) }
            ?? .nan
    }
}

/// The content of a file; empty when there is none.
func readFile(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while true {
        let count = read(file, &chunk, chunk.count)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += chunk[..<count]
    }
}

/// Makes a file that only this user can read.
func temporaryFile(_ text: String = "") throws -> String {
    var template = Array("/tmp/reloader-bench-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw ChildProcess.LaunchFailure(message: "cannot write to /tmp") }
    defer { close(file) }
    let bytes = Array(text.utf8)
    _ = write(file, bytes, bytes.count)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
