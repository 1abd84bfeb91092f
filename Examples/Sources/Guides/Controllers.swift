import ControllerKit
import CoreMetrics
import KubeClient
import Logging

// What the guides of ControllerKit show, compiled. `scripts/check-guides` compares the texts.

/// Labels every Deployment `ready: yes` once all its replicas are ready.
struct Labeller: Reconciler {
    let deployments: Store<DeploymentStatus>
    let api: ResourceClient<DeploymentStatus>

    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> Outcome {
        guard let deployment = deployments[key] else { return .done }  // deleted meanwhile
        guard deployment.readyReplicas == deployment.replicas else { return .again(after: .seconds(5)) }
        try await api.patch(key, .merge(["metadata": ["labels": ["ready": "yes"]]]))
        context.logger.info("labelled")
        return .done
    }
}

func controller(_ client: KubeClient, logger: Logger) async throws {
    let api = client.resource(DeploymentStatus.self)
    let informer = Informer(api, scope: .namespace("shop"), logger: logger)
    let controller = Controller(
        "labeller", reconciler: Labeller(deployments: informer.store, api: api),
        options: ControllerOptions(concurrency: 4), logger: logger)
    controller.watch(informer, where: .changed { $0.readyReplicas })

    var manager = ControllerManager(logger: logger)
    manager.add(controller)
    try await manager.runService()
}

func indexing(_ client: KubeClient, logger: Logger) async throws {
    let pods = Informer(client.resource(.pods, as: ObjectMetadata.self), logger: logger)
    let byOwner = Index<ObjectMetadata, String>("owner") { pod in pod.controller.map { [$0.uid] } ?? [] }
    pods.index(byOwner)
    let replicas = pods.store.objects(byOwner, equalTo: "1b4e28ba-2fa1-11d2-883f-0016d3cca427")
    print("\(replicas.count) pods at version \(pods.store.resourceVersion?.rawValue ?? "none")")
}

func leading(_ client: KubeClient, _ controller: Controller<Labeller>, logger: Logger) async throws {
    let elector = try LeaderElector(
        client, lease: ObjectKey(namespace: "shop", name: "labeller"), logger: logger)
    var manager = ControllerManager(leaderElector: elector, logger: logger)
    manager.add(controller)
    try await manager.runService()
}

func measuring(logger: Logger) {
    let metrics = PrometheusRegistry()
    MetricsSystem.bootstrap(metrics)
    let manager = ControllerManager(metrics: metrics, logger: logger)
    _ = manager
}

func queue(logger: Logger) async {
    let queue = WorkQueue<String>(name: "mail")
    queue.add("invoice-1")
    queue.add("reminder-1", after: .seconds(60), priority: .low)
    while let lease = await queue.next() {
        logger.info("sending \(lease.key)")
        lease.finish(.done)
    }
}
