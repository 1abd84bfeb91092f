public import CoreMetrics
public import KubeClient
public import Logging
import ServiceLifecycle
import Synchronization

/// Has at most one of several processes do a piece of work at a time, by means of a Lease.
///
/// ```swift
/// let elector = try LeaderElector(client, lease: ObjectKey(namespace: "default", name: "lock"), logger: logger)
/// try await elector.withLeadership { try await work() }
/// ```
///
/// No two electors run their work at the same time as long as their clocks run at the same speed, give or take
/// ``LeaderElectionOptions/leaseDuration`` ÷ ``LeaderElectionOptions/renewDeadline``, and the work returns soon once it is
/// cancelled; whether the clocks show the same time does not matter. This is no fence: a request that is under way when
/// leadership ends may still arrive, so writes need preconditions of their own. Needs the rights `get`, `create` and
/// `update` on leases. Safe to use from any task. Source: `coordination.k8s.io/v1 Lease`.
public final class LeaderElector: Sendable {
    private struct State {
        var machine: LeaderElectionStateMachine
        /// Whether the work runs; it may outlast leadership for the time that it takes to stop.
        var isWorking = false
        var announcedHolder: String?
        var lastFailure: String?
    }

    private enum Ending {
        case finished(Result<Void, any Error>)
        case lost
    }

    // Time for the work to stop after its cancellation, before a restart of the process is asked for.
    private static let tolerance = Duration.seconds(20)

    /// Namespace and name of the Lease.
    public let lease: ObjectKey
    /// How this candidate calls itself in the Lease.
    public let identity: String

    private let leases: ResourceClient<LeaseObject>
    private let options: LeaderElectionOptions
    private let metrics: LeaderElectionMetrics
    private let timeline: Timeline
    private let wallClock: @Sendable () -> Timestamp
    private let random: @Sendable () -> Double
    private let logger: Logger
    private let state: Mutex<State>

    /// Creates a candidate; nothing is asked of the server before ``withLeadership(_:)``.
    ///
    /// - Parameters:
    ///   - client: The API server that has the Lease; requests about it use connections of their own.
    ///   - lease: Namespace and name of the Lease, which is created when it does not exist.
    ///   - identity: Unique among the candidates; two processes of the same identity both lead. By default the host's
    ///     name and a random UUID.
    ///   - options: The times.
    ///   - metrics: Where the `leader_election_*` metrics go.
    ///   - clock: What durations are measured with; must go on while the machine sleeps.
    ///   - rng: Spreads the attempts of candidates; there for tests that want the same pauses each time.
    ///   - logger: Where changes of leadership are told.
    /// - Throws: When the options contradict each other, or the identity is empty.
    public convenience init(
        _ client: KubeClient, lease: ObjectKey, identity: String = LeaderElector.uniqueIdentity(),
        options: LeaderElectionOptions = .init(), metrics: any MetricsFactory = MetricsSystem.factory,
        clock: any Clock<Duration> = ContinuousClock(),
        rng: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(), logger: Logger
    ) throws(KubeError) {
        let chance = Chance(rng)
        try self.init(
            client, lease: lease, identity: identity, options: options, metrics: metrics, timeline: Timeline(clock),
            wallClock: Timestamp.now, random: { chance.unit() }, logger: logger)
    }

    package init(
        _ client: KubeClient, lease: ObjectKey, identity: String, options: LeaderElectionOptions,
        metrics: any MetricsFactory, timeline: Timeline, wallClock: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable () -> Double, logger: Logger
    ) throws(KubeError) {
        try options.validate()
        guard !identity.isEmpty else {
            throw KubeError(.configuration, "leader election: the identity must not be empty, that means nobody")
        }
        self.lease = lease
        self.identity = identity
        self.leases = client.resource(LeaseObject.self).onChannel(.lease, timeout: options.requestTimeout)
        self.options = options
        self.metrics = LeaderElectionMetrics(lease: lease.name, factory: metrics)
        self.timeline = timeline
        self.wallClock = wallClock
        self.random = random
        var logger = logger
        logger[metadataKey: "lease"] = "\(lease)"
        self.logger = logger
        state = Mutex(State(machine: LeaderElectionStateMachine(identity: identity, options: options)))
    }

    /// The holder in the Lease as it was seen last; nil before it was seen, and while nobody holds it.
    public var leader: String? {
        state.withLock { $0.machine.holder.flatMap { $0.isEmpty ? nil : $0 } }
    }

    /// Whether this process leads now.
    public var isLeader: Bool {
        state.withLock { $0.isWorking && $0.machine.leads(at: timeline.now) }
    }

    /// Whether nobody else has led between the last two terms of this process.
    package var followsItself: Bool { state.withLock { $0.machine.followsItself } }

    /// Unhealthy when the work goes on long after leadership has ended: only a restart helps then.
    public var health: HealthStatus {
        let age = state.withLock { state -> Duration? in
            guard state.isWorking, let renewal = state.machine.lastRenewal else { return nil }
            return timeline.now - renewal
        }
        guard let age, age > options.leaseDuration + Self.tolerance else { return .healthy }
        return .unhealthy("lease \(lease) was renewed \(age.components.seconds) s ago, and the work still runs")
    }

