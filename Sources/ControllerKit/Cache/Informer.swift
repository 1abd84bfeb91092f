public import KubeClient
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps a ``Store`` equal to what the server has of one resource, and tells observers what changes.
///
/// Lists once, then watches; survives ended watches, expired versions, overload and outages without missing a change of
/// state. Make one per resource and scope and share it: any number of observers and readers cost one watch. Add indexes
/// and observers, then start ``run()``; nothing is asked of the server before.
public final class Informer<Object: KubeObject>: Service {
    /// What the server has, as far as it is known.
    public let store = Store<Object>()
    /// What is listed and watched.
    public let resource: APIResource

    private struct Setup: Sendable {
        var observers: [@Sendable (Change<Object>) -> Void] = []
        var isRunning = false
        var hasRun = false
    }

    private let source: ReflectorSource<Object>
    /// The part of the cluster that is listed and watched.
    let scope: Scope
    private let options: InformerOptions
    private let logger: Logger
    private let clock: Timeline
    private let outages: OutageThrottle
    private let rng: any RandomNumberGenerator & Sendable
    private let setup = Mutex(Setup())
    private let barrier = Mutex(SyncBarrier())
    /// Nanoseconds on `clock`; negative before the first contact.
    private let contact = Atomic<Int64>(-1)
    /// Nanoseconds on `clock`; negative while it does not run.
    private let activity = Atomic<Int64>(-1)

    /// Creates an informer of the objects in `scope`.
    ///
    /// Back-off, idle time and freshness go by `clock`; `rng` spreads requests and pauses, and is there for tests that want
    /// the same ones each time.
    public convenience init(
        _ client: ResourceClient<Object>, scope: Scope = .all, options: InformerOptions = .init(), logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(),
        rng: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        let source = ReflectorSource(client, in: scope)
        let resource = client.resource
        self.init(
            options.mayBeMissing
                ? source.ifServed(resource) { () async throws(KubeError) in try await client.client.serves(resource) }
                : source,
            resource: resource, scope: scope, options: options,
            logger: logger, clock: clock, rng: rng, outages: client.client.outages)
    }

    /// An informer of any source of objects.
    package init(
        _ source: ReflectorSource<Object>, resource: APIResource, scope: Scope = .all,
        options: InformerOptions = .init(),
        logger: Logger, clock: any Clock<Duration> = ContinuousClock(),
        rng: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(), outages: OutageThrottle? = nil
    ) {
        self.source = source
        self.resource = resource
        self.scope = scope
        self.options = options
        self.logger = logger
        self.clock = Timeline(clock)
        self.rng = rng
        self.outages = outages ?? OutageThrottle(self.clock)
    }

    /// Makes lookups by `index` cost no more than their result.
    ///
    /// Best done before ``run()``; later, readers wait while what is there is indexed.
    public func index<Value>(_ index: Index<Object, Value>) { store.add(index) }

    /// Calls `body` for every change, in order, from ``run()`` on; register before.
    ///
    /// Called on the transport's thread and outside the store's lock, after the store has changed, one call at a time: be
    /// quick, do not block, put work into a queue. One that comes after ``run()`` has started sees nothing until the next
    /// run, and the log says so.
    public func observe(_ body: @escaping @Sendable (Change<Object>) -> Void) {
        let isLate = setup.withLock { setup in
            setup.observers.append(body)
            return setup.isRunning
        }
        if isLate { logger.error("an observer of \(resource.qualifiedName) came after run() and sees nothing") }
    }

