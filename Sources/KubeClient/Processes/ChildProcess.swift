import CSpawn
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The error number for "no more descriptors or threads".
let exhausted = EAGAIN

/// A wake pipe that may be rung at any time, also when it is gone already.
final class Alarm: Sendable {
    private let pipe: Mutex<WakePipe?>

    init(_ pipe: WakePipe) { self.pipe = Mutex(pipe) }

    func ring() { pipe.withLock { $0?.wake() } }

    func dismantle() {
        pipe.withLock { pipe in
            pipe?.close()
            pipe = nil
        }
    }
}

/// One child process and the pipes from it; confined to the thread that waits for it.
struct ChildProcess {
    private static let outputLimit = 1 << 20
    private static let diagnosticsLimit = 4 << 10
    // Nothing tells a poll that a child has ended while its own children keep the pipes open.
    private static let pollInterval = Duration.milliseconds(50)
    private static let pollIntervalAtEnd = Duration.milliseconds(2)

    private let process: pid_t
    private let leadsGroup: Bool
    private var output: ReadEnd
    private var diagnostics: ReadEnd?

    /// Runs a program to its end, and blocks meanwhile.
    ///
    /// Something to read from `stop` kills it.
    static func run(_ program: Program, stop: WakePipe) -> Result<Program.Outcome, Program.Failure> {
        do throws(Program.Failure) {
            var child = try ChildProcess(program)
            defer { child.closePipes() }
            return .success(try child.wait(program.timeout, stop))
        } catch {
            return .failure(error)
        }
    }

    private init(_ program: Program) throws(Program.Failure) {
        guard let (output, outputSource) = ReadEnd.pipe(limit: Self.outputLimit) else { throw .notStarted(errno) }
        defer { closeDescriptor(outputSource) }
        var errorSource: Int32 = 2
        if !program.isInteractive {
            guard let (diagnostics, source) = ReadEnd.pipe(limit: Self.diagnosticsLimit) else {
                output.close()
                throw .notStarted(errno)
            }
            self.diagnostics = diagnostics
            errorSource = source
        }
        defer { if errorSource != 2 { closeDescriptor(errorSource) } }
        let nothing = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { if nothing >= 0 { closeDescriptor(nothing) } }
        self.output = output
        leadsGroup = !program.isInteractive

        var arguments = unsafe ([program.file] + program.arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var environment = unsafe Self.environment(with: program.environment).map { unsafe strdup($0) } + [nil]
        defer { unsafe environment.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let result = unsafe cspawn(
            &process, program.file, &arguments, &environment, program.isInteractive ? 0 : nothing, outputSource,
            errorSource, leadsGroup ? 1 : 0)
        self.process = process
        guard result == 0 else {
            closePipes()
            throw .notStarted(result)
        }
    }

    private static func environment(with added: [String: String]) -> [String] {
        var lines = added.map { "\($0.key)=\($0.value)" }
        guard var entry = unsafe cspawn_environment() else { return lines }
        while let line = unsafe entry.pointee {
            let text = unsafe String(cString: line)
            if added[String(text.prefix { $0 != "=" })] == nil { lines.append(text) }
            unsafe entry += 1
        }
        return lines
    }

    private mutating func wait(_ timeout: Duration, _ stop: WakePipe) throws(Program.Failure) -> Program.Outcome {
        let deadline = ContinuousClock.now + timeout
        while true {
            let isAtEnd = output.isAtEnd && diagnostics?.isAtEnd ?? true
            let slice = isAtEnd ? Self.pollIntervalAtEnd : Self.pollInterval
            var entries = [output.entry, diagnostics?.entry ?? ReadEnd.noEntry]
            entries.append(pollfd(fd: stop.readEnd, events: Int16(POLLIN), revents: 0))
            _ = unsafe poll(
                &entries, nfds_t(entries.count), Int32(slice.components.attoseconds / 1_000_000_000_000_000))
            // Asked before reading: what it wrote before it ended is in the pipes by then.
            let ending = ending()
            let hasRoom = output.read()
            diagnostics?.readKeepingLast()
            guard hasRoom else { throw kill(.tooMuchOutput) }
            if let ending {
                return Program.Outcome(ending: ending, output: output.bytes, diagnostics: diagnostics?.bytes ?? [])
            }
            if entries[2].revents != 0 { throw kill(.cancelled) }
            if ContinuousClock.now >= deadline { throw kill(.timedOut) }
        }
    }

    private func ending() -> Program.Outcome.Ending? {
        var status: Int32 = 0
        let result = unsafe waitpid(process, &status, WNOHANG)
        if result == 0 || (result < 0 && errno == EINTR) { return nil }
        // Somebody who waits for all children took the status; whether it went well shows in the output.
        guard result == process else { return .exited(0) }
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }

    private func kill(_ reason: Program.Failure) -> Program.Failure {
        #if canImport(Glibc)
        _ = Glibc.kill(leadsGroup ? -process : process, SIGKILL)
        #else
        _ = Darwin.kill(leadsGroup ? -process : process, SIGKILL)
        #endif
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
        return reason
    }

    private func closePipes() {
        output.close()
        diagnostics?.close()
    }
}

/// The end of a pipe that this process reads.
private struct ReadEnd {
    private(set) var bytes: [UInt8] = []
    private(set) var isAtEnd = false
    private let descriptor: Int32
    private let limit: Int

    static var noEntry: pollfd { pollfd(fd: -1, events: 0, revents: 0) }

    /// A pipe and the descriptor to write to; nil when there are no more.
    static func pipe(limit: Int) -> (ReadEnd, source: Int32)? {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        let result = unsafe Glibc.pipe(&ends)
        #else
        let result = unsafe Darwin.pipe(&ends)
        #endif
        guard result == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ReadEnd(descriptor: ends[0], limit: limit), ends[1])
    }

    private init(descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    var entry: pollfd { pollfd(fd: isAtEnd ? -1 : descriptor, events: Int16(POLLIN), revents: 0) }

    /// Takes what is there; false when that is more than the limit.
    mutating func read() -> Bool {
        while !isAtEnd, let piece = next() {
            bytes += piece
            if bytes.count > limit { return false }
        }
        return true
    }

    /// Takes what is there and keeps the last of it.
    mutating func readKeepingLast() {
        while !isAtEnd, let piece = next() {
            bytes += piece
            if bytes.count > limit { bytes.removeFirst(bytes.count - limit) }
        }
    }

    private mutating func next() -> ArraySlice<UInt8>? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        #if canImport(Glibc)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        #else
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe Darwin.read(descriptor, $0.baseAddress, $0.count) }
        #endif
        if count > 0 { return chunk[..<count] }
        if count == 0 || (errno != EAGAIN && errno != EINTR) { isAtEnd = true }
        return nil
    }

    func close() { closeDescriptor(descriptor) }
}

private func closeDescriptor(_ descriptor: Int32) {
    #if canImport(Glibc)
    _ = Glibc.close(descriptor)
    #else
    _ = Darwin.close(descriptor)
    #endif
}
