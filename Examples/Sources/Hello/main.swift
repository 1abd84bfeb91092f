import ControllerKit
import KubeClient
import Logging

/// Labels every ConfigMap of the namespace `default`.
struct Greeter: Reconciler {
    let seen: Store<ObjectMetadata>
    let api: ResourceClient<ObjectMetadata>

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        guard let configMap = seen[key], configMap.labels["greeted"] == nil else { return .done }  // gone, or done
        try await api.patch(key, .merge(Array(#"{"metadata":{"labels":{"greeted":"yes"}}}"#.utf8)))
        context.logger.info("greeted")
        return .done
    }
}

let log = Logger(label: "greeter")
let kubeconfig = CommandLine.arguments.dropFirst().first ?? ""
let client = try KubeClient(configuration: .infer(environment: ["KUBECONFIG": kubeconfig]), logger: log)
let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
let informer = Informer(configMaps, scope: .namespace("default"), logger: log)
let controller = Controller("greeter", reconciler: Greeter(seen: informer.store, api: configMaps), logger: log)
controller.watch(informer, where: !.labelled("greeted"))
var manager = ControllerManager(options: ManagerOptions(probeAddress: "127.0.0.1:8081"), logger: log)
manager.add(informer)
manager.add(controller)
try await manager.runService()
