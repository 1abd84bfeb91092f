public import Logging

/// Talks to one API server; a copyable handle, all state is shared inside. Safe to use from any task.
public struct KubeClient: Sendable {
    let transport: any Transport
    let logger: Logger

    /// Creates a client over a transport; ``init(configuration:logger:)`` makes the usual one.
    public init(transport: any Transport, logger: Logger) {
        self.transport = transport
        self.logger = logger
    }

    /// A view of one resource with `Object` as its Swift shape.
    public func resource<Object: KubeObject>(
        _ resource: APIResource, as type: Object.Type = Object.self
    ) -> ResourceClient<Object> { ResourceClient(client: self, resource: resource) }

    /// A view of the resource that `Object` is bound to.
    public func resource<Object: StaticResource>(_ type: Object.Type) -> ResourceClient<Object> {
        resource(Object.apiResource, as: type)
    }
}
