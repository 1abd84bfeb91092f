import KubeClient

/// Everything that a watch stream needs from the moment of its request.
struct WatchPlan: Sendable {
    var kind: ResourceKind
    var filter: ObjectFilter
    var form: AnswerForm
    var attributes: RequestAttributes
    /// What exists, to be sent as `ADDED` before anything else.
    var initial: [StoredObject] = []
    /// The version of the bookmark that marks the end of ``initial``; nil for none.
    var initialBookmark: UInt64?
    /// Changes after this version follow.
    var position: UInt64
    var allowsBookmarks: Bool
    /// When the server ends the stream.
    var timeout: Duration
    /// Sent as an `ERROR` frame instead of anything else.
    var failure: APIFailure?
}

extension ServerState {
    /// GET of a collection with `watch`.
    mutating func watch(_ context: RequestContext) throws(APIFailure) -> ServerOutcome {
        let parameters = try ListParameters(context.request, isWatch: true)
        let filter = try ObjectFilter(context)
        let collection = collection(context.kind.collection)
        // Without a timeout the server takes a random one between one and two times 30 minutes.
        let timeout = parameters.timeout ?? .seconds(Int.random(in: 1800..<3600, using: &random))
        var plan = WatchPlan(
            kind: context.kind, filter: filter, form: context.form, attributes: context.attributes, position: version,
            allowsBookmarks: parameters.allowsBookmarks, timeout: timeout)
        let sendsInitialEvents = parameters.sendInitialEvents ?? ((parameters.version ?? 0) == 0)
        if sendsInitialEvents {
            if let wanted = parameters.version, wanted > version {
                guard context.hasWaited else { return .awaitVersion(wanted) }
                plan.failure = .resourceVersionTooLarge(requested: wanted, current: version)
                return .watch(plan)
            }
            plan.initial = collection.current.keys.compactMap { collection.current.objects[$0] }
                .filter { filter.matches($0) }
            if parameters.sendInitialEvents == true, parameters.allowsBookmarks { plan.initialBookmark = version }
        } else if let start = parameters.version, start > 0 {
            plan.position = start
            if start < collection.oldest {
                plan.failure = .expired("too old resource version: \(start) (\(collection.oldest))")
            }
        }
        return .watch(plan)
    }
}
