/// Wraps an error that trying again cannot mend: the key rests until its next change.
public struct TerminalError: Error, CustomStringConvertible {
    /// What went wrong.
    public var underlying: any Error

    /// Wraps `underlying`.
    public init(_ underlying: any Error) { self.underlying = underlying }

    /// The description of the wrapped error.
    public var description: String { "\(underlying)" }
}
