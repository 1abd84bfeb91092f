import KubeClient
import Logging
import Synchronization

/// What a reflector tells; every call comes from one thread at a time, in order.
protocol ReflectorDelegate<Object>: Sendable {
    associatedtype Object: KubeObject
    /// A complete list; returns after everybody has seen it.
    func replace(with table: ObjectTable<Object>, at version: ResourceVersion?)
    /// An object is there, at the version of the store.
    func upsert(_ object: Object, at version: ResourceVersion?)
    /// An object is gone, at the version of the store.
    func remove(_ last: Object, at version: ResourceVersion?)
    /// Nothing but the version changed.
    func advance(to version: ResourceVersion)
    /// The server was heard from.
    func heard()
    /// A request or a pause begins.
    func progressed()
    /// The kind is off since now, or on again.
    func availabilityChanged(_ error: KubeError?)
}

/// Performs what a ``ReflectorStateMachine`` decides: requests, waits, and calls of the delegate.
///
/// One `run()` for the life of a reflector. Elements of a watch are passed on inside the callback of the request, on the
/// transport's thread; while they are, `run()` is waiting for that same request, so there is never more than one writer.
final class Reflector<Object: KubeObject>: Sendable {
    private struct Mind: Sendable {
        var machine: ReflectorStateMachine
        var rng: any RandomNumberGenerator & Sendable
        /// When the watch began, or when its streaming list was complete.
        var watchStart = Duration.zero
        var hasToldRefusal = false
    }

    private let source: ReflectorSource<Object>
    private let options: InformerOptions
    private let clock: Timeline
    private let log: ReflectorLog
    private let delegate: any ReflectorDelegate<Object>
    private let mind: Mutex<Mind>
    private let staged = Mutex(ObjectTable<Object>())

    init(
        _ source: ReflectorSource<Object>, options: InformerOptions, clock: Timeline,
        rng: any RandomNumberGenerator & Sendable, log: ReflectorLog, delegate: any ReflectorDelegate<Object>
    ) {
        self.source = source
        self.options = options
        self.clock = clock
        self.log = log
        self.delegate = delegate
        let machine = ReflectorStateMachine(
            .init(
                pageSize: options.pageSize > 0 ? options.pageSize : nil, streamingList: options.streamingList,
                isOptional: options.isOptional, mayBeMissing: options.mayBeMissing,
                hasOptionalFieldSelector: options.isFieldSelectorOptional && options.fieldSelector != nil))
        mind = Mutex(Mind(machine: machine, rng: rng))
    }

    /// Reflects until the task is cancelled; throws nothing else.
    func run() async throws(CancellationError) {
        var action = received(.start)
        while true {
            if Task.isCancelled { throw CancellationError() }
            delegate.progressed()
            switch action {
            case .list(let request): action = await list(request)
            case .watch(let request): action = await watch(request)
            case .replace(let version):
                replace(at: version)
                action = received(.replaced)
            case .pause(let pause):
                log.pause(pause)
                if case .unavailable(let error, _) = pause.reason { delegate.availabilityChanged(error) }
                do { try await clock.sleep(for: pause.duration) } catch { throw CancellationError() }
                action = received(.resumed)
            }
        }
    }

    private func received(_ event: ReflectorStateMachine.Event) -> ReflectorStateMachine.Action {
        let (action, isBack) = mind.withLock { mind in
            let wasUnavailable = mind.machine.isUnavailable
            let action = mind.machine.received(event, using: &mind.rng)
            return (action, wasUnavailable && !mind.machine.isUnavailable)
        }
        if isBack { cameBack() }
        return action
    }

    private func cameBack() {
        log.isBack()
        delegate.availabilityChanged(nil)
    }

    // MARK: Lists

    private func list(_ request: ReflectorStateMachine.ListRequest) async -> ReflectorStateMachine.Action {
        log.list(request)
        if request.continueToken == nil { discardStaged() }
        let options = ListOptions(
            labelSelector: options.labelSelector, fieldSelector: fieldSelector, limit: request.limit,
            continueToken: request.continueToken, consistency: request.consistency)
        do {
            let metadata = try await source.list(options) { object in self.stage(object) }
            delegate.heard()
            return received(.page(metadata))
        } catch {
            return received(.listFailed(error))
        }
    }

    private var fieldSelector: String? {
        mind.withLock { $0.machine.fieldSelectorRefusal == nil } ? options.fieldSelector : nil
    }

    private func stage(_ object: Object) { _ = staged.withLock { $0.upsert(object) } }

