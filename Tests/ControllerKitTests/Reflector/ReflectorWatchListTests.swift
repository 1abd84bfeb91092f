import ControllerKit
import KubeClient
import Testing

@Suite("ReflectorStateMachine: streaming lists") struct ReflectorWatchListTests {
    private func machine(isOptional: Bool = false) -> ScriptedMachine {
        ScriptedMachine(streamingList: true, isOptional: isOptional)
    }

    @Test("TestWatchList: objects are staged up to the marked bookmark, then the same stream is the watch")
    func watchList() {
        var machine = machine()
        #expect(machine.on(.start) == "stream most recent")
        #expect(machine.see(.object(.added, "7")) == .stage)
        #expect(machine.see(.object(.added, "3")) == .stage)
        #expect(machine.machine.last == nil)
        #expect(machine.see(.bookmark("12", endsInitialEvents: true)) == .replace("12"))
        #expect(machine.machine.last == nil, "the version is not published before the store has the objects")
        #expect(machine.see(.replaced) == .ignore)
        #expect(machine.machine.last == "12")
        #expect(machine.see(.object(.modified, "13")) == .apply("13"))
        #expect(machine.ended(nil, after: 300) == "watch after 13", "no second initial list")
    }

    @Test("TestWatchListResourceVersion: a relist streams from nothing older than what was shown")
    func relist() {
        var machine = machine()
        _ = machine.on(.start)
        machine.see(.bookmark("12", endsInitialEvents: true))
        machine.see(.replaced)
        _ = machine.ended(.expired, after: 60)
        #expect(machine.on(.resumed) == "stream >=12")
    }

    @Test("an empty resource is complete with the first element")
    func empty() {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.see(.bookmark("5", endsInitialEvents: true)) == .replace("5"))
    }

    @Test("a bookmark without the mark is not the end")
    func unmarkedBookmark() {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.see(.bookmark("5", endsInitialEvents: false)) == .ignore)
        #expect(machine.machine.last == nil)
        #expect(machine.see(.object(.added, "4")) == .stage)
    }

    @Test("what changes before the mark changes what is staged")
    func changesWhileStreaming() {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.see(.object(.modified, "5")) == .stage)
        #expect(machine.see(.object(.deleted, "6")) == .stage)
    }

    @Test("a stream that ends before the mark is dropped for a plain list, this time")
    func endsEarly() {
        var machine = machine()
        _ = machine.on(.start)
        machine.see(.object(.added, "4"))
        #expect(machine.ended(nil) == "list any limit 500")
        _ = machine.page("6")
        #expect(machine.on(.replaced) == "watch after 6")
        _ = machine.ended(.expired)
        #expect(machine.on(.resumed) == "stream >=6")
    }

    @Test("a connection lost in the middle, silence, or nonsense are dropped for a plain list, too")
    func breaks() {
        for (elements, error) in [
            (1, KubeError.refused), (0, KubeError(.timeout, "silence")), (0, KubeError(.decoding, "HTML")),
            (0, .serverFailed), (0, .status(503)),
        ] {
            var machine = machine()
            _ = machine.on(.start)
            for _ in 0..<elements { machine.see(.object(.added, "4")) }
            #expect(machine.ended(error) == "list any limit 500")
        }
    }

    @Test("a server that does not know streaming lists is not asked again", arguments: [400, 405, 415, 422])
    func refusedForGood(code: Int) {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.ended(.status(code, "Invalid")) == "list any limit 500")
        _ = machine.page("6")
        _ = machine.on(.replaced)
        _ = machine.ended(.expired)
        #expect(machine.on(.resumed) == "list >=6")
    }

    @Test("answers that a plain list would get as well wait and stream again", arguments: [401, 403, 404, 429])
    func sameForLists(code: Int) {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.ended(.status(code, retryAfter: 3)) == "failure 1: wait 3.0 seconds, list")
        #expect(machine.on(.resumed) == "stream most recent")
    }

    @Test(
        "expired and too large versions are given up for the most recent state, once",
        arguments: [KubeError.expired, .tooLarge])
    func distrust(error: KubeError) {
        var machine = machine()
        _ = machine.on(.start)
        machine.see(.bookmark("12", endsInitialEvents: true))
        machine.see(.replaced)
        _ = machine.ended(.expired, after: 60)
        #expect(machine.on(.resumed) == "stream >=12")
        #expect(machine.ended(error) == "stream most recent")
        let again = machine.ended(error)
        #expect(again == (error.isExpired ? "failure 1: wait 0.8 seconds, list" : "list most recent limit 500"))
    }

    @Test("a server that cannot be reached is tried with back-off; the third time a plain list has its turn")
    func refused() {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.ended(.refused) == "failure 1: wait 0.8 seconds, list")
        #expect(machine.on(.resumed) == "stream most recent")
        #expect(machine.ended(.refused) == "failure 2: wait 1.6 seconds, list")
        #expect(machine.on(.resumed) == "stream most recent")
        #expect(machine.ended(.refused) == "list any limit 500")
        #expect(machine.on(.listFailed(.refused)) == "failure 3: wait 3.2 seconds, list")
        #expect(machine.on(.resumed) == "stream most recent")
    }

    @Test("TestInitialEventsEndBookmarkTicker: half a minute without an element ends the wait for the stream")
    func ticks() {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.see(.tick) == .ignore)
        #expect(machine.see(.tick) == .ignore)
        machine.see(.object(.added, "4"))
        #expect(machine.see(.tick) == .ignore, "there was progress")
        #expect(machine.see(.tick) == .ignore)
        #expect(machine.see(.tick) == .ignore)
        #expect(machine.see(.tick) == .abandon)
        #expect(machine.see(.object(.added, "5")) == .ignore, "nothing is staged for a stream that is given up")
        #expect(machine.see(.bookmark("6", endsInitialEvents: true)) == .ignore)
        #expect(machine.ended(KubeError(.cancelled, "cancelled")) == "list any limit 500")
    }

    @Test("after the mark, ticks mean nothing")
    func ticksAfterMark() {
        var machine = machine()
        _ = machine.on(.start)
        machine.see(.bookmark("6", endsInitialEvents: true))
        machine.see(.replaced)
        for _ in 0..<10 { #expect(machine.see(.tick) == .ignore) }
        #expect(!machine.machine.isStreaming)
    }

    @Test("an optional kind that may not be watched is off, and on again with the mark", arguments: [403, 404])
    func optional(code: Int) {
        var machine = machine(isOptional: true)
        _ = machine.on(.start)
        #expect(machine.ended(.status(code)) == "unavailable: wait 60.0 seconds, list")
        #expect(machine.on(.resumed) == "stream most recent")
        machine.see(.bookmark("6", endsInitialEvents: true))
        #expect(machine.machine.isUnavailable)
        machine.see(.replaced)
        #expect(!machine.machine.isUnavailable)
    }

    @Test("a stream without a version in its mark goes on without one")
    func noVersion() {
        var machine = machine()
        _ = machine.on(.start)
        #expect(machine.see(.bookmark("", endsInitialEvents: true)) == .replace(nil))
        machine.see(.replaced)
        #expect(machine.machine.last == nil)
        #expect(machine.ended(nil, after: 400).hasSuffix("list"))
    }
}
