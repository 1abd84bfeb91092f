package import KubeClient

/// Decides what a reflector does next: list, watch, wait, or take a list over.
///
/// A value without time, sockets or objects. The shell performs one ``Action`` at a time and reports how it went as an
/// ``Event``; what a watch delivers is reported as an ``Element``. Every event is legal in every state: one that does not
/// fit begins again with a list, which is always right.
///
/// The one thing it keeps is `last`, the newest version that everything up to which is in the store; it is moved only after
/// the store was, so a watch can always go on from there.
package struct ReflectorStateMachine: Sendable {
    /// What does not change during the life of a reflector.
    package struct Configuration: Sendable {
        /// Items per page where paging is wise; nil never pages.
        package var pageSize: Int?
        /// Whether to ask for streaming lists.
        package var streamingList: Bool
        /// Whether 403 and 404 turn the kind off instead of being failures.
        package var isOptional: Bool
        /// Whether the server is not expected to have the kind.
        package var mayBeMissing: Bool
        /// Whether there is a field selector that is left out when the server refuses it.
        package var hasOptionalFieldSelector: Bool

        package init(
            pageSize: Int? = 500, streamingList: Bool = false, isOptional: Bool = false, mayBeMissing: Bool = false,
            hasOptionalFieldSelector: Bool = false
        ) {
            self.hasOptionalFieldSelector = hasOptionalFieldSelector
            self.pageSize = pageSize
            self.streamingList = streamingList
            self.isOptional = isOptional
            self.mayBeMissing = mayBeMissing
        }
    }

    /// What happened.
    package enum Event: Sendable {
        /// The shell is ready.
        case start
        /// A page of the list ended; its items are staged.
        case page(ListMetadata)
        /// The list failed.
        case listFailed(KubeError)
        /// The store has taken a list over and every observer has seen it.
        case replaced
        /// The watch ended: cleanly, or with an error; `after` is the time since the request was sent, or since the
        /// streaming list was complete.
        case watchEnded(KubeError?, after: Duration)
        /// The pause is over.
        case resumed
    }

    /// What to do next.
    package enum Action: Sendable {
        /// Read one page and stage its items.
        case list(ListRequest)
        /// Swap what is staged into the store, as the state of this version (nil when the server gave none).
        case replace(ResourceVersion?)
        /// Watch until the stream ends.
        case watch(WatchRequest)
        /// Wait.
        case pause(Pause)
    }

    /// One page.
    package struct ListRequest: Hashable, Sendable {
        /// How fresh; of no effect with a continue token.
        package var consistency: ListOptions.Consistency
        /// At most so many items.
        package var limit: Int?
        /// Where the last page ended; nil for the first, before which everything staged is dropped.
        package var continueToken: String?
    }

    /// One watch.
    package struct WatchRequest: Hashable, Sendable {
        /// Where it begins; with initial events everything staged is dropped first.
        package var start: WatchOptions.Start
        /// After how long the server ends it.
        package var timeout: Duration
    }

    /// A wait, and why.
    package struct Pause: Sendable {
        /// Why there is a wait.
        package enum Reason: Sendable {
            /// Something failed for the n-th time in a row.
            case failure(KubeError, attempt: Int)
            /// A watch ended at once without having said anything, for the n-th time in a row.
            case shortWatch(attempt: Int)
            /// The version to go on from is gone; a list follows.
            case expired
            /// A watch ended early, as others did probably; a random wait keeps them from coming back together.
            case spread(KubeError?)
            /// The kind is refused or does not exist; `isNews` the first time.
            case unavailable(KubeError, isNews: Bool)
        }
        /// What follows.
        package enum Next: Hashable, Sendable { case list, watch }

        package var duration: Duration
        package var reason: Reason
        package var next: Next
    }

    /// What a watch delivered.
    package enum Element: Hashable, Sendable {
        package enum Kind: Hashable, Sendable { case added, modified, deleted }
        /// An object, at its version.
        case object(Kind, ResourceVersion)
        /// Nothing but a version.
        case bookmark(ResourceVersion, endsInitialEvents: Bool)
        /// The store has taken over the streaming list, and every observer has seen it.
        case replaced
        /// Ten seconds passed while a streaming list is not complete.
        case tick
    }

    /// What to do with an element.
    package enum ElementAction: Hashable, Sendable {
        /// Put the object into what is staged, or take it out when it was deleted.
        case stage
        /// Put the object into the store, or take it out; the store then is the state of the version.
        case apply(ResourceVersion?)
        /// The store is the state of this version.
        case advance(ResourceVersion)
        /// Swap what is staged into the store, then report ``Element/replaced``.
        case replace(ResourceVersion?)
        /// End the watch: nothing comes.
        case abandon
        /// Nothing.
        case ignore
    }

    enum State: Sendable {
        case idle
        case listing(Listing)
        case replacing(ResourceVersion?)
        case streaming(Streaming)
        /// Inside a watch: the shell is swapping the streamed list into the store.
        case replacingStreamed(ResourceVersion?, timeout: Duration)
        case watching(Watching)
        case paused(Pause.Next)
    }

    struct Listing: Sendable {
        /// What was asked for with the first page.
        var consistency: ListOptions.Consistency
        var limit: Int?
        var page = 1
    }

    struct Streaming: Sendable {
        var timeout: Duration
        var elements = 0
        var elementsAtTick = 0
        var silentTicks = 0
        var isAbandoned = false
    }

    struct Watching: Sendable {
        var timeout: Duration
        var hasElements = false
        /// Started without a version: what exists comes first, as ADDED, in any order of versions.
        var isSynthetic: Bool
    }

    /// The time after which a watch is evidence of health, so that failures before it are forgotten.
    package static let healthyWatch = Duration.seconds(5)
    /// A watch that ends sooner without any element is a failure: something between here and the server kills watches.
    package static let shortWatch = Duration.seconds(1)
    /// After so many short watches in a row, lists must do.
    package static let shortWatchesBeforeList = 3
    /// After so many connections lost in a row without any element, a streaming list is given up for a plain one.
    package static let streamFailuresBeforeList = 3
    /// After so many ticks without an element, a streaming list is given up for a plain one.
    package static let silentTicksBeforeList = 3
    /// After so long without a sign of the server on any watch of the client, a watch counts as lost.
    ///
    /// Servers send each watch a bookmark about every minute. With one that does not, the price is a new watch.
    package static let silenceLimit = Duration.seconds(150)
    /// How long a kind that is off is left alone.
    package static let unavailableRetry = Duration.seconds(60)
    /// How long a kind is left alone that the server is not expected to have, and does not have.
    package static let missingRetry = Duration.seconds(600)

    let configuration: Configuration
    var state = State.idle
    /// The newest version that a watch may go on from, and that a list must not be older than.
    package internal(set) var last: ResourceVersion?
    /// The last list or watch at `last` was answered "expired" or "too large": ask for the most recent state instead.
    var distrust = false
    /// The first list came in pages although any state would do, so the server has no watch cache: keep paging.
    var preferPages = false
    /// The server does not know streaming lists.
    var streamingRefused = false
    /// Why the field selector is left out.
    package internal(set) var fieldSelectorRefusal: KubeError?
    var streamFailures = 0
    var shortWatches = 0
    var expiredWatches = 0
    /// Which verb turned the kind off.
    var unavailable: Pause.Next?
    // Two, because a list that works says nothing about the watches that keep failing after it.
    var listBackoff = ReflectorBackoff()
    var watchBackoff = ReflectorBackoff()

    package init(_ configuration: Configuration) { self.configuration = configuration }

    /// Whether the kind is off.
    package var isUnavailable: Bool { unavailable != nil }

    /// Whether a streaming list is under way.
    package var isStreaming: Bool {
        if case .streaming = state { true } else { false }
    }

    /// Moves on after what happened; says what to do next.
    package mutating func received(_ event: Event, using rng: inout some RandomNumberGenerator) -> Action {
        switch (event, state) {
        case (.start, .idle): return list(using: &rng)
        case (.page(let metadata), .listing(let listing)): return pageEnded(metadata, listing, using: &rng)
        case (.listFailed(let error), .listing(let listing)): return listFailed(error, listing, using: &rng)
        case (.replaced, .replacing(let version)):
            replaced(at: version)
            if unavailable == .list { unavailable = nil }
            return watch(using: &rng)
        case (.watchEnded(let error, _), .streaming(let streaming)):
            return streamEnded(error, streaming, using: &rng)
        case (.watchEnded(let error, let lifetime), .watching(let watching)):
            return watchEnded(error, after: lifetime, watching, using: &rng)
        case (.resumed, .paused(.watch)): return watch(using: &rng)
        case (.resumed, .paused(.list)): return list(using: &rng)
        default: return list(using: &rng)
        }
    }

    mutating func replaced(at version: ResourceVersion?) {
        last = version
        distrust = false
        streamFailures = 0
        listBackoff.reset()
    }

    mutating func pause(
        _ duration: Duration, _ reason: Pause.Reason, then next: Pause.Next
    ) -> Action {
        state = .paused(next)
        return .pause(Pause(duration: duration, reason: reason, next: next))
    }

    mutating func turnOff(_ verb: Pause.Next, _ error: KubeError) -> Action {
        let isNews = unavailable == nil
        unavailable = verb
        let isMissing = error.isNotFound && configuration.mayBeMissing
        return pause(
            isMissing ? Self.missingRetry : Self.unavailableRetry, .unavailable(error, isNews: isNews), then: .list)
    }

    func turnsOff(_ error: KubeError) -> Bool {
        configuration.isOptional && (error.isForbidden || error.isNotFound)
    }

    /// The version as one to go on from; an empty one or "0" is none.
    func usable(_ version: ResourceVersion) -> ResourceVersion? {
        version.rawValue.isEmpty || version == .any ? nil : version
    }
}
