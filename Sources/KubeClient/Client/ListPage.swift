import Synchronization

/// What a list says about itself.
public struct ListMetadata: Hashable, Sendable {
    /// The version of the snapshot; a watch can start after it.
    public var resourceVersion: ResourceVersion
    /// Where the next page begins; nil when this was the last.
    public var continueToken: String?
    /// How many items are left, when the server says.
    public var remainingItemCount: Int?

    /// Creates list metadata.
    public init(resourceVersion: ResourceVersion, continueToken: String? = nil, remainingItemCount: Int? = nil) {
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
        self.remainingItemCount = remainingItemCount
    }
}

/// One page of a list in memory.
public struct ListPage<Object: KubeObject>: Sendable {
    /// The items in the server's order.
    public var items: [Object]
    /// What the list says about itself.
    public var metadata: ListMetadata

    /// Creates a page.
    public init(items: [Object], metadata: ListMetadata) {
        self.items = items
        self.metadata = metadata
    }
}

/// Items on their way from the transport's thread to a page.
final class ItemCollector<Object: KubeObject>: Sendable {
    private let items = Mutex<[Object]>([])

    func append(_ item: Object) { items.withLock { $0.append(item) } }
    func take() -> [Object] { items.withLock { exchange(&$0, with: []) } }
}