    /// Suspends until the first complete list is stored and every observer has seen it, or the kind turns out to be off.
    ///
    /// Throws when the task is cancelled or the informer stops before; never because the server is unreachable: the
    /// informer keeps trying.
    public func waitUntilSynced() async throws(CancellationError) {
        let id = barrier.withLock { $0.makeID() }
        let isReady = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let outcome = barrier.withLock { barrier -> Bool? in
                    if let outcome = barrier.outcome { return outcome }
                    // The handler below may have run before there was anything to cancel.
                    if Task.isCancelled { return false }
                    barrier.enqueue(id, waiter)
                    return nil
                }
                if let outcome { waiter.resume(returning: outcome) }
            }
        } onCancel: {
            barrier.withLock { $0.cancel(id) }?.resume(returning: false)
        }
        if !isReady { throw CancellationError() }
    }

    /// Whether the informer may do without, as ``InformerOptions/isOptional`` says.
    var isOptional: Bool { options.isOptional }
    /// Whether the server need not have the kind, as ``InformerOptions/mayBeMissing`` says.
    var mayBeMissing: Bool { options.mayBeMissing }

    /// Passes a change on as if it had just come in, for tests of what observes.
    func show(_ change: Change<Object>) {
        for observer in setup.withLock({ $0.observers }) { observer(change) }
    }

    /// How far the informer has come.
    public var state: InformerState { barrier.withLock { $0.state } }

    /// How long ago the server was heard from, and the informer did anything, on its own clock.
    public var freshness: Freshness {
        let now = clock.now
        return Freshness(
            sinceContact: Self.offset(contact).map { now - $0 }, sinceActivity: Self.offset(activity).map { now - $0 })
    }

    private static func offset(_ stamp: borrowing Atomic<Int64>) -> Duration? {
        let nanoseconds = stamp.load(ordering: .relaxed)
        return nanoseconds < 0 ? nil : .nanoseconds(nanoseconds)
    }

    /// Lists and watches until the task is cancelled or the service group shuts down gracefully.
    ///
    /// Throws `CancellationError` when cancelled, and a configuration error when it is running already; failures of the
    /// server or the network are logged and retried. What the store held stays readable, and a later run brings it up to
    /// date.
    public func run() async throws {
        let observers = try setup.withLock { setup throws(KubeError) in
            if setup.isRunning {
                throw KubeError(
                    .configuration, "the informer of \(resource.qualifiedName) is running already: run it once")
            }
            setup.isRunning = true
            return setup.observers
        }
        barrier.withLock { $0.start() }
        defer {
            setup.withLock { $0.isRunning = false }
            activity.store(-1, ordering: .relaxed)
            for waiter in barrier.withLock({ $0.stop() }) { waiter.resume(returning: false) }
        }
        let reflector = Reflector(
            source, options: options, clock: clock, rng: rng,
            log: ReflectorLog(
                logger, resource: resource, scope: scope, mayBeMissing: options.mayBeMissing, outages: outages),
            delegate: Mirror(informer: self, observers: observers))
        do {
            try await cancelledByShutdown { try await reflector.run() }
        } catch is CancellationError where !Task.isCancelled {
            // A graceful shutdown is a success; there is nothing in hand to finish.
        }
    }

    /// Writes what a reflector sees into the store and passes the changes on.
    private struct Mirror: ReflectorDelegate {
        let informer: Informer
        let observers: [@Sendable (Change<Object>) -> Void]

        func replace(with table: ObjectTable<Object>, at version: ResourceVersion?) {
            let isFirst = informer.setup.withLock { setup in
                defer { setup.hasRun = true }
                return !setup.hasRun
            }
            for change in informer.store.replace(with: table, at: version, cause: isFirst ? .initialList : .relist) {
                publish(change)
            }
            informer.reached(.synced, unlessUnavailable: true)
        }

        func upsert(_ object: Object, at version: ResourceVersion?) {
            if let change = informer.store.upsert(object, at: version) { publish(change) }
        }

        func remove(_ last: Object, at version: ResourceVersion?) {
            if let change = informer.store.remove(last, at: version) { publish(change) }
        }

        func advance(to version: ResourceVersion) { informer.store.advance(to: version) }

        func heard() {
            let now = informer.clock.now.nanoseconds
            informer.contact.store(now, ordering: .relaxed)
            informer.activity.store(now, ordering: .relaxed)
        }

        func progressed() { informer.activity.store(informer.clock.now.nanoseconds, ordering: .relaxed) }

        func availabilityChanged(_ error: KubeError?) {
            informer.reached(error.map { .unavailable($0) } ?? .synced, unlessUnavailable: false)
        }

        private func publish(_ change: Change<Object>) {
            for observer in observers { observer(change) }
        }
    }

    private func reached(_ state: InformerState, unlessUnavailable: Bool) {
        let waiters = barrier.withLock { barrier -> [SyncBarrier.Waiter] in
            // A list alone does not prove that the kind is on again; the reflector says when it is.
            if unlessUnavailable, case .unavailable = barrier.state { return [] }
            return barrier.reached(state)
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }
}
