/// What a reconciler asks for after success.
public enum Outcome: Hashable, Sendable {
    /// Nothing until the next change.
    case done
    /// Another look after this time, or at the next change, whichever comes first.
    case again(after: Duration)
}
