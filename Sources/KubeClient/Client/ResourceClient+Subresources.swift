extension ResourceClient {
    /// Reads a subresource of an object in a shape of its own.
    public func get<Shape: KubeDecodable>(
        _ key: ObjectKey, _ subresource: Subresource, as shape: Shape.Type = Shape.self
    ) async throws(KubeError) -> Shape {
        let request = HTTPRequest(
            .get, try path(of: key, subresource: subresource), headers: [("Accept", "application/json")],
            channel: route?.channel ?? .requests, timeout: route?.timeout ?? Self.requestTimeout)
        return try await client.exchange(
            request, .init("get", resource, key, subresource: subresource), retrying: route == nil, into: ObjectBody())
    }

    /// Posts a document to a subresource of an object, such as a binding or a token request.
    public func create<Shape: KubeDecodable>(
        _ body: [UInt8], _ subresource: Subresource, of key: ObjectKey, as shape: Shape.Type = Shape.self,
        _ options: WriteOptions = .init()
    ) async throws(KubeError) -> Shape {
        let request = write(
            .post, try path(of: key, subresource: subresource), options, body: body, accept: "application/json")
        return try await client.exchange(
            request, .init("create", resource, key, subresource: subresource), retrying: route == nil,
            into: ObjectBody())
    }

    /// How many replicas an object has and shall have.
    ///
    /// Needs the right to `get` its subresource `scale` only.
    public func scale(_ key: ObjectKey) async throws(KubeError) -> Scale { try await get(key, .scale) }

    /// Sets how many replicas an object shall have.
    ///
    /// Needs the right to `patch` its subresource `scale` only.
    @discardableResult
    public func setScale(
        _ key: ObjectKey, to replicas: Int, _ options: WriteOptions = .init()
    ) async throws(KubeError) -> Scale {
        var writer = JSONWriter()
        writer.object { $0.object("spec") { $0.field("replicas", replicas) } }
        let request = write(
            .patch, try path(of: key, subresource: .scale), options, body: writer.bytes,
            contentType: "application/merge-patch+json", accept: "application/json")
        return try await client.exchange(
            request, .init("patch", resource, key, subresource: .scale), retrying: route == nil, into: ObjectBody())
    }

    /// Asks to have a pod deleted in a way that respects its disruption budgets.
    ///
    /// ``KubeError/isTooManyRequests``: a budget does not allow it now. That is for the caller to wait out, so nothing is
    /// repeated here.
    public func evict(_ key: ObjectKey, _ options: DeleteOptions = .init()) async throws(KubeError) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.field("apiVersion", "policy/v1")
            writer.field("kind", "Eviction")
            writer.object("metadata") { writer in
                writer.field("name", key.name)
                if let namespace = key.namespace { writer.field("namespace", namespace) }
            }
            if !options.areDefaults {
                writer.name("deleteOptions")
                writer.raw(options.body)
            }
        }
        let request = write(
            .post, try path(of: key, subresource: .eviction), .init(dryRun: options.dryRun), body: writer.bytes,
            accept: "application/json")
        try await client.exchange(
            request, .init("evict", resource, key), retrying: false, into: IgnoredBody())
    }
}

/// The subresource `scale` of an object.
///
/// Source: `autoscaling/v1 Scale`.
public struct Scale: KubeDecodable, Hashable {
    /// How many replicas there shall be.
    public var replicas = 0
    /// How many there were when the controller last looked.
    public var currentReplicas = 0
    /// Which pods they are, as a label selector.
    public var selector = ""

    /// Reads a `Scale`.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
            switch name {
            case "spec":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    if name == "replicas" { replicas = try reader.intOrNil() ?? 0 }
                }
            case "status":
                try reader.forEachFieldIfObject { (name, reader) throws(JSONError) in
                    switch name {
                    case "replicas": currentReplicas = try reader.intOrNil() ?? 0
                    case "selector": selector = try reader.stringOrEmpty()
                    default: break
                    }
                }
            default: break
            }
        }
    }
}
