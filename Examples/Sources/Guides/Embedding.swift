import ControllerKit
import CoreMetrics
import KubeClient
import Logging
import ReloaderCore

// What the guides show of Reloader inside another program, compiled. `scripts/check-guides` compares the texts.

func embed(logger: Logger) async throws {
    let metrics = PrometheusRegistry()
    MetricsSystem.bootstrap(metrics)
    let client = try KubeClient(configuration: .infer(), logger: logger)
    let elector = try LeaderElector(
        client, lease: ObjectKey(namespace: "shop", name: "my-operator"), metrics: metrics, logger: logger)

    var options = ReloaderOptions()
    options.namespaces = .only(["shop"])
    options.ledger = LedgerOptions(namespace: "shop")  // or what changes while the program is down is lost
    let runtime = ReloaderRuntime(
        client: client, options: options, metrics: metrics, leaderElector: elector, logger: logger)

    var manager = ControllerManager(metrics: metrics, leaderElector: elector, logger: logger)
    runtime.install(in: &manager)
    manager.checkPermissions(client, options.permissions + elector.permissions, includingDeclared: false)
    try await manager.runService()
}

func decide() {
    let policy = ReloadPolicy()
    let question = ReloadPolicy.Question(
        kind: "Deployment", annotations: ["reloader.stakater.com/auto": "true"],
        config: ConfigName(.configMap, "settings"), isReferenced: true)
    let decision = policy.decide(question)
    print(decision.isReload, decision.reason.sentence)
}
