public import KubeClient

/// What ``KubeClient/ResourceClient/createOrPatch(_:subresource:_:attempts:clock:change:)`` did.
public enum WriteResult: Hashable, Sendable {
    /// The object did not exist.
    case created
    /// The object was different.
    case patched
    /// The object was as it should be; nothing was sent.
    case unchanged
}

extension ResourceClient {
    /// Makes an object be as `change` wants it: reads it, lets `change` edit the document, and sends what is different.
    ///
    /// An object that does not exist is created from `apiVersion`, `kind`, name and namespace and what `change` adds. What
    /// `change` does not touch is left alone; lists are replaced whole. The patch carries the version that was read:
    /// when somebody else was faster, everything is done again, `change` included, so it must not depend on being called
    /// once. An object that is unchanged costs one GET.
    ///
    /// - Parameters:
    ///   - key: Which object.
    ///   - subresource: The part to patch, such as `status`; the object must exist then.
    ///   - options: Options of the write.
    ///   - attempts: How many conflicts in a row to put up with, the first try included.
    ///   - clock: The clock of the short pauses between tries.
    ///   - change: Edits the document.
    /// - Returns: The object as the server has it now, and what was done.
    @discardableResult
    public func createOrPatch(
        _ key: ObjectKey, subresource: Subresource? = nil, _ options: WriteOptions = .init(), attempts: Int = 5,
        clock: any Clock<Duration> = ContinuousClock(), change: (inout JSONValue) throws -> Void
    ) async throws -> (object: Object, result: WriteResult) {
        let documents = client.resource(resource, as: UnstructuredObject.self)
        return try await retryingConflicts(attempts: attempts, clock: clock) {
            let current: UnstructuredObject
            do {
                current = try await documents.get(key)
            } catch let error as KubeError where error.isNotFound && subresource == nil {
                var body = skeleton(key)
                try change(&body)
                return (try await create(body.bytes, in: key.scope, options), .created)
            }
            let before = current.value
            var after = before
            try change(&after)
            guard var patch = MergePatch.difference(from: before, to: after) else {
                return (try current.decoded(), .unchanged)
            }
            var metadata = patch["metadata"] ?? .object([:])
            metadata["resourceVersion"] = .string(current.resourceVersion.rawValue)
            patch["metadata"] = metadata
            return (try await self.patch(key, .merge(patch.bytes), subresource: subresource, options), .patched)
        }
    }

    private func skeleton(_ key: ObjectKey) -> JSONValue {
        var metadata: JSONValue = ["name": .string(key.name)]
        if let namespace = key.namespace { metadata["namespace"] = .string(namespace) }
        return ["apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind), "metadata": metadata]
    }

    /// Declares the fields of an object that are this program's: server-side apply.
    ///
    /// The object is created if need be. Fields that `manager` applied before and that are no longer in `body` are removed;
    /// those of others stay. Source: server-side apply.
    ///
    /// - Parameters:
    ///   - key: Which object.
    ///   - body: The fields, with `apiVersion` and `kind`.
    ///   - manager: Who declares them; the same name every time.
    ///   - force: Takes fields over that others have set otherwise; without it that is a conflict (409).
    ///   - subresource: The part to apply to, such as `status`.
    @discardableResult
    public func apply(
        _ key: ObjectKey, _ body: JSONValue, as manager: String, force: Bool = false,
        subresource: Subresource? = nil
    ) async throws(KubeError) -> Object {
        try await patch(
            key, .apply(body.bytes, force: force), subresource: subresource, WriteOptions(fieldManager: manager))
    }
}

/// Does something again that fails because an object was changed or created meanwhile.
///
/// Reads what is to be written inside `body`, or it fails for ever. Pauses 10 ms, a little more by chance, between tries;
/// the error of the last one is thrown.
public func retryingConflicts<Result>(
    attempts: Int = 5, clock: any Clock<Duration> = ContinuousClock(), _ body: () async throws -> Result
) async throws -> Result {
    var attempt = 1
    while true {
        do {
            return try await body()
        } catch let error as KubeError where (error.isConflict || error.isAlreadyExists) && attempt < attempts {
            attempt += 1
            try await clock.sleep(for: .milliseconds(10) * Double.random(in: 1..<1.1))
        }
    }
}
