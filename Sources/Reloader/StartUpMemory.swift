import CAllocator
import ControllerKit
import ReloaderCore
import ServiceLifecycle

/// Gives back, once everything is listed, the pages of code that only the start needed.
///
/// Half of the code that runs ever runs only until then: flags, kubeconfig, TLS, the first lists.
struct StartUpMemory: Service, CustomStringConvertible {
    let runtime: ReloaderRuntime

    var description: String { "memory of the start" }

    func run() async throws {
        do {
            try await cancelledByShutdown {
                try await runtime.waitUntilSynced()
                // A debugger's breakpoints are in those pages.
                #if !DEBUG
                callocator_leave_start()
                #endif
                // A service that returns ends the program.
                try await untilShutdown()
            }
        } catch is CancellationError where !Task.isCancelled {
            // Shut down before everything was listed.
        }
    }
}
