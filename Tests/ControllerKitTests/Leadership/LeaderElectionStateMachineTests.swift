import ControllerTestKit
import KubeClient
import Testing

@testable import ControllerKit

@Suite("Leader election state machine")
struct LeaderElectionStateMachineTests {
    typealias Machine = LeaderElectionStateMachine
    typealias Answer = Result<LeaseObject, KubeError>

    static let wall = Timestamp(seconds: 1_786_340_000, nanoseconds: 123_456_789)
    static let now = "2026-08-10T05:33:20.123456Z"

    /// What the candidate knew before the attempt.
    enum Before: Sendable { case nothing, leads, led, saw(LeaseObject, ago: Duration) }

    /// One situation of an attempt at 100 s: what is known, what the server answers, what is asked, how it ends.
    struct Situation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var before: Before
        var answers: [Answer]
        var verbs: [String]
        var verdict: Machine.Verdict
        var leadsUntil: Duration?

        init(
            _ description: String, _ before: Before, _ answers: [Answer], _ verbs: [String], _ verdict: Machine.Verdict,
            leadsUntil: Duration? = nil
        ) {
            (testDescription, self.before, self.answers) = (description, before, answers)
            (self.verbs, self.verdict, self.leadsUntil) = (verbs, verdict, leadsUntil)
        }
    }

    static let mine = LeaseObject.stub(holder: "me", version: 7)
    static let other = LeaseObject.stub(holder: "other", version: 8)
    static let free = LeaseObject.stub(holder: "", version: 9, seconds: 1, transitions: 4)

    static let situations: [Situation] = [
        .init(
            "no lease: create it", .nothing, [.failure(.notFound), .success(mine)], ["get", "create"], .leads,
            leadsUntil: .seconds(111)),
        .init(
            "no lease, but another one was faster", .nothing, [.failure(.notFound), .failure(.alreadyExists)],
            ["get", "create"], .failed("AlreadyExists")),
        .init("the lease cannot be read", .nothing, [.failure(.lost)], ["get"], .failed("the connection was lost")),
        .init(
            "a lease without spec: take it", .nothing,
            [.success(LeaseObject(document: ["metadata": ["name": "lock"]])), .success(mine)], ["get", "update"],
            .leads, leadsUntil: .seconds(111)),
        .init(
            "held by another one, seen for the first time: however old it says it is, wait", .nothing,
            [.success(.stub(holder: "other", renewed: "2001-01-01T00:00:00.000000Z"))], ["get"], .follows("other")),
        .init(
            "held by another one, unchanged for less than its duration", .saw(other, ago: .milliseconds(14_999)),
            [.success(other)], ["get"], .follows("other")),
        .init(
            "held by another one, unchanged for its duration: take it", .saw(other, ago: .seconds(15)),
            [.success(other), .success(mine)], ["get", "update"], .leads, leadsUntil: .seconds(111)),
        .init(
            "unchanged for its duration, but another one took it first", .saw(other, ago: .seconds(15)),
            [.success(other), .failure(.conflict)], ["get", "update"], .failed("Conflict")),
        .init(
            "held by another one and renewed since: wait anew", .saw(other, ago: .seconds(60)),
            [.success(.stub(holder: "other", renewed: "2026-11-22T10:06:54.000001Z"))], ["get"], .follows("other")),
        .init(
            "the record's own duration counts", .saw(.stub(holder: "other", seconds: 60), ago: .seconds(59)),
            [.success(.stub(holder: "other", seconds: 60))], ["get"], .follows("other")),
        .init(
            "a record without duration is respected for this candidate's",
            .saw(.stub(holder: "other", seconds: nil), ago: .seconds(14)),
            [.success(.stub(holder: "other", seconds: nil))],
            ["get"], .follows("other")),
        .init(
            "released: take it at once", .nothing, [.success(free), .success(mine)], ["get", "update"], .leads,
            leadsUntil: .seconds(111)),
        .init(
            "mine from an earlier run of this process: renew it", .nothing, [.success(mine), .success(mine)],
            ["get", "update"], .leads, leadsUntil: .seconds(111)),
        .init("leading: one update", .leads, [.success(mine)], ["update"], .leads, leadsUntil: .seconds(110)),
        .init(
            "leading, the lease was touched by somebody: read it and go on", .leads,
            [.failure(.conflict), .success(.stub(holder: "me", version: 70)), .success(mine)],
            ["update", "get", "update"], .leads, leadsUntil: .seconds(112)),
        .init(
            "leading, and the server is gone: nothing changes", .leads, [.failure(.lost), .failure(.lost)],
            ["update", "get"], .failed("the connection was lost"), leadsUntil: .seconds(108)),
        .init(
            "leading, but the lease has another holder: over at once", .leads, [.failure(.conflict), .success(other)],
            ["update", "get"], .follows("other")),
        .init(
            "leading, but somebody released the lease: over, and not taken in the same breath", .leads,
            [.failure(.conflict), .success(free)], ["update", "get"], .follows("")),
        .init(
            "leading, and the lease was deleted: create it", .leads,
            [.failure(.conflict), .failure(.notFound), .success(mine)], ["update", "get", "create"], .leads,
            leadsUntil: .seconds(112)),
        .init(
            "leadership ran out, the lease is still mine: take it back", .led, [.success(mine)], ["update"], .leads,
            leadsUntil: .seconds(110)),
        .init(
            "leadership ran out, and another one has it", .led, [.failure(.conflict), .success(other)],
            ["update", "get"], .follows("other")),
        .init(
            "an attempt that was cancelled asks nothing more", .leads, [.failure(KubeError(.cancelled, "cancelled"))],
            ["update"], .failed("cancelled"), leadsUntil: .seconds(108)),
    ]

    /// A candidate at 98 s that has just taken the lease.
    static func leader(at start: Duration = .seconds(98)) -> Machine {
        var machine = Machine(identity: "me")
        _ = machine.begin(at: start, wallClock: wall)
        _ = machine.received(.success(free), at: start, wallClock: wall)
        _ = machine.received(.success(mine), at: start, wallClock: wall)
        return machine
    }

    // Each answer comes a second after its request.
    @Test("every situation of an attempt", arguments: situations)
    func attempt(_ situation: Situation) {
        var machine = Machine(identity: "me")
        switch situation.before {
        case .nothing: break
        case .leads: machine = Self.leader()
        case .led:
            machine = Self.leader()
            machine.stopLeading()
        case .saw(let lease, let ago):
            _ = machine.begin(at: .seconds(101) - ago, wallClock: Self.wall)
            _ = machine.received(.success(lease), at: .seconds(101) - ago, wallClock: Self.wall)
        }
        var (now, verbs) = (Duration.seconds(100), [String]())
        var step = Machine.Step.send(machine.begin(at: now, wallClock: Self.wall))
        for answer in situation.answers {
            guard case .send(let request) = step else { break }
            verbs.append(request.verb)
            now += .seconds(1)
            step = machine.received(answer, at: now, wallClock: Self.wall)
        }
        #expect(verbs == situation.verbs)
        #expect(step == .end(situation.verdict))
        #expect(machine.leadsUntil == situation.leadsUntil)
    }

    @Test("a renewal keeps acquireTime and transitions; a takeover sets the one and counts the other")
    func records() {
        var machine = Machine(identity: "me")
        _ = machine.begin(at: .zero, wallClock: Self.wall)
        let takeover = machine.received(.success(Self.free), at: .zero, wallClock: Self.wall)
        #expect(
            takeover
                == .send(
                    .update(
                        Self.free,
                        LeaseRecord(
                            holderIdentity: "me", leaseDurationSeconds: 15, acquireTime: Self.now,
                            renewTime: Self.now, leaseTransitions: 5))))
        let renewal = Self.leader().renewalRecord
        #expect(renewal?.acquireTime == Self.mine.record.acquireTime)
        #expect(renewal?.leaseTransitions == Self.mine.record.leaseTransitions)
        #expect(renewal?.renewTime == Self.now)
    }

    @Test("the time on the way counts against the leader, not for it")
    func slowAnswer() {
        var machine = Self.leader(at: .zero)
        _ = machine.begin(at: .seconds(2), wallClock: Self.wall)
        _ = machine.received(.success(Self.mine), at: .seconds(7), wallClock: Self.wall)
        #expect(machine.leadsUntil == .seconds(12))
        #expect(machine.leads(at: .milliseconds(11_999)))
        #expect(!machine.leads(at: .seconds(12)))
    }

    @Test("only the own lease is released, with an empty holder and the shortest duration")
    func release() {
        let machine = Self.leader()
        #expect(machine.release(Self.other, wallClock: Self.wall) == nil)
        #expect(
            machine.release(Self.mine, wallClock: Self.wall)
                == .update(
                    Self.mine, LeaseRecord(leaseDurationSeconds: 1, acquireTime: Self.now, renewTime: Self.now)))
    }

    @Test("an answer out of turn is harmless")
    func stray() {
        var machine = Machine(identity: "me")
        let step = machine.received(.success(Self.mine), at: .zero, wallClock: Self.wall)
        #expect(step == .end(.failed("an answer that was not waited for")))
        #expect(machine.leadsUntil == nil)
    }

    // Each candidate has a clock of its own speed, requests take effect and are answered at any time within their
    // time-out or not at all, candidates are frozen for a while, and nobody's wall clock is right.
    @Test("candidates with clocks of different speed never lead at the same time", arguments: 0..<200)
    func skew(run: Int) {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var server = LeaseServer()
        var candidates = (0..<3).map { Candidate("c\($0)", rate: Double.random(in: 0.82...1.2, using: &random)) }
        var now = 0.0
        var terms = 0
        while now < 600 {
            now += Double.random(in: 0.01...0.5, using: &random)
            let index = Int.random(in: 0..<candidates.count, using: &random)
            let wasLeading = candidates[index].leads(at: now)
            candidates[index].act(at: now, &server, &random)
            let leaders = candidates.filter { $0.leads(at: now) }.map(\.machine.identity)
            #expect(leaders.count <= 1, "\(leaders) lead at \(now), seed \(seed)")
            if !wasLeading, candidates[index].leads(at: now) { terms += 1 }
        }
        #expect(terms > 1, "seed \(seed)")
    }
}

