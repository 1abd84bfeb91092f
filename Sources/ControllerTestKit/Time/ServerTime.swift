#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The wall-clock time that the server writes into objects: the time of its start plus what passed on its clock.
///
/// On a ``ManualClock`` the objects' times move with the clock, so that ages are what the test says.
struct ServerTime: Sendable {
    private let start: Int64
    private let elapsed: @Sendable () -> Duration

    init(clock: any Clock<Duration>) {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        start = Int64(time.tv_sec)
        elapsed = Self.stopwatch(clock)
    }

    var now: APITime { APITime(seconds: start + elapsed().components.seconds) }

    private static func stopwatch(_ clock: some Clock<Duration>) -> @Sendable () -> Duration {
        let start = clock.now
        return { start.duration(to: clock.now) }
    }
}
