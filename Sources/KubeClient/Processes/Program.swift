/// A program to run to its end, and how.
struct Program: Hashable, Sendable {
    /// A path, or a name to search in `PATH`.
    var file: String
    var arguments: [String] = []
    /// Added to this process's environment, or instead of what is there.
    var environment: [String: String] = [:]
    /// Whether it may read from this process's standard input and write to its standard error.
    var isInteractive = false
    /// After this long it is killed, with its children unless it is interactive.
    var timeout = Duration.seconds(60)

    /// What it did.
    struct Outcome: Hashable, Sendable {
        enum Ending: Hashable, Sendable {
            case exited(Int32)
            case signalled(Int32)
        }

        var ending: Ending
        var output: [UInt8]
        /// The last of what it wrote to standard error; empty for interactive ones, whose user has read it.
        var diagnostics: [UInt8] = []
    }

    /// Why there is no outcome.
    enum Failure: Error, Hashable, Sendable {
        /// It could not be started; the system's error number.
        case notStarted(Int32)
        case timedOut
        case cancelled
        /// It wrote more than anybody wants.
        case tooMuchOutput
    }
}

/// How programs are run: by the system, or by a closure in tests.
struct ProgramRunner: Sendable {
    var run: @Sendable (Program) async throws(Program.Failure) -> Program.Outcome

    /// Runs them as children of this process.
    ///
    /// A thread waits for each, so that no task does. Cancelling the task kills the program.
    static let system = ProgramRunner { (program) throws(Program.Failure) in
        guard let pipe = WakePipe() else { throw .notStarted(exhausted) }
        let alarm = Alarm(pipe)
        defer { alarm.dismantle() }
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isStarted = LoopThread.start {
                    continuation.resume(returning: ChildProcess.run(program, stop: pipe))
                }
                if !isStarted { continuation.resume(returning: .failure(.notStarted(exhausted))) }
            }
        } onCancel: {
            alarm.ring()
        }.get()
    }
}
