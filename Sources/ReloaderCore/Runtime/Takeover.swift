import ControllerKit
import KubeClient
import Logging
import ServiceLifecycle

/// What a Reloader does first whenever it begins to act: it finishes what another one, or its own last run, left undone.
///
/// Runs only while this process leads.
struct Takeover: Service, CustomStringConvertible {
    private static let longestPause = Duration.seconds(60)

    let recreation: JobRecreation
    /// Remembers what was applied; nil for nobody.
    let keeper: LedgerKeeper?
    let coordinator: ReloadCoordinator
    let workloads: WorkQueue<WorkloadKey>
    let timeline: Timeline
    let logger: Logger

    var description: String { "takeover" }

    func run() async throws {
        defer {
            coordinator.book.keep(nil)
            coordinator.termEnded()
            recreation.termEnded()
        }
        do {
            try await cancelledByShutdown {
                if coordinator.options.jobPolicy == .recreate { try await resumeRecreations() }
                try await coordinator.caches.waitUntilAllSynced()
                try await keeper?.run()
                // A service that returns ends the program.
                try await untilShutdown()
            }
        } catch is CancellationError where !Task.isCancelled {
            // The controllers have finished what they had in hand.
            await keeper?.finish()
        }
    }

    private func resumeRecreations() async throws {
        try await persistently("Jobs whose recreation was cut short cannot be looked for") { () throws(KubeError) in
            for key in try await recreation.resume(in: coordinator.options.scopes) {
                logger.info("\(key) was deleted to be created again, and that was cut short; it is finished now")
                workloads.add(key)
            }
        }
    }

    /// Repeats `body` with growing pauses until it succeeds or is not permitted.
    private func persistently(_ failure: String, _ body: () async throws(KubeError) -> Void) async throws {
        var pause = Duration.seconds(1)
        while true {
            do throws(KubeError) {
                return try await body()
            } catch {
                try Task.checkCancellation()
                // Where Jobs may not be listed none was deleted, and the informer has said so.
                guard !error.isForbidden, !error.isNotFound else { return logger.debug("\(failure): \(error)") }
                logger.warning("\(failure): \(error)")
            }
            try await timeline.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }
}
