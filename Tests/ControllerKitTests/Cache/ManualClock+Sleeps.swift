import ControllerTestKit

extension ManualClock {
    /// Waits for somebody to sleep and tells for how long; the clock stands still.
    func nextSleep() async throws(CancellationError) -> Duration {
        while true {
            try await waitForSleepers()
            // A cancelled sleeper may have left in between.
            if let length = timeToNextSleeper { return length }
        }
    }

    /// Waits for somebody to sleep, moves the clock to the end of that sleep, and tells how long it was.
    @discardableResult
    func passNextSleep() async throws(CancellationError) -> Duration {
        let length = try await nextSleep()
        advance(by: length)
        return length
    }
}
