import ControllerTestKit
import KubeClient
import TestSupport
import Testing

@testable import ControllerKit

/// How long a server may keep a controller waiting.
@Suite(.timeLimit(.minutes(1))) struct RetryAfterTests {
    @Test(arguments: [60, 3600, Int.max])
    func `a failed key waits as long as the server asks for, a minute at most`(seconds: Int) async throws {
        let clock = ManualClock()
        let reconciler = Reconciling { _, _ in
            let status = Status(code: 503, reason: "", message: "later", retryAfterSeconds: seconds)
            throw KubeError(.status, "patch refused", status: status)
        }
        let controller = Controller("test", reconciler: reconciler, logger: .silent, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await controller.run() }
            controller.queue.add("a")
            try await clock.waitForSleepers()
            #expect(clock.timeToNextSleeper == .seconds(60))
            group.cancelAll()
        }
    }
}