    private func discardStaged() { staged.withLock { $0 = ObjectTable() } }

    private func replace(at version: ResourceVersion?) {
        let table = staged.withLock { staged in
            defer { staged = ObjectTable() }
            return staged
        }
        log.replaced(count: table.count, at: version)
        let refusal = mind.withLock { mind -> KubeError? in
            defer { mind.hasToldRefusal = mind.machine.fieldSelectorRefusal != nil }
            return mind.hasToldRefusal ? nil : mind.machine.fieldSelectorRefusal
        }
        if let refusal { log.withoutFieldSelector(options.fieldSelector ?? "", refusal) }
        delegate.replace(with: table, at: version)
        delegate.heard()
    }

    // MARK: Watches

    private func watch(_ request: ReflectorStateMachine.WatchRequest) async -> ReflectorStateMachine.Action {
        log.watch(request)
        var options = WatchOptions(
            labelSelector: options.labelSelector, fieldSelector: fieldSelector, start: request.start,
            timeout: request.timeout)
        options.silenceLimit = ReflectorStateMachine.silenceLimit
        // Before the request: some proxies send the head of an answer only with the first event.
        let start = clock.now
        mind.withLock { $0.watchStart = start }
        let error: KubeError?
        if case .initialEvents = request.start {
            discardStaged()
            error = await guardedWatch(options)
        } else {
            error = await plainWatch(options)
        }
        let lifetime = clock.now - mind.withLock { $0.watchStart }
        return received(.watchEnded(error, after: lifetime))
    }

    private func plainWatch(_ options: WatchOptions) async -> KubeError? {
        do {
            try await source.watch(options) { event in self.received(event) }
            return nil
        } catch {
            return error
        }
    }

    private enum Guarded: Sendable {
        case ended(KubeError?)
        case abandoned
        case complete
    }

    /// A watch with initial events, ended early when they do not come: a server or proxy that swallows the request would
    /// otherwise hold up the first list for as long as a watch may be silent.
    private func guardedWatch(_ options: WatchOptions) async -> KubeError? {
        await withTaskGroup(of: Guarded.self) { group in
            group.addTask { .ended(await self.plainWatch(options)) }
            group.addTask { await self.guardInitialEvents() }
            for await outcome in group {
                switch outcome {
                case .ended(let error):
                    group.cancelAll()
                    return error
                case .abandoned: group.cancelAll()
                case .complete: break
                }
            }
            return nil
        }
    }

    private func guardInitialEvents() async -> Guarded {
        while true {
            do { try await clock.sleep(for: .seconds(10)) } catch { return .complete }
            let (action, isStreaming) = mind.withLock { ($0.machine.received(.tick), $0.machine.isStreaming) }
            if action == .abandon {
                log.abandoned()
                return .abandoned
            }
            if !isStreaming { return .complete }
            log.stillStreaming(count: staged.withLock { $0.count })
        }
    }

    private func received(_ event: WatchEvent<Object>) {
        delegate.heard()
        switch event {
        case .added(let object): received(.added, object)
        case .modified(let object): received(.modified, object)
        case .deleted(let object): received(.deleted, object)
        case .bookmark(let version, let endsInitialEvents):
            perform(element(.bookmark(version, endsInitialEvents: endsInitialEvents)))
        }
    }

    private func received(_ kind: ReflectorStateMachine.Element.Kind, _ object: Object) {
        switch element(.object(kind, object.resourceVersion)) {
        case .stage where kind == .deleted: _ = staged.withLock { $0.remove(object.id) }
        case .stage: stage(object)
        case .apply(let version) where kind == .deleted: delegate.remove(object, at: version)
        case .apply(let version): delegate.upsert(object, at: version)
        case let action: perform(action)
        }
    }

    private func perform(_ action: ReflectorStateMachine.ElementAction) {
        switch action {
        case .advance(let version): delegate.advance(to: version)
        case .replace(let version):
            replace(at: version)
            let now = clock.now
            mind.withLock { $0.watchStart = now }
            perform(element(.replaced))
        case .stage, .apply, .abandon, .ignore: break
        }
    }

    private func element(_ element: ReflectorStateMachine.Element) -> ReflectorStateMachine.ElementAction {
        let (action, isBack) = mind.withLock { mind in
            let wasUnavailable = mind.machine.isUnavailable
            let action = mind.machine.received(element)
            return (action, wasUnavailable && !mind.machine.isUnavailable)
        }
        if isBack { cameBack() }
        return action
    }
}
