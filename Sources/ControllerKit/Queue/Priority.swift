/// How urgent a key is; higher runs first, ties are first in, first out.
///
/// Work that can wait, such as the first look at every object after a start, is ``low``, so that a change that somebody
/// just made is not behind it. See ``WorkQueue`` for what keeps low priorities from starving.
public struct Priority: RawRepresentable, Comparable, Hashable, Sendable {
    /// The urgency; any integer, 0 is normal.
    public var rawValue: Int

    /// Creates a priority.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Ahead of what is normal: 100.
    public static let high = Priority(rawValue: 100)
    /// What changes have: 0.
    public static let normal = Priority(rawValue: 0)
    /// For work that nobody waits for: -100.
    public static let low = Priority(rawValue: -100)

    /// Whether `lhs` is less urgent than `rhs`.
    public static func < (lhs: Priority, rhs: Priority) -> Bool { lhs.rawValue < rhs.rawValue }
}
