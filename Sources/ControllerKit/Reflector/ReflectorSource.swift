package import KubeClient

/// The two requests that a reflector makes; a ``ResourceClient`` in production.
package struct ReflectorSource<Object: KubeObject>: Sendable {
    /// Reads one page, lending each item as it arrives.
    package let list:
        @Sendable (ListOptions, _ body: @escaping @Sendable (Object) -> Void) async throws(KubeError) -> ListMetadata
    /// Watches until the stream ends, lending each event as it arrives.
    package let watch:
        @Sendable (WatchOptions, _ body: @escaping @Sendable (WatchEvent<Object>) throws(KubeError) -> Void)
            async throws(KubeError) -> Void

    package init(
        list:
            @escaping @Sendable (ListOptions, @escaping @Sendable (Object) -> Void) async throws(KubeError) ->
            ListMetadata,
        watch:
            @escaping @Sendable (WatchOptions, @escaping @Sendable (WatchEvent<Object>) throws(KubeError) -> Void)
            async throws(KubeError) -> Void
    ) {
        self.list = list
        self.watch = watch
    }

    init(_ client: ResourceClient<Object>, in scope: Scope) {
        self.init(
            list: { options, body async throws(KubeError) -> ListMetadata in
                try await client.list(in: scope, options, forEach: body)
            },
            watch: { options, body async throws(KubeError) -> Void in
                try await client.watch(in: scope, options, onEvent: body)
            })
    }
}
