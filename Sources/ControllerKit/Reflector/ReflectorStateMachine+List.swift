import KubeClient

// Lists: which version, in pages or not, streamed or not. Source of the rules: the API concepts of Kubernetes,
// "resource versions", and what servers of different ages do with each combination.
extension ReflectorStateMachine {
    /// Begins a complete list: streamed when the server can, plain otherwise.
    mutating func list(using rng: inout some RandomNumberGenerator) -> Action {
        guard configuration.streamingList, !streamingRefused else { return plainList() }
        let timeout = Self.timeout(using: &rng)
        state = .streaming(Streaming(timeout: timeout))
        return .watch(WatchRequest(start: .initialEvents(notOlderThan: distrust ? nil : last), timeout: timeout))
    }

    mutating func plainList() -> Action {
        let consistency: ListOptions.Consistency
        if distrust {
            consistency = .mostRecent
        } else if let last {
            // Not older than what has been shown, so that nothing ever goes back in time.
            consistency = .notOlderThan(last)
        } else {
            // Whatever the answering server has at hand is good enough for the first look, and cheap.
            consistency = .any
        }
        return list(consistency, limit: limit(for: consistency))
    }

    private func limit(for consistency: ListOptions.Consistency) -> Int? {
        // Many servers take a page at a numeric version past their cache, to etcd; one large answer is cheaper for them.
        if case .notOlderThan = consistency, !preferPages { return nil }
        return configuration.pageSize
    }

    private mutating func list(_ consistency: ListOptions.Consistency, limit: Int?) -> Action {
        state = .listing(Listing(consistency: consistency, limit: limit))
        return .list(ListRequest(consistency: consistency, limit: limit))
    }

    mutating func pageEnded(
        _ metadata: ListMetadata, _ listing: Listing, using rng: inout some RandomNumberGenerator
    ) -> Action {
        if let token = metadata.continueToken, !token.isEmpty {
            if listing.page == 1, listing.consistency == .any, listing.limit != nil { preferPages = true }
            var listing = listing
            listing.page += 1
            state = .listing(listing)
            return .list(ListRequest(consistency: .mostRecent, limit: listing.limit, continueToken: token))
        }
        let version = usable(metadata.resourceVersion)
        state = .replacing(version)
        return .replace(version)
    }

    mutating func listFailed(
        _ error: KubeError, _ listing: Listing, using rng: inout some RandomNumberGenerator
    ) -> Action {
        if turnsOff(error) { return turnOff(.list, error) }
        if configuration.hasOptionalFieldSelector, last == nil, error.status?.code == 400 {
            guard fieldSelectorRefusal != nil else {
                fieldSelectorRefusal = error
                // That was the same refusal.
                streamingRefused = false
                return self.list(using: &rng)
            }
            // It was not the selector.
            fieldSelectorRefusal = nil
        }
        // The snapshot behind the pages is gone: everything at once, at the version that was asked for first.
        if listing.page > 1, error.isExpired { return list(listing.consistency, limit: nil) }
        if error.isExpired || error.isResourceVersionTooLarge, !distrust {
            distrust = true
            return plainList()
        }
        return pauseAfterListFailure(error, using: &rng)
    }

    /// A streaming list ended before it was complete; what it brought is not used.
    mutating func streamEnded(
        _ error: KubeError?, _ streaming: Streaming, using rng: inout some RandomNumberGenerator
    ) -> Action {
        guard let error, !streaming.isAbandoned else { return plainList() }
        if turnsOff(error) { return turnOff(.watch, error) }
        if error.isExpired || error.isResourceVersionTooLarge, !distrust {
            distrust = true
            return list(using: &rng)
        }
        if let status = error.status {
            switch status.code {
            case 401, 403, 404, 410, 429: return pauseAfterListFailure(error, using: &rng)
            case 400..<500:
                streamingRefused = true
                return plainList()
            default: return plainList()
            }
        }
        switch error.code {
        case .timeout, .decoding: return plainList()
        default:
            if streaming.elements > 0 { return plainList() }
            // Nobody there, most likely; but if it is streams alone that fail, a plain list must have its turn.
            streamFailures += 1
            if streamFailures < Self.streamFailuresBeforeList { return pauseAfterListFailure(error, using: &rng) }
            streamFailures = 0
            return plainList()
        }
    }

    private mutating func pauseAfterListFailure(
        _ error: KubeError, using rng: inout some RandomNumberGenerator
    ) -> Action {
        let wait = listBackoff.next(atLeast: error.status?.retryAfterSeconds, using: &rng)
        return pause(wait, .failure(error, attempt: listBackoff.attempts), then: .list)
    }

    /// Five to ten minutes, so that the watches of a cluster do not all reconnect at once.
    static func timeout(using rng: inout some RandomNumberGenerator) -> Duration {
        .seconds(300 + Int(Double.random(in: 0..<301, using: &rng)))
    }
}