/// A candidate whose clock runs at `rate`, with at most one request on its way.
private struct Candidate {
    typealias Machine = LeaderElectionStateMachine
    var machine: Machine
    let rate: Double
    private var request: Machine.Request?
    private var answer: Result<LeaseObject, KubeError>?
    private var late: [(request: Machine.Request, at: Double)] = []
    private var takesEffectAt = 0.0
    private var answeredAt = 0.0
    private var nextAttempt = 0.0
    private var frozenUntil = 0.0

    init(_ identity: String, rate: Double) {
        machine = Machine(identity: identity)
        self.rate = rate
    }

    private func local(_ now: Double) -> Duration { .seconds(now * rate) }

    // The shell's timer ends the work at this moment, also of a candidate that is too busy to notice otherwise.
    func leads(at now: Double) -> Bool { machine.leads(at: local(now)) }

    mutating func act(at now: Double, _ server: inout LeaseServer, _ random: inout SeededRandom) {
        // A write may take effect long after the candidate has given up waiting.
        while let first = late.first, now >= first.at {
            late.removeFirst()
            _ = server.answer(first.request)
        }
        if let request, answer == nil, now >= takesEffectAt { answer = server.answer(request) }
        guard now >= frozenUntil else { return }
        if Double.random(in: 0..<1, using: &random) < 0.004 {
            frozenUntil = now + Double.random(in: 5...40, using: &random)
        }
        if !leads(at: now), machine.leadsUntil != nil { machine.stopLeading() }
        if request != nil {
            guard now >= answeredAt else { return }
            let result = Bool.random(using: &random, odds: 0.1) ? .failure(.lost) : answer ?? .failure(.lost)
            if let request, answer == nil { late.append((request, takesEffectAt)) }
            request = nil
            answer = nil
            switch machine.received(result, at: local(now), wallClock: wallClock(&random)) {
            case .send(let next): send(next, at: now, &random)
            case .end: nextAttempt = now + Double.random(in: 2...4.4, using: &random)
            }
        } else if now >= nextAttempt {
            send(machine.begin(at: local(now), wallClock: wallClock(&random)), at: now, &random)
        }
    }

    private mutating func send(_ next: Machine.Request, at now: Double, _ random: inout SeededRandom) {
        request = next
        takesEffectAt = now + Double.random(in: 0...6, using: &random) * (Bool.random(using: &random) ? 0.01 : 1)
        answeredAt = takesEffectAt + Double.random(in: -1...3, using: &random)
    }

    private func wallClock(_ random: inout SeededRandom) -> Timestamp {
        Timestamp(seconds: .random(in: 0...4_000_000_000, using: &random))
    }
}

extension Bool {
    fileprivate static func random(using generator: inout SeededRandom, odds: Double) -> Bool {
        Double.random(in: 0..<1, using: &generator) < odds
    }
}

extension LeaderElectionStateMachine {
    fileprivate var renewalRecord: LeaseRecord? {
        var machine = self
        let wall = LeaderElectionStateMachineTests.wall
        guard case .update(_, let record) = machine.begin(at: .seconds(100), wallClock: wall) else { return nil }
        return record
    }
}

extension LeaderElectionStateMachine.Request {
    fileprivate var verb: String {
        switch self {
        case .get: "get"
        case .create: "create"
        case .update: "update"
        }
    }
}
