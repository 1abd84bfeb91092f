public import KubeClient

/// A named function from an object to the values that it can be found by.
///
/// The function must be pure: it is asked again for the old state of an object when that object leaves the store. Equal
/// values of one object count once; no values means that the object is not in the index. Names are unique for an
/// informer.
public struct Index<Object: KubeObject, Value: Hashable & Sendable>: Sendable {
    /// What tells the index apart from others of the same informer.
    public let name: StaticString
    /// The values that an object is found by.
    public let values: @Sendable (Object) -> [Value]

    /// Creates an index; ``Informer/index(_:)`` puts it to use.
    public init(_ name: StaticString, _ values: @escaping @Sendable (Object) -> [Value]) {
        self.name = name
        self.values = values
    }
}
