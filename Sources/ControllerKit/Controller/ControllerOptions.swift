/// How a controller works.
public struct ControllerOptions: Sendable {
    /// How many keys are reconciled at the same time; at least 1.
    public var concurrency: Int
    /// After which time a reconcile is cancelled and counts as failed; nil for no limit.
    public var reconcileTimeout: Duration?
    /// Whether it runs only while the process leads, when its manager has a ``LeaderElector``.
    ///
    /// Keys are queued all the time: what changed while another process led is looked at after the takeover.
    public var needsLeadership: Bool
    /// How long a key waits for a cache to show what was written for it (``ReconcileContext/wrote(_:to:)``); zero for
    /// not at all.
    public var ownWritePatience: Duration

    /// Creates options; the defaults are those of controller-runtime: one at a time, no limit, only while leading.
    public init(
        concurrency: Int = 1, reconcileTimeout: Duration? = nil, needsLeadership: Bool = true,
        ownWritePatience: Duration = .seconds(5)
    ) {
        self.concurrency = concurrency
        self.reconcileTimeout = reconcileTimeout
        self.needsLeadership = needsLeadership
        self.ownWritePatience = ownWritePatience
    }
}
