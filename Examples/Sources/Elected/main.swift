import ControllerKit
import KubeClient
import Logging

/// Writes into every ConfigMap of the namespace `default` which replica has looked after it.
struct Caretaker: Reconciler {
    let replica: String
    let seen: Store<ObjectMetadata>
    let api: ResourceClient<ObjectMetadata>

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        // Gone, or looked after: who takes over begins with every key.
        guard let configMap = seen[key], configMap.annotations["caretaker"] == nil else { return .done }
        let mark = Patch.merge(["metadata": ["annotations": ["caretaker": .string(replica)]]])
        context.wrote(try await api.patch(key, mark), to: seen)
        return .done
    }
}

let log = Logger(label: "elected")
let replica = CommandLine.arguments.dropFirst().first ?? LeaderElector.uniqueIdentity()
let client = try KubeClient(configuration: .infer(), logger: log)
// What is elected on; the other replica takes over when this one is gone, at once when it shuts down in good order.
let elector = try LeaderElector(
    client, lease: ObjectKey(namespace: "default", name: "caretaker"), identity: replica, logger: log)

let configMaps = client.resource(.configMaps, as: ObjectMetadata.self)
let informer = Informer(configMaps, scope: .namespace("default"), logger: log)
let controller = Controller(
    "caretaker", reconciler: Caretaker(replica: replica, seen: informer.store, api: configMaps), logger: log)
controller.watch(informer, where: .object { $0.annotations["caretaker"] == nil })
var manager = ControllerManager(options: ManagerOptions(probeAddress: "off"), leaderElector: elector, logger: log)
manager.add(controller)
try await manager.runService()
