public import KubeClient

/// A filter on changes, as a value: combine with `&&`, `||` and `!`.
///
/// Called for every change, on the transport's thread: be quick, do not block.
public struct Predicate<Object: KubeObject>: Sendable {
    /// Whether the change is of interest.
    public let matches: @Sendable (Change<Object>) -> Bool

    /// Creates a predicate.
    public init(_ matches: @escaping @Sendable (Change<Object>) -> Bool) { self.matches = matches }

    /// Lets every change through.
    public static var always: Self { .init { _ in true } }

    /// Lets a change through when the object is new, gone, another one of the same name, or differs in `value`.
    public static func changed<Value: Equatable>(_ value: @escaping @Sendable (Object) -> Value) -> Self {
        .init { change in
            guard let old = change.old, let new = change.new else { return true }
            return old.uid != new.uid || value(old) != value(new)
        }
    }

    /// Lets a change through when the object, as it is or as it was last, satisfies `condition`.
    ///
    /// Both states are asked, so that an object that stops to qualify is seen once more.
    public static func object(_ condition: @escaping @Sendable (Object) -> Bool) -> Self {
        .init { change in change.new.map(condition) ?? false || change.old.map(condition) ?? false }
    }

    /// Both; the right side is asked only when the left one agrees.
    public static func && (lhs: Self, rhs: Self) -> Self { .init { lhs.matches($0) && rhs.matches($0) } }
    /// Either; the right side is asked only when the left one declines.
    public static func || (lhs: Self, rhs: Self) -> Self { .init { lhs.matches($0) || rhs.matches($0) } }
    /// The opposite.
    public static prefix func ! (predicate: Self) -> Self { .init { !predicate.matches($0) } }
}