    /// Runs `body` whenever this process leads, until it returns by itself or throws; then gives the lease back.
    ///
    /// `body` is cancelled at the moment in which leadership ends: the lease could not be renewed in time, or has another
    /// holder. Once it has returned, whatever it returned, this contends for the lease again. Under graceful shutdown
    /// a candidate that does not lead stops contending and returns; a leader's `body` is expected to return, and the
    /// lease is given back after that, so that another candidate takes over at once. Cancellation is passed on to
    /// `body`, the lease is left to expire, and `CancellationError` is thrown. One call at a time.
    public func withLeadership(_ body: @escaping @Sendable () async throws -> Void) async throws {
        while try await acquire() {
            let ending = await lead(body)
            // Whatever ended first: with the task cancelled no request would get through.
            try Task.checkCancellation()
            if case .finished(let result) = ending {
                await release()
                return try result.get()
            }
        }
    }

    // MARK: one term

    /// Waits for leadership; false when the group shuts down before.
    private func acquire() async throws -> Bool {
        do {
            try await cancelledByShutdown { [self] in
                while true {
                    try Task.checkCancellation()
                    if await attempt() == .leads, state.withLock({ $0.machine.leads(at: timeline.now) }) { return }
                    try await timeline.sleep(
                        for: options.retryPeriod * (1 + random() * LeaderElectionOptions.jitter))
                }
            }
            return true
        } catch is CancellationError where Task.isShuttingDownGracefully && !Task.isCancelled {
            return false
        }
    }

    /// Runs the work, the renewals and the deadline side by side; returns when the work has returned.
    private func lead(_ body: @escaping @Sendable () async throws -> Void) async -> Ending {
        state.withLock { $0.isWorking = true }
        metrics.leads(true)
        let ending = await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do {
                    try await body()
                    return .finished(.success(()))
                } catch {
                    return .finished(.failure(error))
                }
            }
            group.addTask { await self.renew() }
            group.addTask { await self.deadline() }
            let first = await group.next() ?? .lost
            group.cancelAll()
            if case .lost = first, !Task.isCancelled {
                state.withLock { $0.machine.stopLeading() }
                metrics.leads(false)
                logger.info("no longer leader, shutting down")
            }
            await group.waitForAll()
            return first
        }
        metrics.leads(false)
        state.withLock { state in
            state.isWorking = false
            // An answer may have come in after the end.
            state.machine.stopLeading()
        }
        return ending
    }

    /// Renews the lease until that is of no use any more.
    private func renew() async -> Ending {
        while (try? await timeline.sleep(for: options.retryPeriod)) != nil {
            switch await attempt() {
            case .leads: logger.debug("lease renewed")
            case .follows: return .lost
            case .failed: if !state.withLock({ $0.machine.leads(at: timeline.now) }) { return .lost }
            }
        }
        return .lost
    }

    /// Returns when leadership has ended, whatever a renewal is waiting for.
    private func deadline() async -> Ending {
        while let end = state.withLock({ $0.machine.leadsUntil }), timeline.now < end {
            guard (try? await timeline.sleep(until: end)) != nil else { break }
        }
        return .lost
    }

    // MARK: requests

    /// Tries once to take or renew the lease.
    private func attempt() async -> LeaderElectionStateMachine.Verdict {
        var request = state.withLock { $0.machine.begin(at: timeline.now, wallClock: wallClock()) }
        while true {
            let answer = await send(request)
            let (step, slowPaths) = state.withLock { state in
                let before = state.machine.slowPaths
                let step = state.machine.received(answer, at: timeline.now, wallClock: wallClock())
                return (step, state.machine.slowPaths - before)
            }
            if slowPaths > 0 { metrics.tookSlowPath() }
            switch step {
            case .send(let next): request = next
            case .end(let verdict):
                tell(verdict)
                return verdict
            }
        }
    }

    private func send(_ request: LeaderElectionStateMachine.Request) async -> Result<LeaseObject, KubeError> {
        do throws(KubeError) {
            switch request {
            case .get: return .success(try await leases.get(lease))
            case .create(let record):
                let scope = lease.namespace.map { Scope.namespace($0) } ?? .all
                return .success(try await leases.create(LeaseObject.body(creating: lease, with: record), in: scope))
            case .update(let object, let record):
                return .success(try await leases.replace(lease, with: object.body(with: record)))
            }
        } catch {
            return .failure(error)
        }
    }

    /// Gives the lease back, if it is still this candidate's.
    private func release() async {
        guard case .success(let fresh) = await send(.get),
            let request = state.withLock({ $0.machine.release(fresh, wallClock: wallClock()) })
        else { return }
        switch await send(request) {
        case .success(let lease):
            state.withLock { $0.machine.released(lease, at: timeline.now) }
            logger.info("lease released")
        case .failure(let error):
            logger.info("the lease was not released, it will run out", metadata: ["error": "\(error)"])
        }
    }

    private func tell(_ verdict: LeaderElectionStateMachine.Verdict) {
        let (newHolder, newFailure) = state.withLock { state -> (String?, String?) in
            if case .failed(let reason) = verdict {
                defer { state.lastFailure = reason }
                return (nil, state.lastFailure == reason || Task.isCancelled ? nil : reason)
            }
            state.lastFailure = nil
            let holder = state.machine.holder
            defer { state.announcedHolder = holder }
            return (holder == state.announcedHolder ? nil : holder, nil)
        }
        if let newFailure { logger.warning("the lease cannot be had", metadata: ["error": "\(newFailure)"]) }
        guard let newHolder, !newHolder.isEmpty else { return }
        logger.info(newHolder == identity ? "still the leader!" : "new leader is \(newHolder)")
    }
}

/// A generator that tasks share.
private final class Chance: Sendable {
    private let rng: Mutex<any RandomNumberGenerator & Sendable>

    init(_ rng: any RandomNumberGenerator & Sendable) { self.rng = Mutex(rng) }

    /// A number from 0 to 1.
    func unit() -> Double { rng.withLock { Double.random(in: 0..<1, using: &$0) } }
}
