/// Typed verbs on one resource.
///
/// Safe to use from any task.
///
/// Every verb throws ``KubeError``: `.status` when the server refused, `.cancelled` when the task was cancelled,
/// `.transport` or `.timeout` when the server could not be reached in time.
public struct ResourceClient<Object: KubeObject>: Sendable {
    package let client: KubeClient
    /// The resource that the verbs act on.
    public let resource: APIResource

    private(set) var route: Route?

    init(client: KubeClient, resource: APIResource) {
        self.client = client
        self.resource = resource
    }

    /// How requests about single objects travel when not in the ordinary way.
    struct Route: Sendable {
        var channel: HTTPRequest.Channel
        var timeout: Duration
    }

    /// The same view whose requests about single objects use the connections of `channel`, are given up after `timeout`,
    /// and are never repeated: for a caller that has a schedule of its own.
    package func onChannel(_ channel: HTTPRequest.Channel, timeout: Duration) -> ResourceClient {
        var view = self
        view.route = Route(channel: channel, timeout: timeout)
        return view
    }

    // Half a minute is what the API server gives ordinary requests at most before it answers 504 itself.
    static var requestTimeout: Duration { .seconds(32) }
    // A list of 100 MB over a slow link takes longer than any ordinary request.
    static var listTimeout: Duration { .seconds(300) }
    // But not in silence: within a minute the API server begins to answer, or says that it cannot (504).
    static var listSilenceLimit: Duration { .seconds(90) }

    /// Reads one object.
    public func get(_ key: ObjectKey) async throws(KubeError) -> Object {
        let request = HTTPRequest(
            .get, try path(of: key), channel: route?.channel ?? .requests,
            timeout: route?.timeout ?? Self.requestTimeout)
        return try await read(
            request, .init("get", resource, key), retrying: route == nil, repeats: true, into: { ObjectBody($0) })
    }

    /// Reads one page, lending each item to `body` as it arrives, on the transport's thread; no page is held in memory.
    ///
    /// `body` must not block. After an error the items lent so far are of no use: the list was cut. Nothing is retried.
    public func list(
        in scope: Scope = .all, _ options: ListOptions = .init(), forEach body: @escaping @Sendable (Object) -> Void
    ) async throws(KubeError) -> ListMetadata {
        var request = HTTPRequest(
            .get, resource.path(in: scope), query: options.query, timeout: Self.listTimeout)
        request.silenceLimit = Self.listSilenceLimit
        return try await read(
            request, .init("list", resource, in: scope), shape: "PartialObjectMetadataList", retrying: false,
            into: { ListBody($0, body) })
    }

    /// Reads one page into memory.
    public func list(in scope: Scope = .all, _ options: ListOptions = .init()) async throws(KubeError) -> ListPage<
        Object
    > {
        let items = ItemCollector<Object>()
        let metadata = try await list(in: scope, options) { items.append($0) }
        return ListPage(items: items.take(), metadata: metadata)
    }

    /// Watches until the server ends the stream, calling `body` for each event in order, on the transport's thread.
    ///
    /// An `ERROR` event is thrown with its ``Status``. `body` must not block; when it throws, the watch ends and the
    /// error is rethrown. Nothing is retried: see `Informer` in ControllerKit for that.
    public func watch(
        in scope: Scope = .all, _ options: WatchOptions = .init(),
        onEvent body: @escaping @Sendable (WatchEvent<Object>) throws(KubeError) -> Void
    ) async throws(KubeError) {
        try await watch(in: scope, options) { (event, _) throws(KubeError) in try body(event) }
    }

    /// The same, with the size of each event as it was sent.
    func watch(
        in scope: Scope, _ options: WatchOptions,
        onFrame body: @escaping @Sendable (WatchEvent<Object>, Int) throws(KubeError) -> Void
    ) async throws(KubeError) {
        var request = HTTPRequest(
            .get, resource.path(in: scope), query: options.query, channel: .watches,
            // The server ends the stream; this only ends one whose peer has vanished without a word.
            timeout: options.timeout + .seconds(5))
        request.silenceLimit = options.silenceLimit
        try await read(
            request, .init("watch", resource, in: scope), retrying: false, into: { WatchBody($0, body) })
    }

    /// Creates an object from its JSON; `scope` says where for namespaced resources.
    @discardableResult
    public func create(_ body: [UInt8], in scope: Scope = .all, _ options: WriteOptions = .init())
        async throws(KubeError)
        -> Object
    {
        let request = write(.post, resource.path(in: scope), options, body: body)
        return try await client.exchange(
            request, .init("create", resource, in: scope), retrying: route == nil, into: ObjectBody())
    }

    /// Replaces an object by its JSON (PUT).
    @discardableResult
    public func replace(
        _ key: ObjectKey, with body: [UInt8], subresource: Subresource? = nil, _ options: WriteOptions = .init()
    ) async throws(KubeError) -> Object {
        let request = write(.put, try path(of: key, subresource: subresource), options, body: body)
        return try await client.exchange(
            request, .init("update", resource, key, subresource: subresource), retrying: route == nil,
            into: ObjectBody())
    }

    /// Patches an object.
    @discardableResult
    public func patch(
        _ key: ObjectKey, _ patch: Patch, subresource: Subresource? = nil, _ options: WriteOptions = .init()
    ) async throws(KubeError) -> Object {
        var request = write(
            .patch, try path(of: key, subresource: subresource), options, body: patch.body,
            contentType: patch.contentType)
        if case .apply(_, force: true) = patch { request.query.append(("force", "true")) }
        return try await client.exchange(
            request, .init("patch", resource, key, subresource: subresource), retrying: route == nil,
            into: ObjectBody())
    }

    /// Applies what `body` says of an object, and creates it if need be (server-side apply).
    ///
    /// `manager` owns the fields of `body` from then on; those that it owned before and leaves out now are removed. A field
    /// that another manager owns with another value is a conflict (409, its causes name the fields), unless `force` takes it over.
    @discardableResult
    public func apply(
        _ key: ObjectKey, _ body: [UInt8], manager: String, force: Bool = false, subresource: Subresource? = nil,
        _ options: WriteOptions = .init()
    ) async throws(KubeError) -> Object {
        var options = options
        options.fieldManager = manager
        return try await patch(key, .apply(body, force: force), subresource: subresource, options)
    }

    /// Deletes an object; returns when the server has accepted the deletion, which finalizers may delay.
    public func delete(_ key: ObjectKey, _ options: DeleteOptions = .init()) async throws(KubeError) {
        let request = write(.delete, try path(of: key), .init(), body: options.body)
        try await client.exchange(
            request, .init("delete", resource, key), retrying: route == nil, into: IgnoredBody())
    }

    /// The path of one object, or of a subresource of it.
    ///
    /// Without a name it would be that of the collection: a delete would take all of it.
    func path(of key: ObjectKey, subresource: Subresource? = nil) throws(KubeError) -> String {
        guard !key.name.isEmpty else {
            throw KubeError(
                .configuration, "\(resource.qualifiedName): the name of the object is empty; nothing was sent")
        }
        return resource.path(of: key, subresource: subresource)
    }

    func write(
        _ method: HTTPRequest.Method, _ path: String, _ options: WriteOptions, body: [UInt8]?,
        contentType: String = "application/json", accept: String? = nil
    ) -> HTTPRequest {
        HTTPRequest(
            method, path, query: options.query,
            headers: [accept.map { ("Accept", $0) } ?? self.accept, ("Content-Type", contentType)], body: body,
            channel: route?.channel ?? .requests, timeout: route?.timeout ?? Self.requestTimeout)
    }
}
