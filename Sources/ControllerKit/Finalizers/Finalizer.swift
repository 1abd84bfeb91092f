public import KubeClient

/// Sees to it that what a reconciler made outside of the object is cleaned up before the object goes.
///
/// ```swift
/// let guarding = Finalizer("example.com/bucket", sites, in: informer.store)
/// func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
///     guard let site = sites[key] else { return .done }
///     return try await guarding.reconcile(site, context) {
///         try await createBucket(site)
///         return .done
///     } cleanUp: {
///         try await deleteBucket(site)
///         return .done
///     }
/// }
/// ```
///
/// Nothing is applied before the finalizer is on the object, so a crash at any moment leaves nothing behind. The patches
/// test that the list of finalizers and the incarnation are those that were seen: when somebody else has changed them
/// the server refuses (422), and the key is tried again. Source: `metadata.finalizers`.
public struct Finalizer<Object: HasFinalizers>: Sendable {
    /// The entry in the list: a domain, a slash and a word.
    public let name: String
    private let api: ResourceClient<Object>
    private let store: Store<Object>?

    /// Creates a guard.
    ///
    /// - Parameters:
    ///   - name: The entry in the list: a domain, a slash and a word.
    ///   - api: Where the objects are patched.
    ///   - store: Where the reconciler reads the objects from, so that it sees its own patches.
    public init(_ name: String, _ api: ResourceClient<Object>, in store: Store<Object>? = nil) {
        self.name = name
        self.api = api
        self.store = store
    }

    /// Does what is to be done with the object now.
    ///
    /// | the object | then |
    /// |---|---|
    /// | lives, without the finalizer | the finalizer is added, and the key comes back, whatever the controller watches for |
    /// | lives, with it | `apply` |
    /// | is being deleted, with it | `cleanUp`; when that is `.done`, the finalizer is removed |
    /// | is being deleted, without it | nothing: others are not ready yet |
    public func reconcile(
        _ object: Object, _ context: ReconcileContext, apply: () async throws -> Outcome,
        cleanUp: () async throws -> Outcome
    ) async throws -> Outcome {
        let position = object.finalizers.firstIndex(of: name)
        switch (object.isBeingDeleted, position) {
        case (false, nil):
            try await patch(object, addition(to: object), context)
            // A cache that is waited for needs no time beside.
            return .again(after: store != nil && context.waitsForWrites ? .zero : .seconds(1))
        case (false, _?): return try await apply()
        case (true, nil): return .done
        case (true, let position?):
            let outcome = try await cleanUp()
            guard outcome == .done else { return outcome }
            do {
                try await patch(object, removal(at: position), context)
            } catch let error as KubeError where error.isNotFound {
                // Gone already, as it should be.
            }
            return .done
        }
    }

    private func patch(_ object: Object, _ operations: [JSONValue], _ context: ReconcileContext) async throws {
        let isSameObject: JSONValue = ["op": "test", "path": "/metadata/uid", "value": .string(object.uid)]
        let answer = try await api.patch(object.id, .json(JSONValue.array([isSameObject] + operations).bytes))
        if let store { context.wrote(answer, to: store) }
    }

    private func addition(to object: Object) -> [JSONValue] {
        let path: JSONValue = "/metadata/finalizers"
        guard !object.finalizers.isEmpty else {
            return [
                ["op": "test", "path": path, "value": .null],
                ["op": "add", "path": path, "value": [.string(name)]],
            ]
        }
        return [
            ["op": "test", "path": path, "value": .array(object.finalizers.map(JSONValue.string))],
            ["op": "add", "path": "/metadata/finalizers/-", "value": .string(name)],
        ]
    }

    private func removal(at position: Int) -> [JSONValue] {
        let path = JSONValue.string("/metadata/finalizers/\(position)")
        return [["op": "test", "path": path, "value": .string(name)], ["op": "remove", "path": path]]
    }
}
