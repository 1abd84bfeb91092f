public import KubeClient

/// A filter on changes, as a value: combine with `&&`, `||` and `!`.
///
/// Called for every change, on the transport's thread: be quick, do not block.
public struct Predicate<Object: KubeObject>: Sendable {
    private enum Test: Sendable {
        case change(@Sendable (Change<Object>) -> Bool)
        /// Asked of each state for itself, so that combinations are asked of one state, too.
        case object(@Sendable (Object) -> Bool)
    }

    private let test: Test

    private init(_ test: Test) { self.test = test }

    /// Creates a predicate on changes.
    public init(_ matches: @escaping @Sendable (Change<Object>) -> Bool) { test = .change(matches) }

    /// Whether the change is of interest.
    public func matches(_ change: Change<Object>) -> Bool {
        switch test {
        case .change(let matches): matches(change)
        case .object(let matches): change.new.map(matches) ?? false || change.old.map(matches) ?? false
        }
    }

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
    /// Both states are asked, so that an object that stops to qualify is seen once more. Combinations of such predicates
    /// are of the same sort: `!` lets through what is or was not so, `&&` what is or was both at a time.
    public static func object(_ condition: @escaping @Sendable (Object) -> Bool) -> Self { .init(.object(condition)) }

    /// Both; the right side is asked only when the left one agrees.
    public static func && (lhs: Self, rhs: Self) -> Self {
        if case .object(let lhs) = lhs.test, case .object(let rhs) = rhs.test {
            return .object { lhs($0) && rhs($0) }
        }
        return .init { lhs.matches($0) && rhs.matches($0) }
    }

    /// Either; the right side is asked only when the left one declines.
    public static func || (lhs: Self, rhs: Self) -> Self {
        if case .object(let lhs) = lhs.test, case .object(let rhs) = rhs.test {
            return .object { lhs($0) || rhs($0) }
        }
        return .init { lhs.matches($0) || rhs.matches($0) }
    }

    /// The opposite.
    public static prefix func ! (predicate: Self) -> Self {
        switch predicate.test {
        case .object(let condition): .object { !condition($0) }
        case .change(let matches): .init { !matches($0) }
        }
    }
}

extension Predicate {
    /// Lets through objects that were not there before, also in the place of another one of the same name.
    public static var created: Self { .changed(\.uid) && .init { $0.new != nil } }

    /// Lets through objects that are gone, also when another one of the same name is in their place.
    public static var deleted: Self { .changed(\.uid) && .init { $0.old != nil } }

    /// Lets through everything that has another version than before.
    public static var resourceVersionChanged: Self { .changed(\.resourceVersion) }

    /// Lets through objects in these namespaces.
    public static func inNamespaces(_ namespaces: Set<String>) -> Self {
        .init { change in change.key.namespace.map(namespaces.contains) ?? false }
    }
}

extension Predicate where Object: HasGeneration {
    /// Lets a change of the desired state through, but none of status or metadata alone.
    ///
    /// Not for kinds without generations, such as ConfigMaps: all their updates look alike. Source: `metadata.generation`.
    public static var generationChanged: Self { .changed(\.generation) }
}

extension Predicate where Object: HasLabels {
    /// Lets a change of any label through.
    public static var labelsChanged: Self { .changed(\.labels) }

    /// Lets through objects that have or had the label, with this value if one is given.
    public static func labelled(_ name: String, _ value: String? = nil) -> Self {
        .object { object in object.labels[name].map { value == nil || $0 == value } ?? false }
    }
}

extension Predicate where Object: HasAnnotations {
    /// Lets a change of any annotation through.
    public static var annotationsChanged: Self { .changed(\.annotations) }

    /// Lets a change of one annotation through.
    public static func annotationChanged(_ name: String) -> Self { .changed { $0.annotations[name] } }

    /// Lets through objects that have or had the annotation, with this value if one is given.
    public static func annotated(_ name: String, _ value: String? = nil) -> Self {
        .object { object in object.annotations[name].map { value == nil || $0 == value } ?? false }
    }
}

extension Predicate where Object: HasFinalizers {
    /// Lets the moment through in which the deletion is asked for, besides new and gone objects.
    public static var deletionRequested: Self { .changed(\.isBeingDeleted) }
}
