import CCurl
import Synchronization

/// Hands exchanges to the thread that runs libcurl.
///
/// The thread starts with the first exchange and ends by itself when the engine is gone; its connections close then.
final class CurlEngine: Sendable {
    /// What other threads ask of the loop.
    enum Command: Sendable {
        case start(Exchange, Exchange.Ticket, CheckedContinuation<Exchange.Result, Never>)
        case cancel(Exchange.Ticket)
        case run(@Sendable () -> Void)
    }

    private let inbox: Inbox

    init(settings: CurlSettings) { inbox = Inbox(settings: settings) }

    deinit { inbox.close() }

    /// Carries one exchange; cancelling the task ends it at once.
    func perform(_ exchange: Exchange) async -> Exchange.Result {
        let ticket = Exchange.Ticket()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let error = inbox.submit(.start(exchange, ticket, continuation)) {
                    continuation.resume(returning: Exchange.Result(outcome: .failed(error)))
                }
            }
        } onCancel: {
            ticket.cancel()
            inbox.submitIfRunning(.cancel(ticket))
        }
    }

    /// Runs `body` on the loop's thread.
    func run<Success: Sendable>(_ body: @escaping @Sendable () -> Success) async -> Result<Success, KubeError> {
        await withCheckedContinuation { continuation in
            if let error = inbox.submit(.run { continuation.resume(returning: .success(body())) }) {
                continuation.resume(returning: .failure(error))
            }
        }
    }
}

extension CurlEngine {
    /// The way into the loop; outlives the engine until the loop has seen that it is closed.
    final class Inbox: Sendable {
        private enum Phase {
            case idle
            case running(WakePipe)
            case closed
        }

        private struct State {
            var phase = Phase.idle
            var commands: [Command] = []
        }

        /// libcurl must be set up once in a process, before anything else of it is used.
        private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

        private let settings: CurlSettings
        private let state = Mutex(State())

        init(settings: CurlSettings) { self.settings = settings }

        /// Passes a command on, starting the loop if need be; the error says why that was impossible.
        func submit(_ command: Command) -> KubeError? {
            state.withLock { state in
                if case .idle = state.phase {
                    guard Self.isCurlReady, let pipe = WakePipe() else { return Self.exhausted }
                    guard LoopThread.start({ [self] in CurlLoop(inbox: self, pipe: pipe, settings: settings).run() })
                    else {
                        pipe.close()
                        return Self.exhausted
                    }
                    state.phase = .running(pipe)
                }
                return Self.append(command, to: &state) ? nil : KubeError(.cancelled, "the transport was closed")
            }
        }

        /// Passes a command on if there is a loop that it can mean something to.
        func submitIfRunning(_ command: Command) {
            state.withLock { state in _ = Self.append(command, to: &state) }
        }

        /// Ends the loop; commands that it has not taken yet are still carried out.
        func close() {
            state.withLock { state in
                if case .running(let pipe) = state.phase { pipe.wake() }
                state.phase = .closed
            }
        }

        /// For the loop: what came in since the last call, and whether it is time to end.
        func take() -> (commands: [Command], isClosed: Bool) {
            state.withLock { state in
                let commands = state.commands
                state.commands = []
                if case .closed = state.phase { return (commands, true) }
                return (commands, false)
            }
        }

        private static func append(_ command: Command, to state: inout State) -> Bool {
            guard case .running(let pipe) = state.phase else { return false }
            state.commands.append(command)
            // The loop takes all at once, so only the first needs to wake it.
            if state.commands.count == 1 { pipe.wake() }
            return true
        }

        private static var exhausted: KubeError {
            KubeError(.transport, "the HTTP client cannot start: the process has no threads or file descriptors left")
        }
    }
}
