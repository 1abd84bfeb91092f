/// Typed verbs on one resource. Safe to use from any task.
public struct ResourceClient<Object: KubeObject>: Sendable {
    let client: KubeClient
    /// The resource that the verbs act on.
    public let resource: APIResource

    init(client: KubeClient, resource: APIResource) {
        self.client = client
        self.resource = resource
    }

    /// Reads one object.
    public func get(_ key: ObjectKey) async throws(KubeError) -> Object { throw KubeError(.decoding, "stub") }

    /// Reads one page, lending each item to `body` as it arrives, on the transport's thread; no page is held in memory.
    public func list(
        in scope: Scope = .all, _ options: ListOptions = .init(), forEach body: @escaping @Sendable (Object) -> Void
    ) async throws(KubeError) -> ListMetadata { throw KubeError(.decoding, "stub") }

    /// Reads one page into memory.
    public func list(in scope: Scope = .all, _ options: ListOptions = .init()) async throws(KubeError) -> ListPage<Object> {
        throw KubeError(.decoding, "stub")
    }

    /// Watches until the server ends the stream, calling `body` for each event in order, on the transport's thread.
    ///
    /// An `ERROR` event is thrown with its ``Status``. `body` must not block; when it throws, the watch ends and the
    /// error is rethrown.
    public func watch(
        in scope: Scope = .all, _ options: WatchOptions = .init(),
        onEvent body: @escaping @Sendable (WatchEvent<Object>) throws(KubeError) -> Void
    ) async throws(KubeError) { throw KubeError(.decoding, "stub") }

    /// Creates an object from its JSON; `scope` says where for namespaced resources.
    @discardableResult
    public func create(_ body: [UInt8], in scope: Scope = .all, _ options: WriteOptions = .init()) async throws(KubeError)
        -> Object
    { throw KubeError(.decoding, "stub") }

    /// Replaces an object by its JSON (PUT).
    @discardableResult
    public func replace(
        _ key: ObjectKey, with body: [UInt8], subresource: Subresource? = nil, _ options: WriteOptions = .init()
    ) async throws(KubeError) -> Object { throw KubeError(.decoding, "stub") }

    /// Patches an object.
    @discardableResult
    public func patch(
        _ key: ObjectKey, _ patch: Patch, subresource: Subresource? = nil, _ options: WriteOptions = .init()
    ) async throws(KubeError) -> Object { throw KubeError(.decoding, "stub") }

    /// Deletes an object.
    public func delete(_ key: ObjectKey, _ options: DeleteOptions = .init()) async throws(KubeError) {}
}

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
