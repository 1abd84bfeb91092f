import ControllerKit
import ControllerTestKit
import KubeClient
import Testing

@Suite("ReflectorStateMachine: watches") struct ReflectorWatchTests {
    @Test("TestReflectorWatchHandler: every element moves the version, whatever it says about the object")
    func elementsMoveVersion() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        #expect(machine.see(.object(.added, "11")) == .apply("11"))
        #expect(machine.see(.object(.modified, "13")) == .apply("13"))
        #expect(machine.see(.object(.deleted, "14")) == .apply("14"))
        #expect(machine.machine.last == "14")
        #expect(machine.see(.bookmark("20", endsInitialEvents: false)) == .advance("20"))
        #expect(machine.machine.last == "20")
        #expect(
            machine.see(.object(.modified, "")) == .apply(nil), "an object without a version is applied all the same")
        #expect(machine.machine.last == "20")
    }

    @Test("TestReflectorResourceVersionUpdate: what a watch without a version shows first does not move the version")
    func syntheticEventsDoNotMoveVersion() {
        var machine = ScriptedMachine()
        #expect(machine.listed(at: "") == "watch")
        #expect(machine.see(.object(.added, "30")) == .apply(nil))
        #expect(machine.see(.object(.added, "7")) == .apply(nil))
        #expect(machine.machine.last == nil)
        #expect(machine.see(.object(.modified, "31")) == .apply("31"))
        #expect(machine.see(.object(.added, "32")) == .apply("32"))
        #expect(machine.ended(nil, after: 300) == "watch after 32")
    }

    @Test("a bookmark ends what a watch without a version shows first")
    func bookmarkEndsSyntheticEvents() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "")
        machine.see(.object(.added, "30"))
        #expect(machine.see(.bookmark("31", endsInitialEvents: false)) == .advance("31"))
        #expect(machine.machine.last == "31")
    }

    @Test("a watch that ended without any version is followed by a list, or deletions would go unseen")
    func noVersionMeansRelist() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "")
        machine.see(.object(.added, "30"))
        #expect(machine.ended(nil, after: 400) == "spread: wait 0.8 seconds, list")
        #expect(machine.on(.resumed) == "list any limit 500")
    }

    @Test("a thousand watches that end in time cost a thousand watches: no list, no wait")
    func cleanEnds() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        for _ in 0..<1000 { #expect(machine.ended(nil, after: 300) == "watch after 10") }
    }

    @Test("a watch that ends early, as all do when a server goes away, comes back after a random part of a second")
    func earlyEnd() {
        var calm = ScriptedMachine()
        _ = calm.listed(at: "10")
        #expect(calm.ended(nil, after: 100) == "spread: wait 0.0 seconds, watch")
        #expect(calm.on(.resumed) == "watch after 10")

        var late = ScriptedMachine(bits: .max)
        _ = late.listed(at: "10")
        guard case .pause(let pause) = late.machine.received(.watchEnded(nil, after: .seconds(100)), using: &late.rng)
        else {
            Issue.record("no pause")
            return
        }
        #expect(pause.duration > .milliseconds(900) && pause.duration <= .seconds(1))
        #expect(pause.next == .watch)
    }

    @Test("a watch of less than a second without an element is a failure; the third in a row asks for a list")
    func shortWatches() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        #expect(machine.ended(nil, after: 0.9) == "short watch 1: wait 0.8 seconds, watch")
        #expect(machine.on(.resumed) == "watch after 10")
        #expect(machine.ended(nil, after: 0.9) == "short watch 2: wait 1.6 seconds, watch")
        _ = machine.on(.resumed)
        #expect(machine.ended(nil, after: 0.9) == "short watch 3: wait 3.2 seconds, list")
        #expect(machine.on(.resumed) == "list >=10")
        _ = machine.page("11")
        #expect(machine.on(.replaced) == "watch after 11")
        #expect(
            machine.ended(nil, after: 0.9) == "short watch 4: wait 6.4 seconds, list",
            "a list that works does not make the watches healthy")
    }

    @Test("a short watch with an element, and a longer one without, are no failures")
    func notShort() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        machine.see(.object(.modified, "11"))
        #expect(machine.ended(nil, after: 0.1) == "spread: wait 0.0 seconds, watch")
        _ = machine.on(.resumed)
        #expect(machine.ended(nil, after: 1) == "spread: wait 0.0 seconds, watch")
    }

    @Test("TestNoRelistOnTooManyRequests: 429 backs off and goes on from the same version, as long as it takes")
    func tooManyRequests() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        for attempt in 1...40 {
            let line = machine.ended(.status(429, "TooManyRequests"))
            #expect(line.hasPrefix("failure \(attempt):") && line.hasSuffix("watch"))
            #expect(machine.on(.resumed) == "watch after 10")
        }
    }

    @Test("TestBackoffOnTooManyRequests: a watch refused with 429 waits as long as the server asks")
    func retryAfter() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        #expect(machine.ended(.status(429, retryAfter: 5)) == "failure 1: wait 5.0 seconds, watch")
        _ = machine.on(.resumed)
        #expect(machine.ended(.status(429, retryAfter: 1)) == "failure 2: wait 1.6 seconds, watch")
    }

    @Test(
        "a server that cannot be reached is not listed again when it comes back",
        arguments: [KubeError.refused, KubeError(.timeout, "no answer"), KubeError(.cancelled, "transport closed")])
    func refused(error: KubeError) {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        #expect(machine.ended(error) == "failure 1: wait 0.8 seconds, watch")
        #expect(machine.on(.resumed) == "watch after 10")
        #expect(machine.ended(error) == "failure 2: wait 1.6 seconds, watch")
    }

    @Test("a connection lost in a healthy watch is an early end, not a failure")
    func connectionLost() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        machine.see(.object(.modified, "12"))
        #expect(machine.ended(.refused, after: 60) == "spread: wait 0.0 seconds, watch")
        #expect(machine.on(.resumed) == "watch after 12")
        #expect(machine.ended(.refused) == "failure 1: wait 0.8 seconds, watch")
    }

    @Test(
        "a watch that was never there is a failure, however long that took to find out",
        arguments: [.unreached, .status(429), .status(503), KubeError(.credentials, "no login")])
    func neverThere(error: KubeError) {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        #expect(machine.ended(error, after: 10).hasPrefix("failure 1: wait 0.8 seconds, "))
        if machine.on(.resumed) == "list >=10" {
            _ = machine.page("10")
            _ = machine.on(.replaced)
        }
        #expect(machine.ended(error, after: 10).hasPrefix("failure 2: wait 1.6 seconds, "))
    }

    @Test("a connection lost in silence, after minutes without an element, is an early end")
    func lostInSilence() {
        let error = KubeError(.transport, "lost", underlying: TransportFailure(.connectionLost, "silence"))
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        for _ in 0..<3 {
            #expect(machine.ended(error, after: 150) == "spread: wait 0.0 seconds, watch")
            #expect(machine.on(.resumed) == "watch after 10")
        }
    }

    @Test("a kind whose watch is forbidden stays off while the server cannot be reached")
    func unreachedStaysOff() {
        var machine = ScriptedMachine(isOptional: true)
        _ = machine.listed(at: "10")
        _ = machine.ended(.forbidden)
        _ = machine.on(.resumed)
        _ = machine.page("11")
        _ = machine.on(.replaced)
        #expect(machine.ended(.unreached, after: 10) == "failure 1: wait 0.8 seconds, watch")
        #expect(machine.machine.isUnavailable)
    }

    @Test("429 to a watch without a version is followed by a list, or deletions would go unseen")
    func tooManyRequestsWithoutVersion() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "")
        #expect(machine.ended(.status(429, retryAfter: 1)) == "failure 1: wait 1.0 seconds, list")
        #expect(machine.on(.resumed) == "list any limit 500")
    }

    @Test("a version that expired during an outage is listed anew as soon as the server is there again")
    func expiredInOutage() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        for _ in 0..<8 {
            _ = machine.ended(.unreached, after: 10)
            _ = machine.on(.resumed)
        }
        #expect(machine.ended(.expired) == "expired: wait 0.8 seconds, list")
        _ = machine.on(.resumed)
        _ = machine.page("10")
        _ = machine.on(.replaced)
        #expect(machine.ended(.expired) == "expired: wait 1.6 seconds, list")
    }

    @Test(
        "410 in each of its forms leads to a list that is not older than what was shown",
        arguments: [
            KubeError.expired,
            .status(410, "Gone", "the event in requested index is outdated"),
            .status(410, "", "410 Gone from a proxy"),
            .status(200, "Expired", "in the stream"),
        ])
    func expired(error: KubeError) {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        machine.see(.object(.modified, "12"))
        #expect(machine.ended(error, after: 60) == "expired: wait 0.8 seconds, list")
        #expect(machine.on(.resumed) == "list >=12")
    }

    @Test("a watch that is expired twice with only a list in between asks for the most recent state")
    func expiredTwice() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        _ = machine.ended(.expired)
        #expect(machine.on(.resumed) == "list >=10")
        _ = machine.page("10")
        _ = machine.on(.replaced)
        #expect(machine.ended(.expired) == "expired: wait 1.6 seconds, list", "no fast loop of lists and watches")
        #expect(machine.on(.resumed) == "list most recent limit 500")
    }

    @Test("an element in between makes the second expiry a first one")
    func expiredOnceAgain() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        _ = machine.ended(.expired)
        _ = machine.on(.resumed)
        _ = machine.page("11")
        _ = machine.on(.replaced)
        machine.see(.bookmark("12", endsInitialEvents: false))
        _ = machine.ended(.expired)
        #expect(machine.on(.resumed) == "list >=12")
    }

    @Test(
        "other errors back off and list again",
        arguments: [
            KubeError.serverFailed, .status(403), .status(404), .status(401), .status(503), .tooLarge,
            KubeError(.decoding, "unknown event type"), KubeError(.credentials, "no token"),
        ])
    func otherErrors(error: KubeError) {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        #expect(machine.ended(error).hasSuffix(", list"))
        #expect(machine.on(.resumed) == "list >=10")
    }

    @Test("the wait grows while only lists work, and shrinks after a watch that lived five seconds")
    func onlyHealthResets() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        for wait in ["0.8", "1.6", "3.2", "6.4", "12.8", "25.6", "30.0", "30.0"] {
            #expect(machine.ended(.serverFailed, after: 4.9).hasSuffix("wait \(wait) seconds, list"))
            _ = machine.on(.resumed)
            _ = machine.page("10")
            _ = machine.on(.replaced)
            machine.see(.bookmark("10", endsInitialEvents: false))
        }
        #expect(machine.ended(.serverFailed, after: 5) == "failure 1: wait 0.8 seconds, list")
    }

    @Test("the server ends watches after five to ten minutes, spread evenly")
    func timeouts() {
        var rng = SeededRandom(seed: 3)
        var seen: Set<Int64> = []
        for _ in 0..<2000 {
            var machine = ReflectorStateMachine(.init())
            _ = machine.received(.start, using: &rng)
            _ = machine.received(.page(ListMetadata(resourceVersion: "1")), using: &rng)
            guard case .watch(let request) = machine.received(.replaced, using: &rng) else {
                Issue.record("no watch")
                return
            }
            #expect(request.timeout >= .seconds(300) && request.timeout <= .seconds(600))
            seen.insert(request.timeout.components.seconds)
        }
        #expect(seen.count > 250)
        #expect(seen.contains { $0 < 310 } && seen.contains { $0 > 590 })
    }
}
