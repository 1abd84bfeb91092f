import ControllerKit
import ControllerTestKit
import KubeClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct FinalizerTests {
    private static let name = "example.com/guard"
    private let server = TestAPIServer()
    private let key = ObjectKey(namespace: "default", name: "a")
    private let context = ReconcileContext(logger: .silent)

    private var api: ResourceClient<ObjectMetadata> { server.client(logger: .silent).resource(.configMaps) }
    private var guarding: Finalizer<ObjectMetadata> { Finalizer(Self.name, api) }
    private var finalizers: [String]? {
        server.find(.configMaps, key)?["metadata"]?["finalizers"]?.array?.compactMap(\.string)
    }

    private func create(_ finalizers: String...) throws {
        let list = JSONValue.array(finalizers.map(JSONValue.string))
        _ = try server.create([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["namespace": "default", "name": "a", "finalizers": list],
        ])
    }

    /// What one look at the object as it is (or was) does.
    private func reconcile(_ object: ObjectMetadata? = nil, cleanUp outcome: Outcome = .done) async throws -> String {
        var did = ""
        var current = object
        if current == nil { current = try await api.get(key) }
        let result = try await guarding.reconcile(try #require(current), context) {
            did = "applied"
            return .done
        } cleanUp: {
            did = "cleaned up"
            return outcome
        }
        return did + (result == .done ? "" : ", again")
    }

    @Test(arguments: [[], ["example.com/other"]])
    func `nothing is applied before the finalizer is there, and others keep theirs`(others: [String]) async throws {
        try create()
        if !others.isEmpty {
            try server.patch(.configMaps, key, merge: #"{"metadata":{"finalizers":["\#(others[0])"]}}"#)
        }
        #expect(try await reconcile() == ", again")
        #expect(finalizers == others + [Self.name])
        #expect(try await reconcile() == "applied")
        try server.delete(.configMaps, key)
        #expect(try await reconcile() == "cleaned up")
        #expect(finalizers == (others.isEmpty ? nil : others))
        if !others.isEmpty { #expect(try await reconcile() == "") }
    }

    @Test func `a controller applies next, though its predicate hides the finalizer`() async throws {
        try create()
        let informer = Informer(api, scope: .namespace("default"), logger: .silent)
        let applied = Gate()
        let reconciler = Guarded(
            store: informer.store, guarding: Finalizer(Self.name, api, in: informer.store), applied: applied)
        let controller = Controller("test", reconciler: reconciler, logger: .silent)
        controller.watch(informer, where: .generationChanged)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await informer.run() }
            group.addTask { try? await controller.run() }
            await applied.wait()
            group.cancelAll()
        }
        #expect(finalizers == [Self.name])
    }

    @Test(arguments: [(Duration.seconds(5), Duration.zero), (.zero, .seconds(1))])
    func `a key comes back at once only if it then waits for the cache`(
        patience: Duration, wait: Duration
    ) async throws {
        try create()
        let informer = Informer(api, scope: .namespace("default"), logger: .silent)
        let outcomes = Journal<Outcome>()
        let reconciler = Guarded(
            store: informer.store, guarding: Finalizer(Self.name, api, in: informer.store), applied: Gate(),
            outcomes: outcomes)
        let controller = Controller(
            "test", reconciler: reconciler, options: ControllerOptions(ownWritePatience: patience), logger: .silent)
        controller.watch(informer, where: .generationChanged)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await informer.run() }
            group.addTask { try? await controller.run() }
            #expect(await outcomes.entries(1).first == .again(after: wait))
            group.cancelAll()
        }
    }

    @Test func `the finalizer stays until the clean-up is done`() async throws {
        try create(Self.name)
        try server.delete(.configMaps, key)
        #expect(try await reconcile(cleanUp: .again(after: .seconds(5))) == "cleaned up, again")
        #expect(finalizers == [Self.name])
        #expect(try await reconcile() == "cleaned up")
        #expect(finalizers == nil)
    }

    @Test func `a failing clean-up keeps the object`() async throws {
        struct Failure: Error {}
        try create(Self.name)
        try server.delete(.configMaps, key)
        let object = try await api.get(key)
        await #expect(throws: Failure.self) {
            try await guarding.reconcile(object, context) {
                .done
            } cleanUp: {
                throw Failure()
            }
        }
        #expect(finalizers == [Self.name])
    }

    @Test func `an object that is going and was never guarded is left alone`() async throws {
        try create("example.com/other")
        try server.delete(.configMaps, key)
        #expect(try await reconcile() == "")
        #expect(finalizers == ["example.com/other"])
    }

    @Test func `a list that somebody else has changed is not overwritten`() async throws {
        try create("example.com/other")
        let stale = try await api.get(key)
        try server.patch(.configMaps, key, merge: #"{"metadata":{"finalizers":["example.com/third"]}}"#)
        let error = await #expect(throws: KubeError.self) { try await reconcile(stale) }
        #expect(error?.isInvalid == true)
        #expect(finalizers == ["example.com/third"])
    }

    @Test func `nobody else's finalizer is removed`() async throws {
        try create(Self.name, "example.com/other")
        try server.delete(.configMaps, key)
        let stale = try await api.get(key)
        try server.patch(.configMaps, key, merge: #"{"metadata":{"finalizers":["example.com/other"]}}"#)
        let error = await #expect(throws: KubeError.self) { try await reconcile(stale) }
        #expect(error?.isInvalid == true)
        #expect(finalizers == ["example.com/other"])
    }

    @Test func `an object that was born again is not taken for its predecessor`() async throws {
        try create()
        let stale = try await api.get(key)
        try server.delete(.configMaps, key)
        try create()
        let error = await #expect(throws: KubeError.self) { try await reconcile(stale) }
        #expect(error?.isInvalid == true)
        #expect(finalizers == nil)
    }

    @Test func `an object that is gone when the finalizer is to go is no failure`() async throws {
        try create(Self.name)
        try server.delete(.configMaps, key)
        let stale = try await api.get(key)
        try server.patch(.configMaps, key, merge: #"{"metadata":{"finalizers":[]}}"#)
        #expect(finalizers == nil)
        #expect(try await reconcile(stale) == "cleaned up")
    }
}

/// Opens a gate when something is to be applied, and keeps what each look came to.
private struct Guarded: Reconciler {
    let store: Store<ObjectMetadata>
    let guarding: Finalizer<ObjectMetadata>
    let applied: Gate
    var outcomes = Journal<Outcome>()

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        guard let object = store[key] else { return .done }
        let outcome = try await guarding.reconcile(object, context) {
            applied.open()
            return .done
        } cleanUp: {
            .done
        }
        outcomes.append(outcome)
        return outcome
    }
}
