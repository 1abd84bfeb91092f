import ControllerKit
import ControllerTestKit
import KubeClient
import Logging
import Testing

/// What the guide "Testing a controller" shows.
@Suite struct GuideTests {
    private struct Greeter: Reconciler {
        let seen: Store<ObjectMetadata>
        let api: ResourceClient<ObjectMetadata>

        func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
            guard seen[key] != nil else { return .done }  // deleted meanwhile
            try await api.patch(key, .merge(["metadata": ["labels": ["greeted": "yes"]]]))
            return .done
        }
    }

    @Test func `a ConfigMap is greeted`() async throws {
        let server = TestAPIServer()
        let log = Logger(label: "test")
        let client = server.client(logger: log)
        let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
        let informer = Informer(configMaps, scope: .namespace("default"), logger: log)
        let controller = Controller("greeter", reconciler: Greeter(seen: informer.store, api: configMaps), logger: log)
        controller.watch(informer)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await informer.run() }
            group.addTask { try await controller.run() }
            try server.create(
                json: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"default"}}"#)
            let key = ObjectKey(namespace: "default", name: "a")
            try await server.waitForObject(.configMaps, key) { $0?["metadata"]?["labels"]?["greeted"] == "yes" }
            group.cancelAll()
        }
    }
}
