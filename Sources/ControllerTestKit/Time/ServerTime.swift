import KubeClient

/// The wall-clock time that the server writes into objects: the time of its start plus what passed on its clock.
///
/// On a ``ManualClock`` the objects' times move with the clock, so that ages are what the test says.
struct ServerTime: Sendable {
    private let start = Timestamp.now().seconds
    private let timeline: Timeline

    init(clock: any Clock<Duration>) { timeline = Timeline(clock) }

    var now: APITime { APITime(seconds: start + timeline.now.components.seconds) }
}
