import KubeClient

/// How recently an informer has heard from the server, and how recently it did anything.
public struct Freshness: Hashable, Sendable {
    /// The time since the last list, event or bookmark; nil before the first.
    ///
    /// API servers send a bookmark about every minute. After a longer silence the store may be behind.
    public var sinceContact: Duration?
    /// The time since a request or a pause last began or ended, or something was heard; nil while the informer does not run.
    ///
    /// During an outage this stays below three minutes, because the informer keeps trying.
    public var sinceActivity: Duration?

    /// Creates a value.
    public init(sinceContact: Duration? = nil, sinceActivity: Duration? = nil) {
        self.sinceContact = sinceContact
        self.sinceActivity = sinceActivity
    }

    /// Longer than any watch, pause or time-out: 10 minutes of watch, and a half as much again.
    public static let wedged = Duration.seconds(900)
}

extension Informer {
    /// Asks whether the informer is stuck: it runs, and for `limit` nothing has begun, ended or come in.
    ///
    /// Made for liveness: an outage of the server does not make it unhealthy, because a restart would not help. A
    /// ``ControllerManager`` has one for each of its informers.
    public func livenessCheck(_ name: String? = nil, limit: Duration = Freshness.wedged) -> HealthCheck {
        let resource = resource.qualifiedName
        return HealthCheck(name ?? "informer-\(resource)") { [self] in
            guard let idle = freshness.sinceActivity, idle > limit else { return .healthy }
            return .unhealthy("the watch of \(resource) has been stuck for \(idle.components.seconds) s")
        }
    }

    /// Asks whether the server was heard from within `limit`.
    ///
    /// For those who must not act on old state, and for alerts. Bookmarks come about every minute, so three minutes are a
    /// sensible limit; a kind that is off counts as fresh.
    public func freshnessCheck(_ name: String? = nil, limit: Duration) -> HealthCheck {
        let resource = resource.qualifiedName
        return HealthCheck(name ?? "informer-\(resource)") { [self] in
            switch state {
            case .unavailable: return .healthy
            case .starting: return .unhealthy("\(resource) not listed yet")
            case .synced:
                guard let silence = freshness.sinceContact, silence > limit else { return .healthy }
                return .unhealthy("nothing was heard of \(resource) for \(silence.components.seconds) s")
            }
        }
    }
}
