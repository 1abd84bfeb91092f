import ControllerTestKit
import KubeClient
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import ControllerKit

/// What makes keys due.
@Suite(.timeLimit(.minutes(1))) struct TriggerTests {
    private let seen = Journal<ObjectKey>()

    private func controller() -> Controller<Keyed> {
        Controller("test", reconciler: Keyed { [seen] key, _ in seen.append(key) }, logger: .silent)
    }

    private func object(_ name: String, owners: [OwnerReference]) -> ObjectMetadata {
        var object = ObjectMetadata(ObjectIdentity(key: ObjectKey(namespace: "n", name: name), uid: "u"))
        object.ownerReferences = owners
        return object
    }

    private func owner(_ name: String, _ resource: APIResource = .deployments, isController: Bool = true)
        -> OwnerReference
    {
        OwnerReference(
            apiVersion: resource.apiVersion, kind: resource.kind, name: name, uid: "u-\(name)",
            isController: isController)
    }

    /// The keys that a change queues, in their order.
    private func keys(
        of change: Change<ObjectMetadata>, owner: APIResource = .deployments, by ownership: Ownership = .controller
    ) async -> [ObjectKey] {
        let controller = controller()
        let informer = Informer<ObjectMetadata>.silent()
        controller.owns(informer, of: owner, by: ownership)
        informer.show(change)
        var keys: [ObjectKey] = []
        while controller.queue.depth > 0, let lease = await controller.queue.next() {
            keys.append(lease.key)
            lease.finish(.done)
        }
        return keys
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "n", name: name) }

    @Test func `an owned object queues its controller`() async {
        let object = object("pod", owners: [owner("other", isController: false), owner("web")])
        #expect(await keys(of: Change(key: object.id, new: object)) == [key("web")])
        #expect(await keys(of: Change(key: object.id, old: object)) == [key("web")])
        #expect(await keys(of: Change(key: object.id, new: object), by: .any) == [key("other"), key("web")])
    }

    @Test func `an object that is given away queues the old owner and the new one`() async {
        let (before, after) = (object("pod", owners: [owner("a")]), object("pod", owners: [owner("b")]))
        #expect(await keys(of: Change(key: before.id, old: before, new: after)) == [key("b"), key("a")])
        #expect(await keys(of: Change(key: before.id, old: before, new: before)) == [key("a")])
    }

    @Test func `owners are told apart by group and kind, whatever the version`() async {
        var old = owner("web")
        old.apiVersion = "apps/v1beta1"
        var foreign = owner("web")
        foreign.apiVersion = "example.com/v1"
        let object = object("pod", owners: [owner("set", .replicaSets), foreign, old])
        #expect(await keys(of: Change(key: object.id, new: object)) == [key("web")])
        #expect(await keys(of: Change(key: object.id, new: object), owner: .replicaSets) == [key("set")])
        #expect(await keys(of: Change(key: object.id, new: object), owner: .pods) == [])
    }

    @Test func `an owner without a namespace is queued without one`() async {
        let object = object("pod", owners: [owner("shop", .namespaces)])
        #expect(
            await keys(of: Change(key: object.id, new: object), owner: .namespaces) == [ObjectKey(name: "shop")])
    }

    @Test(
        arguments: [
            (Change<Widget>.Cause.initialList, Priority.low), (.relist, .low), (.watch, .normal),
        ]) func `what comes from a list is less urgent than what the watch tells`(
            cause: Change<Widget>.Cause, priority: Priority
        )
    {
        #expect(cause.priority == priority)
    }

    @Test func `a mapping sees the old and the new state`() async {
        let controller = controller()
        let informer = Informer<ObjectMetadata>.silent()
        controller.watch(informer, where: .labelsChanged) { change in
            [change.old, change.new].compactMap { $0?.labels["site"].map { ObjectKey(name: $0) } }
        }
        var (before, after) = (object("page", owners: []), object("page", owners: []))
        before.labels["site"] = "old"
        after.labels["site"] = "new"
        informer.show(Change(key: before.id, old: before, new: after))
        informer.show(Change(key: before.id, old: after, new: after))
        #expect(controller.queue.depth == 2)
        #expect(await controller.queue.next()?.key == ObjectKey(name: "old"))
        #expect(await controller.queue.next()?.key == ObjectKey(name: "new"))
    }

    // MARK: sequences

    @Test func `the keys of a sequence are reconciled, also when the controller is run again`() async throws {
        let controller = controller()
        controller.trigger { Keys(["a", "b"].map { ObjectKey(name: $0) }) }
        for run in 1...2 {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await controller.run() }
                await seen.entries(2 * run)
                group.cancelAll()
            }
        }
        #expect(seen.entries.map(\.name) == ["a", "b", "a", "b"])
    }

    @Test func `each run has a stream of its own, because one that was cancelled stays silent`() async throws {
        let controller = controller()
        controller.trigger { AsyncStream { $0.yield(ObjectKey(name: "a")) } }
        for run in 1...2 {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await controller.run() }
                await seen.entries(run)
                group.cancelAll()
            }
        }
        #expect(seen.entries.map(\.name) == ["a", "a"])
    }

    @Test func `a sequence that fails ends the run with its error`() async {
        struct Failure: Error {}
        let controller = controller()
        controller.trigger { Keys([ObjectKey(name: "a")], then: Failure()) }
        await #expect(throws: Failure.self) { try await controller.run() }
    }

    @Test func `graceful shutdown does not wait for the end of a sequence`() async throws {
        let controller = controller()
        let (stream, sink) = AsyncStream<ObjectKey>.makeStream()
        controller.trigger { stream }
        let group = ServiceGroup(configuration: .init(services: [.init(service: controller)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            sink.yield(ObjectKey(name: "a"))
            await seen.entries(1)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        sink.finish()
    }
}

/// A reconciler of object keys, made of a closure.
struct Keyed: Reconciler {
    let body: @Sendable (ObjectKey, ReconcileContext) async throws -> Void
    init(_ body: @escaping @Sendable (ObjectKey, ReconcileContext) async throws -> Void) { self.body = body }
    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        try await body(key, context)
        return .done
    }
}

/// Some keys, then perhaps an error; the same for every iteration.
private struct Keys: AsyncSequence, Sendable {
    var keys: [ObjectKey]
    var error: (any Error)?

    init(_ keys: [ObjectKey], then error: (any Error)? = nil) {
        self.keys = keys
        self.error = error
    }

    struct Iterator: AsyncIteratorProtocol {
        var keys: [ObjectKey]
        var error: (any Error)?
        mutating func next() async throws -> ObjectKey? {
            if !keys.isEmpty { return keys.removeFirst() }
            if let error { throw error }
            return nil
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(keys: keys, error: error) }
}

extension Informer where Object == ObjectMetadata {
    /// An informer that never hears anything but what the test shows.
    static func silent() -> Informer<ObjectMetadata> {
        let source = ReflectorSource<ObjectMetadata>(
            list: { _, _ async throws(KubeError) -> ListMetadata in
                ListMetadata(resourceVersion: ResourceVersion(rawValue: "1"))
            },
            watch: { _, _ async throws(KubeError) -> Void in throw KubeError(.cancelled, "cancelled") })
        return Informer(source, resource: .pods, logger: .silent)
    }
}
