/// How a controller works.
public struct ControllerOptions: Sendable {
    /// How many keys are reconciled at the same time; at least 1.
    public var concurrency: Int
    /// After which time a reconcile is cancelled and counts as failed; nil for no limit.
    public var reconcileTimeout: Duration?

    /// Creates options; the defaults are those of controller-runtime: one at a time, no limit.
    public init(concurrency: Int = 1, reconcileTimeout: Duration? = nil) {
        self.concurrency = concurrency
        self.reconcileTimeout = reconcileTimeout
    }
}
