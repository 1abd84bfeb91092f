import ControllerTestKit
import TestSupport
import Testing

@Suite struct ManualClockTests {
    @Test func `sleepers wake in the order of their deadlines, and only those that are due`() async throws {
        let clock = ManualClock()
        let woken = Journal<Int>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [3, 1, 2] {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    woken.append(seconds)
                }
            }
            try await clock.waitForSleepers(3)
            #expect(clock.timeToNextSleeper == .seconds(1))
            for count in 1...3 {
                clock.advance(by: .seconds(1))
                try await group.next()
                #expect(woken.entries == Array(1...count))
            }
        }
        #expect(clock.now.offset == .seconds(3))
    }

    @Test func `a deadline that has passed does not suspend`() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: .init(offset: .seconds(5)))
        #expect(clock.sleeperCount == 0)
    }

    @Test func `a cancelled sleeper leaves the clock`() async throws {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await clock.sleep(for: .seconds(1)) }
            _ = try? await clock.waitForSleepers()
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(clock.sleeperCount == 0)
    }

    @Test func `a task that is cancelled before it sleeps does not sleep`() async {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask { try await clock.sleep(for: .seconds(1)) }
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        #expect(clock.sleeperCount == 0)
    }

    @Test func `waiting for sleepers can be cancelled`() async {
        let clock = ManualClock()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await clock.waitForSleepers(1) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }
}
