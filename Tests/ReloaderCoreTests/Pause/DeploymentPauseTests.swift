import KubeClient
import Testing

@testable import ReloaderCore

@Suite struct DeploymentPauseTests {
    private static let keys = AnnotationKeys()
    private static let now = Timestamp(seconds: 1_786_340_000)

    private static func deployment(
        period: String? = nil, pausedAt: String? = nil, isPaused: Bool = false, kind: WorkloadKind = .deployment,
        keys: AnnotationKeys = keys
    ) -> Workload {
        var annotations: [String: String] = [:]
        annotations[keys.pausePeriod] = period
        annotations[keys.pausedAt] = pausedAt
        return Workload(
            WorkloadKey(kind, ObjectKey(namespace: "shop", name: "web")), isPaused: isPaused, annotations: annotations)
    }

    private static func text(_ patch: Patch) -> String? {
        guard case .strategicMerge(let body) = patch else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    @Test(
        "what happens to the pause follows from the object and the time",
        arguments: [
            // Nobody has paused it.
            ("5m", nil, false, .nothing), (nil, nil, false, .nothing), ("5m", "", false, .nothing),
            // A person has: the annotation is missing or empty.
            ("5m", nil, true, .nothing), ("5m", "", true, .nothing), (nil, nil, true, .nothing),
            // Reloader has.
            ("5m", "2026-08-10T05:33:20Z", true, .wait(.seconds(300))),
            ("5m", "2026-08-10T05:30:20Z", true, .wait(.seconds(120))),
            ("5m", "2026-08-10T07:30:20+02:00", true, .wait(.seconds(120))),
            ("5m", "2026-08-10T05:28:20Z", true, .resume(.expired)),
            ("5m", "2026-08-09T05:28:20Z", true, .resume(.expired)),
            ("5m", "yesterday", true, .resume(.timeUnreadable)),
            // A clock that is a little ahead counts, one that is far ahead does not.
            ("5m", "2026-08-10T05:34:20Z", true, .wait(.seconds(360))),
            ("5m", "2026-08-10T05:38:21Z", true, .resume(.timeUnreadable)),
            // Nothing asks for a pause any more.
            (nil, "2026-08-10T05:33:20Z", true, .resume(.periodRemoved)),
            ("soon", "2026-08-10T05:33:20Z", true, .resume(.periodInvalid)),
            ("0", "2026-08-10T05:33:20Z", true, .resume(.expired)),
            ("-5s", "2026-08-10T05:33:20Z", true, .resume(.expired)),
            // Resumed by somebody else.
            ("5m", "2026-08-10T05:33:20Z", false, .forget), (nil, "x", false, .forget),
        ] as [(String?, String?, Bool, DeploymentPause.Step)])
    func steps(period: String?, pausedAt: String?, isPaused: Bool, step: DeploymentPause.Step) {
        let pause = DeploymentPause(
            Self.deployment(period: period, pausedAt: pausedAt, isPaused: isPaused), Self.keys)
        #expect(pause.step(at: Self.now) == step)
        #expect(pause.concerns == (step != .nothing))
    }

    @Test(
        "a reload is preceded by a pause where there is a period and no pause",
        arguments: [
            ("5m", nil, false, .pause(text: "5m", .seconds(300))),
            ("1.5h", nil, false, .pause(text: "1.5h", .seconds(5400))),
            ("5m", "left over", false, .pause(text: "5m", .seconds(300))),
            (nil, nil, false, .nothing), ("5", nil, false, .nothing), ("", nil, false, .nothing),
            ("0", nil, false, .nothing), ("-5s", nil, false, .nothing),
            ("5m", "2026-08-10T05:33:20Z", true, .isPaused), ("5m", nil, true, .isPaused), (nil, nil, true, .nothing),
        ] as [(String?, String?, Bool, DeploymentPause.BeforeReload)])
    func before(period: String?, pausedAt: String?, isPaused: Bool, action: DeploymentPause.BeforeReload) {
        let deployment = Self.deployment(period: period, pausedAt: pausedAt, isPaused: isPaused)
        #expect(DeploymentPause(deployment, Self.keys).beforeReload == action)
    }

    @Test(
        "other kinds are never paused, nor resumed",
        arguments: [WorkloadKind.statefulSet, .daemonSet, .cronJob, .job, .rollout])
    func otherKinds(kind: WorkloadKind) {
        let pause = DeploymentPause(
            Self.deployment(period: "5m", pausedAt: "2026-08-10T05:33:20Z", isPaused: true, kind: kind), Self.keys)
        #expect(pause.beforeReload == .nothing)
        #expect(pause.step(at: Self.now) == .nothing)
    }

    @Test func `keys from flags replace the default ones`() {
        var keys = AnnotationKeys()
        (keys.pausePeriod, keys.pausedAt) = ("example.com/pause", "example.com/since")
        let ours = Self.deployment(period: "5m", pausedAt: "2026-08-10T05:33:20Z", isPaused: true, keys: keys)
        #expect(DeploymentPause(ours, keys).step(at: Self.now) == .wait(.seconds(300)))
        #expect(DeploymentPause(ours, Self.keys).step(at: Self.now) == .nothing)
        #expect(
            Self.text(PausePatch.pause(at: Self.now, keys))
                == #"{"metadata":{"annotations":{"example.com/since":"2026-08-10T05:33:20Z"}},"spec":{"paused":true}}"#)
    }

    @Test func `the patches are those of v1.4.21`() {
        let key = #""deployment.reloader.stakater.com/paused-at""#
        #expect(
            Self.text(PausePatch.pause(at: Self.now, Self.keys))
                == #"{"metadata":{"annotations":{\#(key):"2026-08-10T05:33:20Z"}},"spec":{"paused":true}}"#)
        #expect(
            Self.text(PausePatch.resume(Self.keys))
                == #"{"metadata":{"annotations":{\#(key):null}},"spec":{"paused":false}}"#)
        #expect(Self.text(PausePatch.forget(Self.keys)) == #"{"metadata":{"annotations":{\#(key):null}}}"#)
        let later = Timestamp(seconds: Self.now.seconds, nanoseconds: 1)
        #expect(Self.text(PausePatch.pause(at: later, Self.keys))?.contains("05:33:21Z") == true)
    }
}
