import ControllerKit
import ControllerTestKit
import KubeClient
import Testing

@Suite("ReflectorStateMachine: lists") struct ReflectorListTests {
    @Test("the first list takes any version in pages; the store is replaced before the watch begins at its version")
    func firstList() {
        var machine = ScriptedMachine()
        #expect(machine.on(.start) == "list any limit 500")
        #expect(machine.page("10") == "replace 10")
        #expect(machine.machine.last == nil, "the version is not published before the store has the objects")
        #expect(machine.on(.replaced) == "watch after 10")
        #expect(machine.machine.last == "10")
    }

    @Test("TestReflectorExpiredExactResourceVersion: 0, then 10, then the most recent, once")
    func expiredExactVersion() {
        var machine = ScriptedMachine()
        #expect(machine.on(.start) == "list any limit 500")
        _ = machine.page("10")
        #expect(machine.on(.replaced) == "watch after 10")
        #expect(machine.ended(.expired) == "expired: wait 0.8 seconds, list")
        #expect(machine.on(.resumed) == "list >=10")
        #expect(machine.on(.listFailed(.expired)) == "list most recent limit 500")
        #expect(machine.page("11") == "replace 11")
        #expect(machine.on(.replaced) == "watch after 11")
        #expect(machine.ended(.serverFailed) == "failure 2: wait 1.6 seconds, list")
        #expect(machine.on(.resumed) == "list >=11", "trust is back once a list succeeded")
    }

    @Test(
        "TestReflectorFullListIfExpired: a token expired at page 2 asks for everything at the version first asked for")
    func fullListIfExpired() {
        var machine = ScriptedMachine(pageSize: 4)
        #expect(machine.on(.start) == "list any limit 4")
        #expect(machine.page("10", continue: "C1") == "list page C1 limit 4")
        #expect(machine.on(.listFailed(.expired)) == "list any", "nothing staged survives: the request has no token")
        _ = machine.page("11")
        #expect(machine.on(.replaced) == "watch after 11")
    }

    @Test("the full list after an expired token keeps a numeric version too")
    func fullListAtNumericVersion() {
        var machine = ScriptedMachine(pageSize: 4)
        _ = machine.on(.start)
        _ = machine.page("10", continue: "C1")
        _ = machine.page("10")
        _ = machine.on(.replaced)
        _ = machine.ended(.expired)
        #expect(machine.on(.resumed) == "list >=10 limit 4")
        #expect(machine.page("12", continue: "C2") == "list page C2 limit 4")
        #expect(machine.on(.listFailed(.expired)) == "list >=10")
        #expect(machine.on(.listFailed(.expired)) == "list most recent limit 4")
        #expect(machine.page("13", continue: "C3") == "list page C3 limit 4")
        #expect(machine.on(.listFailed(.expired)) == "list most recent")
        #expect(machine.on(.listFailed(.expired)) == "failure 1: wait 0.8 seconds, list", "no loop without a pause")
    }

