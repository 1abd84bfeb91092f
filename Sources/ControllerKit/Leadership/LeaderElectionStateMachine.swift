package import KubeClient

/// One candidate of a leader election, as a value: answers in, requests and verdicts out.
///
/// Times are durations on the candidate's own clock since an arbitrary, fixed origin; the times in the Lease are only
/// written, never compared with anything. What differs from client-go, on purpose:
/// * leadership ends ``LeaderElectionOptions/renewDeadline`` after the *start* of the last successful request, because
///   that is the earliest moment at which a candidate may have seen its effect;
/// * a leader that finds another holder in the lease has stopped leading, valid or not.
package struct LeaderElectionStateMachine: Sendable {
    /// What to ask the API server.
    package enum Request: Hashable, Sendable {
        case get
        case create(LeaseRecord)
        case update(LeaseObject, LeaseRecord)
    }

    /// How an attempt ended.
    package enum Verdict: Hashable, Sendable {
        /// The lease is held by this candidate.
        case leads
        /// The lease is held by another one.
        case follows(String)
        /// Nothing was learnt, or somebody was faster.
        case failed(String)
    }

    /// What to do next.
    package enum Step: Hashable, Sendable {
        case send(Request)
        case end(Verdict)
    }

    private enum Phase: Hashable {
        case idle
        case fastUpdate(start: Duration)
        case get
        case write(start: Duration)
    }

    private struct Observation: Hashable {
        var lease: LeaseObject
        var firstSeen: Duration
    }

    package let identity: String
    package let options: LeaderElectionOptions
    private var observed: Observation?
    private var phase = Phase.idle

    /// Until when this candidate leads, and so the moment at which its work must end; nil while it does not.
    package private(set) var leadsUntil: Duration?
    /// When the last successful request was started; nil before the first.
    package private(set) var lastRenewal: Duration?
    /// Whether nobody else has held the lease between the last two terms of this candidate: whoever does writes a name into it.
    package private(set) var followsItself = false
    /// How many attempts had to read the lease although it was believed to be held.
    package private(set) var slowPaths = 0

    package init(identity: String, options: LeaderElectionOptions = .init()) {
        self.identity = identity
        self.options = options
    }

    /// The holder in the record that was seen last; nil before the first, empty when nobody holds the lease.
    package var holder: String? { observed?.lease.record.holderIdentity }

    /// Whether this candidate leads at `now`.
    package func leads(at now: Duration) -> Bool { leadsUntil.map { now < $0 } ?? false }

    /// Stops leading, because the deadline passed or the work is over.
    package mutating func stopLeading() { leadsUntil = nil }

    // MARK: acquire and renew

    /// Begins an attempt; an attempt that was under way is forgotten.
    package mutating func begin(at now: Duration, wallClock: Timestamp) -> Request {
        if let observed, observed.lease.record.holderIdentity == identity, isValid(observed, at: now) {
            phase = .fastUpdate(start: now)
            return .update(observed.lease, renewed(observed.lease.record, wallClock))
        }
        phase = .get
        return .get
    }

    /// Takes the answer to the request of ``begin(at:wallClock:)`` or of the last step.
    package mutating func received(
        _ answer: Result<LeaseObject, KubeError>, at now: Duration, wallClock: Timestamp
    ) -> Step {
        let phase = phase
        self.phase = .idle
        // The attempt was given up, not refused.
        if case .failure(let error) = answer, error.code == .cancelled { return .end(.failed("\(error)")) }
        switch (phase, answer) {
        case (.idle, _): return .end(.failed("an answer that was not waited for"))
        case (.fastUpdate(let start), .success(let lease)), (.write(let start), .success(let lease)):
            let isOwn = observed?.lease.record.holderIdentity == identity
            observed = Observation(lease: lease, firstSeen: now)
            lastRenewal = start
            if leadsUntil == nil { followsItself = isOwn }
            leadsUntil = start + options.renewDeadline
            return .end(.leads)
        case (.fastUpdate, .failure):
            slowPaths += 1
            self.phase = .get
            return .send(.get)
        case (.get, .success(let lease)):
            observe(lease, at: now)
            return seen(lease, at: now, wallClock)
        case (.get, .failure(let error)) where error.isNotFound:
            observed = nil
            self.phase = .write(start: now)
            return .send(.create(acquired(transitions: 0, wallClock)))
        case (.get, .failure(let error)), (.write, .failure(let error)): return .end(.failed("\(error)"))
        }
    }

    private mutating func seen(_ lease: LeaseObject, at now: Duration, _ wallClock: Timestamp) -> Step {
        let record = lease.record
        if record.holderIdentity == identity {
            phase = .write(start: now)
            return .send(.update(lease, renewed(record, wallClock)))
        }
        // Whoever it is held it after this candidate: the work must end before anything else.
        if leadsUntil != nil {
            leadsUntil = nil
            return .end(.follows(record.holderIdentity))
        }
        if let observed, !record.holderIdentity.isEmpty, isValid(observed, at: now) {
            return .end(.follows(record.holderIdentity))
        }
        phase = .write(start: now)
        return .send(.update(lease, acquired(transitions: record.leaseTransitions + 1, wallClock)))
    }

    // MARK: release

    /// The request that gives the lease back, for the answer to a fresh GET; nil when it is not this candidate's.
    package func release(_ lease: LeaseObject, wallClock: Timestamp) -> Request? {
        guard lease.record.holderIdentity == identity else { return nil }
        let time = wallClock.rfc3339Micro
        // The API does not accept a duration of 0.
        return .update(
            lease,
            LeaseRecord(
                leaseDurationSeconds: 1, acquireTime: time, renewTime: time,
                leaseTransitions: lease.record.leaseTransitions))
    }

    /// Notes what a release has left.
    package mutating func released(_ lease: LeaseObject, at now: Duration) {
        leadsUntil = nil
        observe(lease, at: now)
    }

    // MARK: records

    private mutating func observe(_ lease: LeaseObject, at now: Duration) {
        // Metadata may change without anybody having renewed.
        let isSame = observed?.lease.record == lease.record && observed?.lease.uid == lease.uid
        observed = Observation(lease: lease, firstSeen: isSame ? observed?.firstSeen ?? now : now)
    }

    private func isValid(_ observation: Observation, at now: Duration) -> Bool {
        let duration =
            observation.lease.record.leaseDurationSeconds.map { Duration.seconds($0) } ?? options.leaseDuration
        return observation.firstSeen + duration > now
    }

    private func renewed(_ record: LeaseRecord, _ wallClock: Timestamp) -> LeaseRecord {
        var record = record
        record.leaseDurationSeconds = options.leaseDurationSeconds
        record.renewTime = wallClock.rfc3339Micro
        return record
    }

    private func acquired(transitions: Int, _ wallClock: Timestamp) -> LeaseRecord {
        let time = wallClock.rfc3339Micro
        return LeaseRecord(
            holderIdentity: identity, leaseDurationSeconds: options.leaseDurationSeconds, acquireTime: time,
            renewTime: time, leaseTransitions: transitions)
    }
}
