extension ResourceClient {
    /// The pages of a list, read one after the other as they are asked for; no more than one is in memory.
    ///
    /// All pages are of the same snapshot. When the server no longer has it (``KubeError/isExpired``), which takes minutes,
    /// the iterator throws, and the caller begins again.
    public func listPages(in scope: Scope = .all, _ options: ListOptions = .init(limit: 500)) -> ListPages<Object> {
        ListPages(client: self, scope: scope, options: options)
    }

    /// Deletes the objects that match the selectors of `selection`; its other members mean nothing here.
    ///
    /// `scope` has no default: without selectors everything in it goes. Returns when the server has accepted the deletions.
    public func deleteCollection(
        in scope: Scope, _ selection: ListOptions, _ options: DeleteOptions = .init()
    ) async throws(KubeError) {
        var request = write(.delete, resource.path(in: scope), .init(), body: options.body)
        request.query +=
            ListOptions(labelSelector: selection.labelSelector, fieldSelector: selection.fieldSelector).query
        request.timeout = Self.listTimeout
        try await client.exchange(
            request, .init("delete all", resource, in: scope), retrying: route == nil, into: IgnoredBody())
    }
}

/// The pages of a list; see ``ResourceClient/listPages(in:_:)``.
public struct ListPages<Object: KubeObject>: AsyncSequence, Sendable {
    let client: ResourceClient<Object>
    let scope: Scope
    let options: ListOptions

    /// Begins with the first page.
    public func makeAsyncIterator() -> Iterator { Iterator(client: client, scope: scope, options: options) }

    /// Reads page after page.
    public struct Iterator: AsyncIteratorProtocol {
        let client: ResourceClient<Object>
        let scope: Scope
        var options: ListOptions
        private var isAtEnd = false

        init(client: ResourceClient<Object>, scope: Scope, options: ListOptions) {
            self.client = client
            self.scope = scope
            self.options = options
        }

        /// Reads the next page; nil after the last.
        public mutating func next() async throws(KubeError) -> ListPage<Object>? {
            try await next(isolation: nil)
        }

        /// Reads the next page; nil after the last.
        public mutating func next(isolation: isolated (any Actor)?) async throws(KubeError) -> ListPage<Object>? {
            guard !isAtEnd else { return nil }
            let page = try await client.list(in: scope, options)
            options.continueToken = page.metadata.continueToken
            isAtEnd = options.continueToken == nil
            return page
        }
    }
}