    @Test(
        "TestReflectorFullListIfTooLarge: a server behind our version is asked for its most recent state",
        arguments: [
            KubeError.tooLarge,
            .status(504, "Timeout", "Too large resource version: 20, current: 10", retryAfter: 1),
            .status(500, "Timeout", "Too large resource version: 20, current: 10"),
        ])
    func fullListIfTooLarge(error: KubeError) {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "20")
        _ = machine.ended(.expired)
        #expect(machine.on(.resumed) == "list >=20")
        #expect(machine.on(.listFailed(error)) == "list most recent limit 500")
        #expect(machine.on(.listFailed(error)).hasPrefix("failure 1"), "one time only")
        #expect(machine.on(.resumed) == "list most recent limit 500", "and the distrust stays until a list succeeds")
    }

    @Test("TestReflectorResyncWithResourceVersion: a relist asks for nothing older than what was shown")
    func resyncWithVersion() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        machine.see(.object(.modified, "15"))
        #expect(machine.ended(.serverFailed).hasSuffix("list"))
        #expect(machine.on(.resumed) == "list >=15")
        _ = machine.page("16")
        #expect(machine.on(.replaced) == "watch after 16")
    }

    @Test("TestReflectorNotPaginatingNotConsistentReads: no pages at a numeric version")
    func noPagesAtNumericVersion() {
        var machine = ScriptedMachine(pageSize: 500)
        _ = machine.listed(at: "10")
        _ = machine.ended(.serverFailed)
        #expect(machine.on(.resumed) == "list >=10")
    }

    @Test("TestReflectorPaginatingNonConsistentReadsIfWatchCacheDisabled: pages of the first list mean pages for ever")
    func pagesWithoutWatchCache() {
        var machine = ScriptedMachine()
        _ = machine.on(.start)
        #expect(machine.page("10", continue: "C1") == "list page C1 limit 500")
        #expect(machine.page("10") == "replace 10")
        _ = machine.on(.replaced)
        _ = machine.ended(.serverFailed)
        #expect(machine.on(.resumed) == "list >=10 limit 500")
    }

    @Test("pages of a later, consistent list say nothing about the watch cache")
    func pagesOfConsistentList() {
        var machine = ScriptedMachine()
        _ = machine.listed(at: "10")
        _ = machine.ended(.expired)
        _ = machine.on(.resumed)
        #expect(machine.on(.listFailed(.expired)) == "list most recent limit 500")
        _ = machine.page("12", continue: "C1")
        _ = machine.page("12")
        _ = machine.on(.replaced)
        _ = machine.ended(.serverFailed)
        #expect(machine.on(.resumed) == "list >=12")
    }

    @Test("an empty continue token is the end; without a page size nothing is paged")
    func emptyToken() {
        var machine = ScriptedMachine(pageSize: nil)
        #expect(machine.on(.start) == "list any")
        #expect(machine.page("10", continue: "") == "replace 10")
    }

    @Test("failures double the wait; a list that completes ends the streak")
    func backsOff() {
        var machine = ScriptedMachine()
        _ = machine.on(.start)
        #expect(machine.on(.listFailed(.refused)) == "failure 1: wait 0.8 seconds, list")
        #expect(machine.on(.resumed) == "list any limit 500")
        #expect(machine.on(.listFailed(.serverFailed)) == "failure 2: wait 1.6 seconds, list")
        _ = machine.on(.resumed)
        #expect(machine.on(.listFailed(KubeError(.decoding, "HTML"))) == "failure 3: wait 3.2 seconds, list")
        _ = machine.on(.resumed)
        _ = machine.page("10")
        _ = machine.on(.replaced)
        _ = machine.ended(.expired, after: 10)
        _ = machine.on(.resumed)
        #expect(machine.on(.listFailed(.refused)) == "failure 1: wait 0.8 seconds, list")
    }

    @Test("a page that fails for another reason begins again with the first page")
    func pageFails() {
        var machine = ScriptedMachine()
        _ = machine.on(.start)
        _ = machine.page("10", continue: "C1")
        #expect(machine.on(.listFailed(.refused)) == "failure 1: wait 0.8 seconds, list")
        #expect(machine.on(.resumed) == "list any limit 500")
    }

    @Test("TestBackoffOnTooManyRequests: a list refused with 429 waits as long as the server asks")
    func tooManyRequests() {
        var machine = ScriptedMachine()
        _ = machine.on(.start)
        #expect(
            machine.on(.listFailed(.status(429, "TooManyRequests", retryAfter: 12)))
                == "failure 1: wait 12.0 seconds, list")
        #expect(
            machine.on(.resumed) == "list any limit 500")
        #expect(
            machine.on(.listFailed(.status(429, "TooManyRequests"))) == "failure 2: wait 1.6 seconds, list")
    }

    @Test("a kind that the server need not have is looked for every ten minutes, one that is refused every minute")
    func missing() {
        var machine = ScriptedMachine(isOptional: true, mayBeMissing: true)
        _ = machine.on(.start)
        #expect(machine.on(.listFailed(.status(404))) == "unavailable: wait 600.0 seconds, list")
        _ = machine.on(.resumed)
        #expect(machine.on(.listFailed(.status(404))) == "still unavailable: wait 600.0 seconds, list")
        _ = machine.on(.resumed)
        #expect(machine.on(.listFailed(.status(403))) == "still unavailable: wait 60.0 seconds, list")
    }

    @Test(
        "an optional kind that is forbidden or missing is off, news once, tried again every minute",
        arguments: [403, 404])
    func optionalKind(code: Int) {
        var machine = ScriptedMachine(isOptional: true)
        _ = machine.on(.start)
        #expect(machine.on(.listFailed(.status(code))) == "unavailable: wait 60.0 seconds, list")
        #expect(machine.machine.isUnavailable)
        #expect(machine.on(.resumed) == "list any limit 500")
        #expect(machine.on(.listFailed(.status(code))) == "still unavailable: wait 60.0 seconds, list")
        _ = machine.on(.resumed)
        #expect(
            machine.on(.listFailed(.refused)) == "failure 1: wait 0.8 seconds, list", "other failures stay failures")
        #expect(machine.machine.isUnavailable)
        _ = machine.on(.resumed)
        _ = machine.page("10")
        #expect(machine.machine.isUnavailable)
        #expect(machine.on(.replaced) == "watch after 10")
        #expect(!machine.machine.isUnavailable)
    }

    @Test("an optional kind that may be listed but not watched stays off until a watch shows life")
    func optionalWatch() {
        var machine = ScriptedMachine(isOptional: true)
        _ = machine.listed(at: "10")
        #expect(machine.ended(.forbidden) == "unavailable: wait 60.0 seconds, list")
        _ = machine.on(.resumed)
        _ = machine.page("11")
        #expect(machine.on(.replaced) == "watch after 11")
        #expect(machine.machine.isUnavailable)
        #expect(machine.ended(.forbidden) == "still unavailable: wait 60.0 seconds, list")
        _ = machine.on(.resumed)
        _ = machine.page("12")
        _ = machine.on(.replaced)
        machine.see(.bookmark("13", endsInitialEvents: false))
        #expect(!machine.machine.isUnavailable)
    }

    @Test("a kind that is needed keeps being tried with back-off", arguments: [401, 403, 404])
    func neededKind(code: Int) {
        var machine = ScriptedMachine()
        _ = machine.on(.start)
        #expect(machine.on(.listFailed(.status(code))) == "failure 1: wait 0.8 seconds, list")
        #expect(!machine.machine.isUnavailable)
    }

    @Test("a list without a version is followed by a watch without one", arguments: ["", "0"])
    func noVersion(version: String) {
        var machine = ScriptedMachine()
        _ = machine.on(.start)
        #expect(machine.page(version) == "replace -")
        #expect(machine.on(.replaced) == "watch")
        #expect(machine.machine.last == nil)
    }

    @Test("any sequence of events leads to a request or a wait, and never moves the version back to nothing")
    func isTotal() {
        var rng = SeededRandom(seed: 42)
        let errors: [KubeError] = [
            .expired, .tooLarge, .refused, .serverFailed, .forbidden, .status(404), .status(429, retryAfter: 2),
            .status(422), KubeError(.timeout, "late"), KubeError(.cancelled, "cancelled"), KubeError(.decoding, "HTML"),
        ]
        for _ in 0..<300 {
            var machine = ReflectorStateMachine(
                .init(
                    pageSize: Bool.random(using: &rng) ? 2 : nil, streamingList: .random(using: &rng),
                    isOptional: .random(using: &rng)))
            for step in 1..<100 {
                let version = ResourceVersion(rawValue: "\(step)")
                let error = errors.randomElement(using: &rng) ?? .refused
                let hadVersion = machine.last != nil
                switch Int.random(in: 0..<11, using: &rng) {
                case 0: _ = machine.received(.start, using: &rng)
                case 1:
                    let metadata = ListMetadata(
                        resourceVersion: version, continueToken: Bool.random(using: &rng) ? "C" : nil)
                    _ = machine.received(.page(metadata), using: &rng)
                case 2: _ = machine.received(.listFailed(error), using: &rng)
                case 3: _ = machine.received(.replaced, using: &rng)
                case 4: _ = machine.received(.watchEnded(error, after: .seconds(step % 9)), using: &rng)
                case 5: _ = machine.received(.watchEnded(nil, after: .seconds(step % 9)), using: &rng)
                case 6: _ = machine.received(.resumed, using: &rng)
                case 7: _ = machine.received(.object(.added, version))
                case 8: _ = machine.received(.bookmark(version, endsInitialEvents: .random(using: &rng)))
                case 9: _ = machine.received(.tick)
                default: _ = machine.received(ReflectorStateMachine.Element.replaced)
                }
                #expect(!hadVersion || machine.last != nil)
            }
        }
    }
}
