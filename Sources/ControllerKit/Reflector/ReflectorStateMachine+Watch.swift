import KubeClient

// Watches: what each element does, and how to go on after each way to end.
extension ReflectorStateMachine {
    /// Begins a watch from where the store is.
    mutating func watch(using rng: inout some RandomNumberGenerator) -> Action {
        let timeout = Self.timeout(using: &rng)
        state = .watching(Watching(timeout: timeout, isSynthetic: last == nil))
        return .watch(WatchRequest(start: last.map { .after($0) } ?? .mostRecent, timeout: timeout))
    }

    /// Takes note of an element of the watch; says what to do with it.
    package mutating func received(_ element: Element) -> ElementAction {
        switch state {
        case .streaming(var streaming):
            let action = received(element, &streaming)
            if case .streaming = state { state = .streaming(streaming) }
            return action
        case .replacingStreamed(let version, let timeout):
            guard element == .replaced else { return .ignore }
            replaced(at: version)
            // The stream is a list and a watch in one, so both verbs are granted.
            unavailable = nil
            state = .watching(Watching(timeout: timeout, isSynthetic: version == nil))
            return .ignore
        case .watching(var watching):
            let action = received(element, &watching)
            state = .watching(watching)
            return action
        case .idle, .listing, .replacing, .paused: return .ignore
        }
    }

    private mutating func received(_ element: Element, _ streaming: inout Streaming) -> ElementAction {
        // What still arrives between the decision to end the stream and its end would be half a list.
        if streaming.isAbandoned { return .ignore }
        switch element {
        case .object:
            streaming.elements += 1
            return .stage
        case .bookmark(_, endsInitialEvents: false):
            streaming.elements += 1
            return .ignore
        case .bookmark(let version, endsInitialEvents: true):
            state = .replacingStreamed(usable(version), timeout: streaming.timeout)
            return .replace(usable(version))
        case .tick:
            streaming.silentTicks = streaming.elements == streaming.elementsAtTick ? streaming.silentTicks + 1 : 0
            streaming.elementsAtTick = streaming.elements
            if streaming.silentTicks < Self.silentTicksBeforeList { return .ignore }
            streaming.isAbandoned = true
            return .abandon
        case .replaced: return .ignore
        }
    }

    private mutating func received(_ element: Element, _ watching: inout Watching) -> ElementAction {
        switch element {
        case .object(let kind, let version):
            noteLife(&watching)
            // The initial objects have the versions of their last writes: going on from one would skip others.
            if watching.isSynthetic, kind == .added { return .apply(nil) }
            watching.isSynthetic = false
            guard let version = usable(version) else { return .apply(nil) }
            last = version
            return .apply(version)
        case .bookmark(let version, _):
            noteLife(&watching)
            watching.isSynthetic = false
            guard let version = usable(version) else { return .ignore }
            last = version
            return .advance(version)
        case .replaced, .tick: return .ignore
        }
    }

    private mutating func noteLife(_ watching: inout Watching) {
        if watching.hasElements { return }
        watching.hasElements = true
        shortWatches = 0
        expiredWatches = 0
        unavailable = nil
    }

    mutating func watchEnded(
        _ error: KubeError?, after lifetime: Duration, _ watching: Watching,
        using rng: inout some RandomNumberGenerator
    ) -> Action {
        // A refusal, or a connection that does not come about, is no sign of health however long it takes.
        let wasThere = watching.hasElements || error.map { $0.status == nil && !$0.neverArrived } ?? true
        let wasHealthy = wasThere && lifetime >= Self.healthyWatch
        if wasHealthy {
            watchBackoff.reset()
            shortWatches = 0
            unavailable = nil
        }
        guard let error else { return watchEndedCleanly(after: lifetime, watching, using: &rng) }
        if turnsOff(error) { return turnOff(.watch, error) }
        if error.isExpired {
            // A list "not older than" is cheap and mostly enough. When the watch after it is expired again, the list came
            // from a cache that is too far behind.
            expiredWatches += 1
            if expiredWatches > 1 {
                distrust = true
            } else if !watching.hasElements {
                // The server is there and has said what to do: how long it was away before must not delay that.
                watchBackoff.reset()
            }
            return pause(watchBackoff.next(using: &rng), .expired, then: .list)
        }
        // Without a version to go on from, deletions in between would go unseen.
        let next: Pause.Next = last == nil ? .list : .watch
        if error.isTooManyRequests { return pauseAfterWatchFailure(error, then: next, using: &rng) }
        if error.status == nil, error.code == .transport || error.code == .timeout || error.code == .cancelled {
            // The place in the history is still good, and a list would only add to the load.
            if wasHealthy { return pause(Self.spread(using: &rng), .spread(error), then: next) }
            return pauseAfterWatchFailure(error, then: next, using: &rng)
        }
        return pauseAfterWatchFailure(error, then: .list, using: &rng)
    }

    private mutating func watchEndedCleanly(
        after lifetime: Duration, _ watching: Watching, using rng: inout some RandomNumberGenerator
    ) -> Action {
        if lifetime < Self.shortWatch, !watching.hasElements {
            shortWatches += 1
            let wait = watchBackoff.next(using: &rng)
            // Where something in between ends every watch at once, lists in growing intervals still bring the news.
            let next: Pause.Next = shortWatches < Self.shortWatchesBeforeList && last != nil ? .watch : .list
            return pause(wait, .shortWatch(attempt: watchBackoff.attempts), then: next)
        }
        // Without a version to go on from, deletions in between would go unseen.
        if last == nil { return pause(watchBackoff.next(using: &rng), .spread(nil), then: .list) }
        if lifetime + Self.healthyWatch < watching.timeout {
            return pause(Self.spread(using: &rng), .spread(nil), then: .watch)
        }
        return watch(using: &rng)
    }

    private mutating func pauseAfterWatchFailure(
        _ error: KubeError, then next: Pause.Next, using rng: inout some RandomNumberGenerator
    ) -> Action {
        let wait = watchBackoff.next(atLeast: error.status?.retryAfterSeconds, using: &rng)
        return pause(wait, .failure(error, attempt: watchBackoff.attempts), then: next)
    }

    private static func spread(using rng: inout some RandomNumberGenerator) -> Duration {
        .seconds(1) * Double.random(in: 0..<1, using: &rng)
    }
}
