package import KubeClient

/// The times of a leader election.
///
/// A leader stops ``renewDeadline`` after the start of its last successful renewal; a candidate takes over ``leaseDuration``
/// after it has seen that renewal. Their quotient is how much faster a candidate's clock may run than the leader's.
public struct LeaderElectionOptions: Hashable, Sendable {
    /// For how long candidates respect a record that does not change; written into the Lease in whole seconds.
    public var leaseDuration: Duration
    /// How long a leader leads without having renewed the lease.
    public var renewDeadline: Duration
    /// How long a leader waits between renewals; candidates look at the lease after 1 to 2.2 times this.
    public var retryPeriod: Duration

    // By this a candidate's wait varies, so that many do not ask at the same moment.
    static var jitter: Double { 1.2 }

    /// Creates options; the defaults are those of client-go's users: 15, 10 and 2 seconds.
    public init(
        leaseDuration: Duration = .seconds(15), renewDeadline: Duration = .seconds(10),
        retryPeriod: Duration = .seconds(2)
    ) {
        self.leaseDuration = leaseDuration
        self.renewDeadline = renewDeadline
        self.retryPeriod = retryPeriod
    }

    /// The duration in the Lease.
    package var leaseDurationSeconds: Int {
        let (seconds, rest) = leaseDuration.components
        return Int(seconds) + (rest > 0 ? 1 : 0)
    }

    // Two tries fit into the deadline, and none takes longer than the whole schedule.
    var requestTimeout: Duration { renewDeadline / 2 }

    /// Throws unless leaseDuration > renewDeadline > retryPeriod × 1.2 > 0.
    package func validate() throws(KubeError) {
        func invalid(_ reason: String) -> KubeError { KubeError(.configuration, "leader election: \(reason)") }
        guard retryPeriod > .zero else { throw invalid("the retry period must be longer than 0 s") }
        guard renewDeadline > retryPeriod * Self.jitter else {
            throw invalid(
                "the renew deadline of \(renewDeadline.seconds) s must be longer than \(Self.jitter) × the retry period of \(retryPeriod.seconds) s"
            )
        }
        guard leaseDuration > renewDeadline else {
            throw invalid(
                "the lease duration of \(leaseDuration.seconds) s must be longer than the renew deadline of \(renewDeadline.seconds) s"
            )
        }
        guard leaseDuration >= .seconds(1) else { throw invalid("the lease duration must be 1 s or longer") }
    }
}
