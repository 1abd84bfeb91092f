import ControllerKit
import KubeClient
import Logging

/// Labels every ConfigMap of the namespace `default`.
struct Greeter: Reconciler {
    let seen: Store<ObjectMetadata>
    let api: ResourceClient<ObjectMetadata>

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        guard let configMap = seen[key], configMap.labels["greeted"] == nil else { return .done }  // gone, or done
        try await api.patch(key, .merge(["metadata": ["labels": ["greeted": "yes"]]]))
        context.logger.info("greeted")
        return .done
    }
}

let log = Logger(label: "greeter")
let client = try KubeClient(configuration: .infer(), logger: log)
let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
let informer = Informer(configMaps, scope: .namespace("default"), logger: log)
let controller = Controller("greeter", reconciler: Greeter(seen: informer.store, api: configMaps), logger: log)
controller.watch(informer, where: !.labelled("greeted"))
var manager = ControllerManager(options: ManagerOptions(probeAddress: "127.0.0.1:8081"), logger: log)
manager.add(controller)
try await manager.runService()
