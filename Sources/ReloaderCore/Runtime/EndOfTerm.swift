import ControllerKit
import ServiceLifecycle

/// Says when this process ceases to act: another one may have done what is still due by the time it acts again.
///
/// Runs only while this process leads.
struct EndOfTerm: Service, CustomStringConvertible {
    let hasEnded: @Sendable () -> Void

    var description: String { "end of the term" }

    func run() async throws {
        defer { hasEnded() }
        do {
            // A service that returns ends the program.
            try await cancelledByShutdown { try await untilShutdown() }
        } catch is CancellationError where !Task.isCancelled {
            // Shut down.
        }
    }
}
