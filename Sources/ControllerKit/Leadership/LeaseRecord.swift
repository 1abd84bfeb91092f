/// Who leads, as the Lease says it: the contents of `coordination.k8s.io/v1 LeaseSpec`.
///
/// The times are text, kept as they came: they are for people, and compared only to notice that the record changed.
public struct LeaseRecord: Hashable, Sendable {
    /// The leader; empty when the lease was released or never held.
    public var holderIdentity: String
    /// For how long a candidate that sees this record has to respect it; nil when the record does not say.
    public var leaseDurationSeconds: Int?
    /// When the holder took the lease, as a `MicroTime`.
    public var acquireTime: String?
    /// When the holder renewed the lease last, as a `MicroTime`.
    public var renewTime: String?
    /// How often the lease went from one holder to another.
    public var leaseTransitions: Int

    /// Creates a record; the default is that of a Lease without spec.
    public init(
        holderIdentity: String = "", leaseDurationSeconds: Int? = nil, acquireTime: String? = nil,
        renewTime: String? = nil, leaseTransitions: Int = 0
    ) {
        self.holderIdentity = holderIdentity
        self.leaseDurationSeconds = leaseDurationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.leaseTransitions = leaseTransitions
    }
}
